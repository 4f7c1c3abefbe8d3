/** For tests that need many cells: a device as small as a profile may be, whose cells take two or three milliseconds. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DEVICE = `about: As small a device as there may be.
costs: cortex-a7
cpus: 1
hz: 100
memory:
  size: 16 MB
  cma: { default: { size: 4 MB, default: true } }
  unmovable: 100 pages
  reclaimable: 10 pages
  min_free: 64 kB
  extra_free: 0 kB
ksm: { run: 1, pages_to_scan: 10, sleep_millisecs: 20 }
groups:
  server:
    count: 1
    start: exec
    oom_score_adj: 0
    regions:
      heap:
        kind: anon
        size: 20 pages
        mergeable: true
        contents: { pools: { common: { contents: 5, share: 60 % } } }
        writes: { rate: 100/s, remerge: 50 % }
  job:
    count: 1
    start: fork
    parent: server
    oom_score_adj: 500
    inherited_writes: { rate: 10/s, remerge: 50 % }
    regions: {}
page_cache: { size: 10 pages }
`;

const WORKLOAD = `about: A very small device whose server forks.
device: ./smallest.yaml
warm_up: 10 ms
duration: 50 ms
seeds: 2
spawners: { jobs: { group: job, rate: 2/s, startup: 10 ms, life: 20 ms, max_live: 4 } }
cma_clients:
  camera: { area: default, rate: 20/s, sizes: [{ size: 100 pages }, { size: 500 pages }], hold: 50 ms }
`;

/** Writes both files into `dir`. Returns the path of the workload. */
export function writeMinuteWorkload(dir: string): string {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'smallest.yaml'), DEVICE);
  const path = join(dir, 'minute.yaml');
  writeFileSync(path, WORKLOAD);
  return path;
}
