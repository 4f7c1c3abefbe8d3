/** Where the modelled runs of a group come from: the recordings' own parameters, or a workload in their place. */
import { programInput, type TestbedInput } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import { modelRuns, type Group } from './groups.ts';
import { scenarioOf } from './recordCheck.ts';

export interface ModelSource {
  /** The workload's name; null: the recordings' parameters. */
  readonly workload: string | null;
  /** Run k has model seed k, from 1. Throws InputError. */
  readonly runsOf: (group: Group, seeds: number) => TestbedInput[];
  /** What the model complains of when it refuses such a run: a file and a path in it. */
  readonly placeOf: (group: Group) => { readonly file: string; readonly path: string };
}

export const RECORDED: ModelSource = {
  workload: null,
  runsOf: modelRuns,
  placeOf: ({ recordings }) => ({ file: recordings[0].file, path: 'params' }),
};

/**
 * The runs of a workload's cells under stock. `file`: as the user named it. Throws UsageError for a workload without a
 * program, and for recordings that are not repeats of one run of this program's scenario.
 */
export function workloadSource(workload: ResolvedWorkload, file: string, groups: readonly Group[]): ModelSource {
  const { program } = workload.description;
  if (program === undefined)
    throw new UsageError(
      `--workload ${file} runs no recorded program: nothing of it could be compared with a recording`,
      'cma-stress import RECORDING.json makes one that does',
    );
  if (groups.length > 1)
    throw new UsageError(
      `--workload is one run and its repeats, but these recordings are of ${groups.length}: ${groups.map(({ name }) => name).join(', ')}`,
    );
  const recorded = scenarioOf(groups[0].recordings[0].record);
  const scenario = program.params['scen'];
  if (scenario !== recorded)
    throw new UsageError(`--workload ${file} is ${scenario}, but ${groups[0].name} is a recording of ${recorded}`);
  return {
    workload: workload.name,
    runsOf: ({ recordings }, seeds) =>
      Array.from({ length: seeds }, (_, index) => {
        const input = programInput(workload.description, index + 1);
        const { name } = recordings[index % recordings.length].record;
        return { ...input, params: { name, ...input.params } };
      }),
    placeOf: () => ({ file, path: 'program' }),
  };
}
