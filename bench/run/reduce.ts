/** Observations of a cell to its record: raw samples become percentiles and histograms, here and nowhere else. */
import { CAUSES, type CauseCounts, type CmaAttempt, type Observations, type Sample } from '../../sim/index.ts';
import type { Cell } from '../plan/types.ts';
import { PAGE_BYTES } from '../plan/units.ts';
import { logAttempts } from './attemptLog.ts';
import { pluginIds } from './cell.ts';
import type { CellRecord, ClientCounts } from './cell.ts';
import { distribution } from './histogram.ts';

const EBUSY = -16;
const ENOMEM = -12;
/** Samples kept over time per cell; more are thinned at equal distances. */
const MAX_SAMPLES = 31;

const microseconds = (ns: number): number => ns / 1e3;
const milliseconds = (ns: number): number => ns / 1e6;

/** The record of `cell` from what it observed. Deterministic. */
export function reduceCell(cell: Omit<Cell, 'input'>, seen: Observations): CellRecord {
  const latency = distribution(seen.attempts.map((attempt) => attempt.latency));
  const fullScan = distribution(seen.ksm.fullScan);
  const wake = distribution(seen.ksm.wake);
  const gap = distribution(seen.unfindable.gap);
  const fork = distribution(seen.fork);
  const cowFault = distribution(seen.cowFault);
  const end = seen.ksm.atEnd;
  return {
    id: cell.id,
    workload: cell.workload,
    strategy: cell.strategy,
    kernel: cell.kernel,
    device: cell.device,
    seed: cell.seed,
    settings: cell.settings,
    ...pluginIds(cell),
    deviceSeconds: seen.duration / 1e9,
    cma: {
      attempts: seen.attempts.length,
      failures: count(seen.attempts, (attempt) => attempt.errno !== 0),
      latencyUs: {
        mean: microseconds(latency.mean),
        p50: microseconds(latency.percentile(50)),
        p90: microseconds(latency.percentile(90)),
        p99: microseconds(latency.percentile(99)),
        max: microseconds(latency.max),
      },
      errors: {
        EBUSY: count(seen.attempts, (attempt) => attempt.errno === EBUSY),
        ENOMEM: count(seen.attempts, (attempt) => attempt.errno === ENOMEM),
      },
      retries: {
        migratePasses: total(seen.attempts, (attempt) => attempt.migratePasses),
        contigTries: total(seen.attempts, (attempt) => attempt.contigTries),
        ranges: total(seen.attempts, (attempt) => attempt.ranges),
        caller: total(seen.attempts, (attempt) => attempt.caller),
      },
      byClient: byClient(seen.attempts),
      blockedByCause: blockedByCause(seen.attempts),
      cpuUs: {
        total: microseconds(total(seen.attempts, (attempt) => attempt.cpu)),
        mean: microseconds(mean(seen.attempts, (attempt) => attempt.cpu)),
      },
    },
    migration: {
      pages: seen.migration.pages,
      failed: seen.migration.failed,
      failedByCause: { ...seen.migration.failedByCause },
      byKind: { ...seen.migration.byKind },
    },
    ksm: {
      fullScans: end.full_scans - seen.ksm.atStart.full_scans,
      fullScanMs: {
        p50: milliseconds(fullScan.percentile(50)),
        p90: milliseconds(fullScan.percentile(90)),
        max: milliseconds(fullScan.max),
      },
      wakeUs: { p50: microseconds(wake.percentile(50)), p99: microseconds(wake.percentile(99)) },
      wakeups: seen.ksm.wakeups,
      idleWakeups: seen.ksm.idleWakeups,
      cpuShare: seen.duration === 0 ? 0 : seen.ksm.cpu / seen.duration,
      pagesShared: end.pages_shared,
      pagesSharing: end.pages_sharing,
      pagesUnshared: end.pages_unshared,
      pagesVolatile: end.pages_volatile,
      savedBytes: seen.ksm.savedPages * PAGE_BYTES,
      pagesScanned: seen.ksm.pagesScanned,
      merges: seen.ksm.merges,
      atStart: { ...seen.ksm.atStart },
      atEnd: { ...end },
    },
    unfindable: {
      ptesMean: seen.unfindable.ptesMean,
      ptesMax: seen.unfindable.ptesMax,
      shareOfKsmPtes: seen.unfindable.shareOfKsmPtes,
      gapMs: {
        p50: milliseconds(gap.percentile(50)),
        p99: milliseconds(gap.percentile(99)),
        max: milliseconds(gap.max),
      },
      open: seen.unfindable.open,
      openedByCause: { ...seen.unfindable.openedByCause },
    },
    rmapItems: { ...seen.rmapItems },
    kernelBugs: { ...seen.kernelBugs },
    forkUs: { p50: microseconds(fork.percentile(50)), p99: microseconds(fork.percentile(99)) },
    cowFaultUs: { p50: microseconds(cowFault.percentile(50)), p99: microseconds(cowFault.percentile(99)) },
    counts: { ...seen.counts },
    memory: { cmaPages: seen.cmaPages, unusableCmaPages: mean(seen.samples, (sample) => sample.unusableCmaPages) },
    pageCache: { ...seen.pageCache },
    ...(seen.replay === undefined ? {} : { replay: { ...seen.replay } }),
    histograms: { latencyNs: latency.pairs(), fullScanNs: fullScan.pairs() },
    samples: thin(seen.samples),
    attemptLog: logAttempts(seen.attempts),
  };
}

function count(attempts: readonly CmaAttempt[], holds: (attempt: CmaAttempt) => boolean): number {
  return total(attempts, (attempt) => (holds(attempt) ? 1 : 0));
}

function total(attempts: readonly CmaAttempt[], of: (attempt: CmaAttempt) => number): number {
  let sum = 0;
  for (const attempt of attempts) sum += of(attempt);
  return sum;
}

function mean<One>(all: readonly One[], of: (one: One) => number): number {
  let sum = 0;
  for (const one of all) sum += of(one);
  return all.length === 0 ? 0 : sum / all.length;
}

function blockedByCause(attempts: readonly CmaAttempt[]): CauseCounts {
  const sums = CAUSES.map((cause) => [cause, total(attempts, ({ blocked }) => blocked[cause] ?? 0)]);
  return Object.fromEntries(sums) as CauseCounts;
}

function byClient(attempts: readonly CmaAttempt[]): Record<string, ClientCounts> {
  const clients = new Map<string, { attempts: number; failures: number; pages: number }>();
  for (const attempt of attempts) {
    let entry = clients.get(attempt.client);
    if (entry === undefined) clients.set(attempt.client, (entry = { attempts: 0, failures: 0, pages: 0 }));
    entry.attempts++;
    entry.pages += attempt.pages;
    if (attempt.errno !== 0) entry.failures++;
  }
  return Object.fromEntries([...clients].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** At most MAX_SAMPLES of the samples at equal distances, the last one among them. */
function thin(samples: readonly Sample[]): Sample[] {
  if (samples.length <= MAX_SAMPLES) return [...samples];
  const step = (samples.length - 1) / (MAX_SAMPLES - 1);
  return Array.from({ length: MAX_SAMPLES }, (_, i) => samples[Math.round(i * step)]);
}
