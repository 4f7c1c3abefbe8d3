/**
 * A run for tests of the page: real cells, in which requests fail for sure, with a hostile text wherever one can stand.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCell } from '../../../sim/index.ts';
import { loadWorkload } from '../../plan/index.ts';
import type { ResolvedWorkload } from '../../plan/types.ts';
import type { CellLine } from '../../run/cell.ts';
import { cellStore } from '../../run/cellStore.ts';
import { digestOf } from '../../run/lines.ts';
import { evaluate } from '../../run/execute.ts';
import type { RunManifest } from '../../run/folder.ts';
import type { StoredRun } from '../../run/readRun.ts';
import { reduceCell } from '../../run/reduce.ts';
import { planOf } from '../../run/rounds.ts';
import { MODEL_HASH } from '../../run/tool.ts';
import { MADE_UP_MANIFEST } from '../../testing/records.ts';

/** Somebody holds pages of the area while others ask for all of it; servers fork, so that KSM pages get stuck, too. */
const FAILING_WORKLOAD = `about: a few processes, and somebody who holds pages
device: zx1800-512
population: own
duration: 6 s
warm_up: 1 s
groups:
  server:
    count: 2
    start: exec
    oom_score_adj: -705
    regions:
      heap: { kind: anon, size: 1500 pages, populated: 90 %, mergeable: true, contents: { pools: { p: { contents: 300, share: 80 % } } }, writes: { rate: 200/s, remerge: 60 % } }
  child:
    count: 1
    start: fork
    parent: server
    oom_score_adj: 529
    rewrite_inherited: 5 %
    inherited_writes: { rate: 100/s, remerge: 50 % }
    regions:
      own: { kind: anon, size: 100 pages, populated: 50 %, mergeable: true, contents: { pools: { p: { contents: 300, share: 80 % } } } }
spawners:
  child: { group: child, rate: 240/min, life: 2 s, max_live: 8, startup: 100 ms }
cma_clients:
  camera: { area: default, rate: 1/s, periodic: true, sizes: [{ size: 4096 pages }], hold: 100 ms }
pins:
  gup: { rate: 4/s, size: 400 pages, hold: 500 ms, target: anon }
page_cache: { size: 2000 pages }
`;

export const HOSTILE = `"><img src=x onerror=alert(1)><script>alert('&lt;')</script><!--</title></style>${'long'.repeat(12)}`;

const STRATEGIES = ['stock', 'heir-items'];
const SEEDS = 2;

/** `directory`: an empty one, for the workload's file. */
export function hostileRun(directory: string): StoredRun {
  const file = join(directory, 'failing.yaml');
  writeFileSync(file, FAILING_WORKLOAD);
  const workload = hostileWorkload(loadWorkload(file, { set: [], durationNs: null, quick: false }));
  const manifest: RunManifest = {
    ...MADE_UP_MANIFEST,
    tool: HOSTILE,
    model: MODEL_HASH,
    name: HOSTILE,
    command: HOSTILE,
    reproduce: `cma-stress run ${HOSTILE}`,
    node: HOSTILE,
    startedAt: HOSTILE,
    strategies: STRATEGIES,
    seeds: SEEDS,
    failIf: [HOSTILE],
    workloads: [workload],
    cells: STRATEGIES.length * SEEDS,
  };
  const lines: CellLine[] = [...planOf(manifest)].map((cell) => {
    const record = reduceCell(cell, runCell(cell.input));
    return record.strategy === 'stock' ? record : { ...record, strategy: HOSTILE };
  });
  const [{ workload: name, strategy, kernel, device, settings }] = lines;
  const error = { name: HOSTILE, message: HOSTILE };
  lines.push({ id: 'failed', workload: name, strategy, kernel, device, seed: 9, settings, error });
  const digest = digestOf(lines);
  const finished = evaluate(cellStore(lines), digest, manifest);
  const warning = { kind: 'few-seeds', workload: HOSTILE, strategy: HOSTILE, message: HOSTILE } as const;
  return {
    ...finished,
    warnings: [...finished.warnings, warning],
    path: directory,
    manifest: { ...manifest, digest },
  };
}

function hostileWorkload(workload: ResolvedWorkload): ResolvedWorkload {
  const { description } = workload;
  const { memory, load } = description;
  return {
    ...workload,
    name: HOSTILE,
    about: HOSTILE,
    device: HOSTILE,
    kernel: HOSTILE,
    settings: { ...workload.settings, [HOSTILE]: HOSTILE },
    description: {
      ...description,
      memory: { ...memory, cma: memory.cma.map((area) => ({ ...area, name: HOSTILE })) },
      load: {
        ...load,
        cmaClients: load.cmaClients.map((client) => ({ ...client, name: HOSTILE, area: HOSTILE })),
      },
    },
  };
}
