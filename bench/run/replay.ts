/** A cell of a finished run, found by what a person calls it, so that it can be run again. */
import { join } from 'node:path';
import { InputError, UsageError } from '../errors.ts';
import { nearest } from '../plan/suggest.ts';
import type { Plan } from '../plan/index.ts';
import type { Cell } from '../plan/types.ts';
import { checkRecorded } from '../plugin/index.ts';
import type { CellRecord } from './cell.ts';
import type { RunFolder } from './folder.ts';
import { openFinished } from './readRun.ts';
import { planOf } from './rounds.ts';
import { MODEL_HASH } from './tool.ts';

/** A run whose cells give the same results when they are run again, and can be watched then. */
export interface ReplayableRun {
  readonly path: string;
  readonly cells: readonly Cell[];
  /** Those that run the recorded program, which nobody can watch. */
  readonly programs: readonly Cell[];
  /** Its record; undefined for one that failed. */
  readonly recordOf: (cell: Cell) => CellRecord | undefined;
}

/** The plan of a run as its folder has it. `cannot`: what comes of another model. Throws UsageError or InputError. */
export function recordedPlan(folder: RunFolder, cannot: string): Plan {
  const { path, manifest } = folder;
  if (manifest.model !== MODEL_HASH) {
    throw new UsageError(
      `${path} was run with model ${manifest.model}, this is ${MODEL_HASH}: ${cannot}`,
      `start anew with: ${manifest.reproduce}`,
    );
  }
  checkRecorded(manifest.plugins ?? [], join(path, 'run.json'));
  const plan = planOf(manifest);
  if (plan.count !== manifest.cells) {
    const message = `the plan has ${plan.count} cells and says ${manifest.cells}: the file was changed`;
    throw InputError.ofFile(join(path, 'run.json'), message, 'cells');
  }
  return plan;
}

const CANNOT_WATCH = 'a run of the recorded program (`program` in the workload) cannot be watched event by event';
const WATCH_OTHERS = 'cells of other workloads can; cells.ndjson has every request of this one with its causes';

function runsProgram({ input }: Cell): boolean {
  return input.description.program !== undefined;
}

/** Opens a finished run of this model. Throws UsageError or InputError. */
export function openReplayable(path: string): ReplayableRun {
  const { folder, cells: stored } = openFinished(path);
  const plan = [...recordedPlan(folder, 'its cells would not come out the same')];
  const programs = plan.filter(runsProgram);
  const cells = plan.filter((cell) => !runsProgram(cell));
  if (cells.length === 0) throw new UsageError(`${path}: ${CANNOT_WATCH}`, WATCH_OTHERS);
  return { path, cells, programs, recordOf: stored.recordOf };
}

/** Cells named to whoever asks for one that is not there. */
const MOST_NAMED = 6;

/** The cell that is called `name`: the beginning of its id, or WORKLOAD/STRATEGY/SEED. Throws UsageError. */
export function findCell({ cells, programs }: ReplayableRun, name: string): Cell {
  const named = cells.find((cell) => nameOfCell(cell) === name);
  if (named !== undefined) return named;
  if (programs.some((cell) => nameOfCell(cell) === name || cell.id === name))
    throw new UsageError(`--cell ${name}: ${CANNOT_WATCH}`, WATCH_OTHERS);
  const found = /^[0-9a-f]+$/.test(name) ? cells.filter(({ id }) => id.startsWith(name)) : [];
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    const ids = found.map((cell) => `${cell.id} (${nameOfCell(cell)})`).join(', ');
    throw new UsageError(`--cell ${name} fits ${found.length} cells`, `they are: ${ids}`);
  }
  const known = cells.map(nameOfCell);
  const near = nearest(name, known);
  const shown = known.slice(0, MOST_NAMED).join(', ') + (known.length > MOST_NAMED ? ', ...' : '');
  throw new UsageError(
    `this run has no cell '${name}'${near === null ? `; there are ${shown}` : `; did you mean \`${near}\`?`}`,
    'expected the beginning of an id in cells.ndjson, or WORKLOAD/STRATEGY/SEED',
  );
}

/** The cell with the most requests that failed, the first of equals, and how many they are. */
export function worstCell({ cells, recordOf }: ReplayableRun): { readonly cell: Cell; readonly failures: number } {
  const failures = (cell: Cell): number => recordOf(cell)?.cma.failures ?? 0;
  const cell = cells.reduce((worst, one) => (failures(one) > failures(worst) ? one : worst));
  return { cell, failures: failures(cell) };
}

export function nameOfCell({ workload, strategy, seed }: Pick<Cell, 'workload' | 'strategy' | 'seed'>): string {
  return `${workload}/${strategy}/${seed}`;
}
