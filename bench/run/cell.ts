/**
 * What is written about one cell: the machine-readable document and the record in `cells.ndjson`.
 *
 * Units are in the names: Us microseconds, Ms milliseconds, Bytes, Seconds; everything else is a count or a share in
 * 0..1. A quantity nothing was observed of is 0, never null. `docs/reference/metrics.md` says what each field means.
 */
import type { CauseCounts, KsmCounters, Sample } from '../../sim/index.ts';
import type { Cell } from '../plan/types.ts';
import type { PluginId } from '../plugin/types.ts';
import type { AttemptLog } from './attemptLog.ts';

/** Attempts of one CMA client. */
export interface ClientCounts {
  readonly attempts: number;
  readonly failures: number;
  /** Pages asked for, over all attempts. */
  readonly pages: number;
}

/** Results of one cell that ran to its end; all of it is determined by the cell's input. */
export interface CellDocument {
  readonly id: string;
  readonly workload: string;
  readonly strategy: string;
  readonly kernel: string;
  readonly device: string;
  readonly seed: number;
  readonly settings: Cell['settings'];
  /** Those of its strategies that are plug-ins; absent without. */
  readonly plugins?: readonly PluginId[];
  readonly deviceSeconds: number;
  readonly cma: {
    readonly attempts: number;
    readonly failures: number;
    readonly latencyUs: { mean: number; p50: number; p90: number; p99: number; max: number };
    readonly errors: { EBUSY: number; ENOMEM: number };
    readonly retries: { migratePasses: number; contigTries: number; ranges: number; caller: number };
    readonly byClient: Readonly<Record<string, ClientCounts>>;
    readonly blockedByCause: CauseCounts;
    readonly cpuUs: { total: number; mean: number };
  };
  readonly migration: {
    readonly pages: number;
    readonly failed: number;
    readonly failedByCause: CauseCounts;
    readonly byKind: { anon: number; ksm: number; file: number };
  };
  readonly ksm: {
    readonly fullScans: number;
    readonly fullScanMs: { p50: number; p90: number; max: number };
    readonly wakeUs: { p50: number; p99: number };
    readonly wakeups: number;
    readonly idleWakeups: number;
    readonly cpuShare: number;
    readonly pagesShared: number;
    readonly pagesSharing: number;
    readonly pagesUnshared: number;
    readonly pagesVolatile: number;
    readonly savedBytes: number;
    readonly pagesScanned: number;
    readonly merges: number;
    readonly atStart: KsmCounters;
    readonly atEnd: KsmCounters;
  };
  readonly unfindable: {
    readonly ptesMean: number;
    readonly ptesMax: number;
    readonly shareOfKsmPtes: number;
    readonly gapMs: { p50: number; p99: number; max: number };
    readonly open: number;
    readonly openedByCause: CauseCounts;
  };
  readonly rmapItems: { live: number; peak: number; stale: number; bytes: number };
  readonly kernelBugs: { usedAfterFree: number; doubleFree: number; leaked: number };
  readonly forkUs: { p50: number; p99: number };
  readonly cowFaultUs: { p50: number; p99: number };
  readonly counts: {
    readonly forks: number;
    readonly exits: number;
    readonly lmkKills: number;
    readonly cowFaults: number;
    readonly anonFaults: number;
    readonly writes: number;
    readonly events: number;
    readonly reclaimed: number;
    readonly allocFailures: number;
  };
  readonly memory: { cmaPages: number; unusableCmaPages: number };
  readonly pageCache: { pages: number; discarded: number; refaults: number };
  /** Absent where the workload replays nothing. */
  readonly replay?: { readonly events: number; readonly missed: number };
}

/** A histogram as (value in ns, count) pairs in rising order of value: plain, mergeable, the same on every machine. */
export type HistogramPairs = readonly (readonly [number, number])[];

/** One line of `cells.ndjson`: the document, and what the summary and reports need beyond it. */
export interface CellRecord extends CellDocument {
  readonly histograms: { readonly latencyNs: HistogramPairs; readonly fullScanNs: HistogramPairs };
  /** State over time, thinned. */
  readonly samples: readonly Sample[];
  /** Absent in runs of version 0.1.0 and before. */
  readonly attemptLog?: AttemptLog;
}

/**
 * Why a cell has no results. `InvariantError` is a broken invariant of the model; `PluginError` an error of a plug-in,
 * or any that came up while one acted.
 */
export interface CellError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** Letters of an error that are kept: code that is not ours may throw any text. */
export const ERROR_LENGTHS = { name: 100, message: 20_000, stack: 200_000 } as const;

/** The line of a cell that failed. It is run again by `--resume`. */
export interface FailedCell {
  readonly id: string;
  readonly workload: string;
  readonly strategy: string;
  readonly kernel: string;
  readonly device: string;
  readonly seed: number;
  readonly settings: Cell['settings'];
  readonly plugins?: readonly PluginId[];
  /** 2: it was tried again in a thread of its own. Absent in runs of version 0.1.0 and before, which tried once. */
  readonly attempts?: number;
  /** Of the last attempt. */
  readonly error: { readonly name: string; readonly message: string };
}

export type CellLine = CellRecord | FailedCell;

/** True for the line of a cell that failed. */
export function isFailed(line: CellLine): line is FailedCell {
  return 'error' in line;
}

/** The plug-ins of a cell as results name them: nothing where it has none. */
export function pluginIds({ plugins }: Pick<Cell, 'plugins'>): { plugins?: PluginId[] } {
  return plugins === undefined ? {} : { plugins: plugins.map(({ name, hash }) => ({ name, hash })) };
}

const BULK = ['histograms', 'samples', 'attemptLog'];

/** Fields that only `cells.ndjson` keeps. */
export function isBulk(key: string): boolean {
  return BULK.includes(key);
}

/** The document as `--json` prints it: without the bulk that only `cells.ndjson` keeps. */
export function documentOf(record: CellRecord): CellDocument {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !isBulk(key))) as unknown as CellDocument;
}

/** The record without what takes most room: state over time, and every single request. */
export function withoutBulk(record: CellRecord): CellRecord {
  return Object.fromEntries(
    Object.entries({ ...record, samples: [] }).filter(([key]) => key !== 'attemptLog'),
  ) as unknown as CellRecord;
}
