/** Made-up cells, and the manifest of their run, for tests of statistics and reports: no simulation behind them. */
import type { CmaAttempt, Observations } from '../../sim/index.ts';
import type { CellRecord } from '../run/cell.ts';
import { RUN_FOLDER_SCHEMA } from '../run/folder.ts';
import type { RunManifest } from '../run/folder.ts';
import { nothingObserved } from '../run/metrics.ts';
import { reduceCell } from '../run/reduce.ts';

/** Of a run of nothing. */
export const MADE_UP_MANIFEST: RunManifest = {
  schema: RUN_FOLDER_SCHEMA,
  tool: '0.1.0',
  model: 'm',
  name: 'w',
  command: 'c',
  reproduce: 'r',
  node: 'v',
  startedAt: '',
  strategies: ['stock'],
  seeds: null,
  firstSeed: 1,
  auditEveryNs: 0,
  failIf: [],
  untilCi: null,
  workloads: [],
  cells: 0,
  digest: null,
};

/** A cell of which `failures` of `attempts` failed; each took `latencyNs` and the failed ones lost 3 pages to B1. */
export function madeUpRecord(
  workload: string,
  strategy: string,
  seed: number,
  attempts: number,
  failures: number,
  latencyNs = 10_000_000,
): CellRecord {
  return reduceCell(
    { id: `${workload}-${strategy}-${seed}`, workload, strategy, kernel: 'k', device: 'd', seed, settings: {} },
    madeUpObservations(attempts, failures, latencyNs),
  );
}

function madeUpObservations(attempts: number, failures: number, latencyNs: number): Observations {
  const nothing = nothingObserved();
  return {
    ...nothing,
    duration: 60_000_000_000,
    attempts: Array.from({ length: attempts }, (_, index) => attempt(index < failures, latencyNs)),
    migration: {
      ...nothing.migration,
      failed: 3 * failures,
      failedByCause: { ...nothing.migration.failedByCause, B1: 3 * failures },
    },
    ksm: { ...nothing.ksm, cpu: 1_200_000_000, savedPages: 1024, fullScan: Float64Array.of(2e9, 3e9, 4e9) },
    rmapItems: { live: 1000, peak: 2000, stale: 5, bytes: 64_000 },
  };
}

function attempt(failed: boolean, latency: number): CmaAttempt {
  return {
    at: 0,
    latency,
    client: 'camera',
    pages: 1024,
    errno: failed ? -16 : 0,
    migratePasses: failed ? 9 : 0,
    contigTries: failed ? 4 : 0,
    ranges: failed ? 2 : 0,
    caller: 0,
    migrated: 100,
    failed: failed ? 3 : 0,
    causes: failed ? { B1: 3 } : {},
    blocked: failed ? { B1: 2 } : {},
    cpu: 500_000,
  };
}
