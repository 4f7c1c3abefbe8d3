/** Worker thread: one cell with its requests, or one litmus file explored. Errors never cross as exceptions. */
import { runCell } from '../../sim/index.ts';
import { asError } from '../errors.ts';
import { exploreAll } from '../litmus/explore.ts';
import { readLitmusFile } from '../litmus/parse.ts';
import type { Cell } from '../plan/types.ts';
import { reduceCell } from '../run/reduce.ts';
import type { CellResult, ScriptResult, ScriptTask } from './check.ts';

export type Task =
  | { readonly kind: 'cell'; readonly id: string; readonly cell: Cell }
  | { readonly kind: 'script'; readonly id: string; readonly script: ScriptTask };

export interface TaskError {
  readonly name: string;
  readonly message: string;
}

export type Reply =
  | { readonly ok: true; readonly cell: CellResult | null; readonly scripts: readonly ScriptResult[] }
  | { readonly ok: false; readonly error: TaskError };

/** States after which a script is given up; the largest has about a thousand. */
const MAX_STATES = 200_000;

export default async function runTask(task: Task): Promise<Reply> {
  try {
    if (task.kind === 'script') return { ok: true, cell: null, scripts: await explore(task.script) };
    const seen = runCell(task.cell.input);
    return { ok: true, cell: { record: reduceCell(task.cell, seen), attempts: seen.attempts }, scripts: [] };
  } catch (thrown) {
    const { name, message } = asError(thrown);
    return { ok: false, error: { name, message } };
  }
}

async function explore({ file, strategy }: ScriptTask): Promise<ScriptResult[]> {
  const explored = await exploreAll(readLitmusFile(file), [strategy], {
    maxStates: MAX_STATES,
    reduce: true,
    audit: false,
    progress: { begin: () => undefined, update: () => undefined, stop: () => undefined },
    signal: new AbortController().signal,
  });
  return explored!.map(({ result: { script, complete, states, causes } }) => ({
    script,
    strategy,
    complete,
    states,
    causes,
  }));
}
