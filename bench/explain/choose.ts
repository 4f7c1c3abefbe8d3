/** Which request of a run is to be explained: the one named, the first that failed, or the worst. */
import { CAUSES } from '../../sim/index.ts';
import type { Cause } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import { suggestion } from '../plan/suggest.ts';
import type { Cell } from '../plan/types.ts';
import { attemptsOf } from '../run/attemptLog.ts';
import type { LoggedAttempt } from '../run/attemptLog.ts';
import { findCell, nameOfCell } from '../run/replay.ts';
import type { ReplayableRun } from '../run/replay.ts';

/** Options as commander hands them over, numbers parsed. */
export interface Wanted {
  readonly cell: string | null;
  readonly attempt: number | null;
  readonly isWorst: boolean;
  readonly cause: string | null;
}

export interface Chosen {
  readonly cell: Cell;
  /** From 1. */
  readonly number: number;
  /** Of the page that is asked for; null: any. */
  readonly cause: Cause | null;
  /** Why this one, for whoever did not name it; null when it was named. */
  readonly because: string | null;
}

/** Throws UsageError where nothing fits. */
export function chooseAttempt(run: ReplayableRun, wanted: Wanted): Chosen {
  const cause = wanted.cause === null ? null : causeNamed(wanted.cause);
  const cells = wanted.cell === null ? run.cells : [findCell(run, wanted.cell)];
  if (wanted.attempt !== null) return named(run, cells, wanted.attempt);
  const failed = cells.flatMap((cell) => {
    const attempts = logOf(run, cell).filter(({ errno }) => errno !== 0);
    const fitting = cause === null ? attempts : attempts.filter(({ blocked }) => cause in blocked);
    return fitting.map((attempt) => ({ cell, attempt }));
  });
  if (failed.length === 0) throw nothingFailed(run, cells, cause);
  const failures = (cell: Cell): number => failed.filter((one) => one.cell === cell).length;
  const what = cause === null ? 'failed' : `failed for ${cause}`;
  if (wanted.isWorst) {
    const worst = failed.reduce((a, b) => (isWorse(b.attempt, a.attempt) ? b : a));
    return {
      cell: worst.cell,
      number: worst.attempt.number,
      cause,
      because: `of those that ${what}, the one with the most pages in its way`,
    };
  }
  const cell = cells.reduce((a, b) => (failures(b) > failures(a) ? b : a));
  const first = failed.find((one) => one.cell === cell)!;
  const where = cells.length === 1 ? '' : ' of the cell with the most failures';
  return { cell, number: first.attempt.number, cause, because: `the first that ${what}${where}` };
}

function causeNamed(name: string): Cause {
  const cause = CAUSES.find((one) => one === name);
  if (cause !== undefined) return cause;
  throw new UsageError(`unknown cause '${name}'${suggestion(name, CAUSES)}`, `expected one of ${CAUSES.join(', ')}`);
}

function named(run: ReplayableRun, cells: readonly Cell[], number: number): Chosen {
  if (cells.length > 1)
    throw new UsageError(
      '--attempt needs --cell when the run has several',
      `for example --cell ${nameOfCell(cells[0])}`,
    );
  const [cell] = cells;
  const attempts = run.recordOf(cell)?.cma.attempts ?? 0;
  if (number > attempts)
    throw new UsageError(`${nameOfCell(cell)} has ${attempts} requests, so there is no number ${number}`);
  return { cell, number, cause: null, because: null };
}

function nothingFailed(run: ReplayableRun, cells: readonly Cell[], cause: string | null): UsageError {
  const isLogged = cells.some((cell) => logOf(run, cell).length > 0);
  const hint = 'any request can be explained: --cell WORKLOAD/STRATEGY/SEED --attempt N';
  if (!isLogged) return new UsageError('this run does not keep its requests one by one, or nobody asked', hint);
  const where = cells.length === 1 ? nameOfCell(cells[0]) : run.path;
  return new UsageError(`no request failed in ${where}${cause === null ? '' : ` for ${cause}`}`, hint);
}

function logOf(run: ReplayableRun, cell: Cell): LoggedAttempt[] {
  return attemptsOf(run.recordOf(cell)?.attemptLog);
}

function isWorse(a: LoggedAttempt, b: LoggedAttempt): boolean {
  const pages = ({ blocked }: LoggedAttempt): number => Object.values(blocked).reduce((sum, n) => sum + n, 0);
  return pages(a) > pages(b) || (pages(a) === pages(b) && a.latency > b.latency);
}

/** The same request under another strategy of the run. */
export interface Elsewhere {
  readonly strategy: string;
  readonly number: number;
  /** 0, -16 or -12. */
  readonly errno: number;
  /** ns. */
  readonly latency: number;
}

/** How far a request may have been delayed by the one before it, ns. */
const SAME_NS = 1_000_000_000;

/** What became of the request under the other strategies: all live the same life, so it is the one due at that time. */
export function elsewhere(run: ReplayableRun, cell: Cell, request: { client: string; began: number }): Elsewhere[] {
  const others = run.cells.filter(
    ({ id, workload, seed }) => id !== cell.id && workload === cell.workload && seed === cell.seed,
  );
  return others.flatMap((other) => {
    const near = logOf(run, other)
      .filter(({ client, at }) => client === request.client && Math.abs(at - request.began) < SAME_NS)
      .sort((a, b) => Math.abs(a.at - request.began) - Math.abs(b.at - request.began))
      .at(0);
    if (near === undefined) return [];
    return [{ strategy: other.strategy, number: near.number, errno: near.errno, latency: near.latency }];
  });
}
