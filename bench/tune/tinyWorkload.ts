/** For tests of the commands: a small device with a busy load, whose cells take hundredths of a second. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DEVICE = `about: A small device.
costs: cortex-a7
cpus: 2
hz: 100
memory:
  size: 32 MB
  cma: { default: { size: 8 MB, default: true } }
  unmovable: 1000 pages
  reclaimable: 100 pages
  min_free: 512 kB
  extra_free: 0 kB
ksm: { run: 1, pages_to_scan: 100, sleep_millisecs: 20 }
groups:
  server:
    count: 2
    start: exec
    oom_score_adj: 0
    regions:
      heap:
        kind: anon
        size: 1200 pages
        mergeable: true
        contents: { pools: { common: { contents: 200, share: 60 % } } }
        writes: { rate: 100/s, remerge: 50 % }
  job:
    count: 1
    start: fork
    parent: server
    oom_score_adj: 500
    inherited_writes: { rate: 100/s, remerge: 50 % }
    regions: {}
page_cache: { size: 200 pages }
`;

const WORKLOAD = `about: A small device whose servers fork.
device: ./small.yaml
warm_up: 500 ms
duration: 3 s
seeds: 2
spawners: { jobs: { group: job, rate: 2/s, startup: 100 ms, life: 1 s, max_live: 4 } }
cma_clients:
  camera: { area: default, rate: 10/s, sizes: [{ size: 100 pages }, { size: 1000 pages }], hold: 50 ms }
`;

/** Writes both files into `dir`. Returns the path of the workload. */
export function writeTinyWorkload(dir: string): string {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'small.yaml'), DEVICE);
  const path = join(dir, 'tiny.yaml');
  writeFileSync(path, WORKLOAD);
  return path;
}
