/** The numbers of a cell document by their path, `cma.latencyUs.p99`: which exist, and their values. */
import { noCauses, type KsmCounters, type Observations } from '../../sim/index.ts';
import { InputError } from '../errors.ts';
import { documentOf, isBulk } from './cell.ts';
import type { CellRecord } from './cell.ts';
import { reduceCell } from './reduce.ts';

/** Short names for paths people ask for most. */
export const SHORT_NAMES: Readonly<Record<string, string>> = {
  attempts: 'cma.attempts',
  failures: 'cma.failures',
  p50Us: 'cma.latencyUs.p50',
  p99Us: 'cma.latencyUs.p99',
  maxUs: 'cma.latencyUs.max',
  fullScanMs: 'ksm.fullScanMs.p50',
  cpuShare: 'ksm.cpuShare',
  savedBytes: 'ksm.savedBytes',
  rmapItemsPeak: 'rmapItems.peak',
  failedPages: 'migration.failed',
};

/** `cma.latencyUs.p99` to `cma_latency_us_p99`, `errors.EBUSY` to `errors_ebusy`. */
export function snakeCase(path: string): string {
  return path
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[.-]/g, '_')
    .toLowerCase();
}

/** The number at `path` in a cell's document; null when there is none. */
export function metricOf(record: CellRecord, path: string): number | null {
  const keys = path.split('.');
  let value: unknown = isBulk(keys[0]) ? null : record;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === 'number' ? value : null;
}

/**
 * Paths of all numbers that every cell document has. Those under `settings` and `cma.byClient` depend on the workload.
 */
export function metricPaths(): string[] {
  return pathsIn(documentOf(reduceCell(NO_CELL, nothingObserved())), '').filter((path) => path !== 'seed');
}

function pathsIn(value: unknown, path: string): string[] {
  if (typeof value === 'number') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => pathsIn(part, path === '' ? key : `${path}.${key}`));
}

const NO_CELL = { id: '', workload: '', strategy: '', kernel: '', device: '', seed: 0, settings: {} };

/** Every cell document has these maps, by their path. */
const SECTIONS: readonly (readonly string[])[] = sectionsIn(documentOf(reduceCell(NO_CELL, nothingObserved())), []);

function sectionsIn(value: object, path: readonly string[]): string[][] {
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const here = [...path, key];
    return typeof part === 'object' && part !== null ? [here, ...sectionsIn(part, here)] : [];
  });
}

/**
 * What to say of a cell of an early version, of which whole parts are missing; null of others. `number` is its line in
 * `file`.
 */
export function earlyProblem(record: CellRecord, file: string, number: number): InputError | null {
  const path = SECTIONS.find((one) => !isMap(partOf(record, one)));
  if (path === undefined) return null;
  const message =
    'is of a version that did not record this yet, so its results cannot be evaluated; `reproduce` in run.json is the command that runs it anew';
  return new InputError([{ file, line: number, column: 1, path: path.join('.'), message }]);
}

function partOf(record: object, path: readonly string[]): unknown {
  let part: unknown = record;
  for (const key of path) part = isMap(part) ? part[key] : undefined;
  return part;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Observations of a device on which nothing happened. */
export function nothingObserved(): Observations {
  const counters: KsmCounters = {
    pages_shared: 0,
    pages_sharing: 0,
    pages_unshared: 0,
    pages_volatile: 0,
    full_scans: 0,
    rmapItems: 0,
  };
  const none = new Float64Array(0);
  return {
    duration: 0,
    attempts: [],
    migration: { pages: 0, failed: 0, failedByCause: noCauses(), byKind: { anon: 0, ksm: 0, file: 0 } },
    ksm: {
      atStart: counters,
      atEnd: counters,
      savedPages: 0,
      fullScan: none,
      wake: none,
      wakeups: 0,
      idleWakeups: 0,
      cpu: 0,
      pagesScanned: 0,
      merges: 0,
    },
    unfindable: { ptesMean: 0, ptesMax: 0, shareOfKsmPtes: 0, gap: none, open: 0, openedByCause: noCauses() },
    rmapItems: { live: 0, peak: 0, stale: 0, bytes: 0 },
    kernelBugs: { usedAfterFree: 0, doubleFree: 0, leaked: 0 },
    fork: none,
    cowFault: none,
    counts: {
      forks: 0,
      exits: 0,
      lmkKills: 0,
      cowFaults: 0,
      anonFaults: 0,
      writes: 0,
      events: 0,
      reclaimed: 0,
      allocFailures: 0,
    },
    cmaPages: 0,
    pageCache: { pages: 0, discarded: 0, refaults: 0 },
    samples: [],
  };
}
