/** A finished run as the library hands it out: plain data, and the document that `run --json` prints. */
import type { CellRecord, FailedCell } from '../run/cell.ts';
import { runDocument } from '../run/document.ts';
import type { DocumentedRun, RunDocument } from '../run/document.ts';
import type { UntilCiReport } from '../run/rounds.ts';
import type { Crossing } from '../run/threshold.ts';
import type { ClaimCheck } from '../stats/claims.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import type { Warning } from '../stats/warnings.ts';

/** A finished run. `JSON.stringify(run)` is the document of `cma-stress run --json`. */
export interface Run {
  /** Directory of its results; null: it was kept in memory. */
  readonly path: string | null;
  /** SHA-256 over the results of all cells: equal digests are equal results. */
  readonly digest: string;
  /** Every cell with results, in the order workload, strategy, seed; read when they are first asked for. */
  readonly cells: readonly CellRecord[];
  /** Cells that have none, and why. */
  readonly failedCells: readonly FailedCell[];
  /** Rates, latencies and differences with their 95 % intervals, one entry for each workload and strategy. */
  readonly summary: readonly SummaryEntry[];
  /** What makes the comparison doubtful. */
  readonly warnings: readonly Warning[];
  /** What the strategies claim, and whether it held. */
  readonly claims: readonly ClaimCheck[];
  /** How far `untilCi` came; null without. */
  readonly untilCi: UntilCiReport | null;
  /** Where conditions of `failIf` hold. */
  readonly crossings: readonly Crossing[];
  /** The document of `run --json`, schema `cma-stress/run/1`. */
  toJSON(): RunDocument;
}

const partsOfRuns = new WeakMap<Run, DocumentedRun>();

/** `timings`: wall seconds by cell id. */
export function runOf(parts: DocumentedRun, timings: () => ReadonlyMap<string, number>): Run {
  const { path, digest, failed, summary, warnings, claims, untilCi, crossed } = parts;
  let cells: readonly CellRecord[] | null = null;
  const run: Run = {
    path,
    digest,
    get cells() {
      return (cells ??= [...parts.records]);
    },
    failedCells: failed,
    summary,
    warnings,
    claims,
    untilCi,
    crossings: crossed,
    toJSON: () => JSON.parse([...runDocument(parts, timings())].join('')) as RunDocument,
  };
  partsOfRuns.set(run, parts);
  return run;
}

/** undefined for anything that is not a run of this library. */
export function partsOf(run: Run): DocumentedRun | undefined {
  return partsOfRuns.get(run);
}
