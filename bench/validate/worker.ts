/** Worker thread: one modelled run, reduced to its observations. Errors never cross as exceptions. */
import type { TestbedInput, TestbedRecord } from '../../sim/index.ts';
import { asError } from '../errors.ts';
import { measuresOf } from './measures/index.ts';
import { loadModel } from './model.ts';
import { reduceRecord } from './reduce.ts';
import type { Reduced } from './reduce.ts';

export interface ModelTask {
  /** Hash of what determines the run. */
  readonly id: string;
  readonly group: string;
  readonly input: TestbedInput;
  /** A recording of the group: its stages and costs say what is measured. */
  readonly pattern: TestbedRecord;
  /** Stands in for the model; null: the model. */
  readonly module: string | null;
}

export type ModelReply =
  | { readonly ok: true; readonly reduced: Reduced }
  | { readonly ok: false; readonly error: { readonly name: string; readonly message: string; readonly stack: string } };

export default async function runModel(task: ModelTask): Promise<ModelReply> {
  try {
    const model = await loadModel(task.module);
    const record = await model(task.input);
    const reduced = reduceRecord(record, measuresOf(task.pattern), false);
    return { ok: true, reduced };
  } catch (thrown) {
    const error = asError(thrown);
    return { ok: false, error: { name: error.name, message: error.message, stack: error.stack ?? '' } };
  }
}
