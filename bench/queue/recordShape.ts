/** The form of a cell's record: what a worker sends has to have every field of it and no other. */
import { CAUSES, type CauseCounts, type KsmCounters, type Sample } from '../../sim/index.ts';
import { flag, list, record, refuse, text, tuple, type Check } from '../plan/shape.ts';
import type { AttemptLog } from '../run/attemptLog.ts';
import type { CellRecord, ClientCounts, HistogramPairs } from '../run/cell.ts';

/** Requests of a cell, pairs of a histogram, moments: far more than there ever are. */
const MOST = 1_000_000;

/** Any number, as JSON has it: finite, and perhaps negative. */
const number: Check<number> = (value, where) =>
  typeof value === 'number' ? value : refuse(where, 'expected a number');

/** A map of these numbers. */
function numbers<K extends string>(...keys: readonly K[]): Check<Record<K, number>> {
  return record<Record<K, number>>(
    Object.fromEntries(keys.map((key) => [key, number])) as { readonly [P in K]: Check<number> } as never,
  );
}

const word = text(200);
/** As list(number), without a path for each of what may be a quarter of a million numbers. */
const column: Check<readonly number[]> = (value, where) => {
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'number'))
    refuse(where, 'expected a list of numbers');
  return value;
};
const causes = numbers(...CAUSES) as Check<CauseCounts>;
const someCauses: Check<Partial<CauseCounts>> = record<Partial<CauseCounts>>(
  Object.fromEntries(CAUSES.map((cause) => [cause, number])) as never,
  { optional: CAUSES },
);
const histogram: Check<HistogramPairs> = list(tuple<[number, number]>(number, number), 0, MOST);
const counterKeys = [
  'pages_shared',
  'pages_sharing',
  'pages_unshared',
  'pages_volatile',
  'full_scans',
  'rmapItems',
] as const satisfies readonly (keyof KsmCounters)[];
const counters: Check<KsmCounters> = numbers(...counterKeys);

/** A map whose keys are names. */
function named<T>(check: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value, where) => {
    const open = record<Record<string, T>>({}, { others: true });
    open(value, where);
    for (const [key, entry] of Object.entries(value as Record<string, unknown>))
      check(entry, { ...where, path: `${where.path}.${key}` });
    return value as Record<string, T>;
  };
}

const setting: Check<string | number | boolean> = (value, where) =>
  typeof value === 'number' ? value : typeof value === 'boolean' ? flag(value, where) : text(4096)(value, where);

const attemptLog = record<AttemptLog>({
  clients: list(word, 0, MOST),
  client: column,
  at: column,
  latency: column,
  pages: column,
  errno: column,
  migratePasses: column,
  contigTries: column,
  ranges: column,
  caller: column,
  migrated: column,
  failed: column,
  cpu: column,
  blocked: list((value, where) => (value === null ? null : someCauses(value, where)), 0, MOST),
  left: number,
});

/** Throws InputError for anything but a record. What it hands back has its keys in another order: keep the value. */
export const recordShape: Check<CellRecord> = record<CellRecord>(
  {
    id: word,
    workload: text(4096),
    strategy: text(1000),
    kernel: text(4096),
    device: text(4096),
    seed: number,
    settings: named(setting),
    plugins: list(record<{ name: string; hash: string }>({ name: word, hash: word }), 1, 100),
    deviceSeconds: number,
    cma: record<CellRecord['cma']>({
      attempts: number,
      failures: number,
      latencyUs: numbers('mean', 'p50', 'p90', 'p99', 'max'),
      errors: numbers('EBUSY', 'ENOMEM'),
      retries: numbers('migratePasses', 'contigTries', 'ranges', 'caller'),
      byClient: named(numbers('attempts', 'failures', 'pages') as Check<ClientCounts>),
      blockedByCause: causes,
      cpuUs: numbers('total', 'mean'),
    }),
    migration: record<CellRecord['migration']>({
      pages: number,
      failed: number,
      failedByCause: causes,
      byKind: numbers('anon', 'ksm', 'file'),
    }),
    ksm: record<CellRecord['ksm']>({
      fullScans: number,
      fullScanMs: numbers('p50', 'p90', 'max'),
      wakeUs: numbers('p50', 'p99'),
      wakeups: number,
      idleWakeups: number,
      cpuShare: number,
      pagesShared: number,
      pagesSharing: number,
      pagesUnshared: number,
      pagesVolatile: number,
      savedBytes: number,
      pagesScanned: number,
      merges: number,
      atStart: counters,
      atEnd: counters,
    }),
    unfindable: record<CellRecord['unfindable']>({
      ptesMean: number,
      ptesMax: number,
      shareOfKsmPtes: number,
      gapMs: numbers('p50', 'p99', 'max'),
      open: number,
      openedByCause: causes,
    }),
    rmapItems: numbers('live', 'peak', 'stale', 'bytes'),
    kernelBugs: numbers('usedAfterFree', 'doubleFree', 'leaked'),
    forkUs: numbers('p50', 'p99'),
    cowFaultUs: numbers('p50', 'p99'),
    counts: numbers(
      'forks',
      'exits',
      'lmkKills',
      'cowFaults',
      'anonFaults',
      'writes',
      'events',
      'reclaimed',
      'allocFailures',
    ),
    memory: numbers('cmaPages', 'unusableCmaPages'),
    pageCache: numbers('pages', 'discarded', 'refaults'),
    replay: numbers('events', 'missed'),
    histograms: record<CellRecord['histograms']>({ latencyNs: histogram, fullScanNs: histogram }),
    samples: list(
      numbers(
        ...counterKeys,
        'at',
        'ksmPages',
        'ksmPtes',
        'unfindablePtes',
        'freePages',
        'freeCmaPages',
        'unusableCmaPages',
        'processes',
      ) as Check<Sample>,
      0,
      MOST,
    ),
    attemptLog,
  },
  { optional: ['plugins', 'replay', 'attemptLog'] },
);
