/** Workloads for tests: devices so small that a cell takes hundredths of a second, or two or three milliseconds. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TINY_DEVICE = `about: A small device.
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

const TINY = `about: A small device whose servers fork.
device: ./small.yaml
warm_up: 500 ms
duration: 3 s
seeds: 2
spawners: { jobs: { group: job, rate: 2/s, startup: 100 ms, life: 1 s, max_live: 4 } }
cma_clients:
  camera: { area: default, rate: 10/s, sizes: [{ size: 100 pages }, { size: 1000 pages }], hold: 50 ms }
`;

/**
 * A small device with a busy load, \`tiny.yaml\`, whose requests fail now and then. Returns the path of the workload.
 */
export function writeTinyWorkload(dir: string): string {
  return writeFiles(dir, { 'small.yaml': TINY_DEVICE, 'tiny.yaml': TINY });
}

const MINUTE_DEVICE = `about: As small a device as there may be.
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

const MINUTE = `about: A very small device whose server forks.
device: ./smallest.yaml
warm_up: 10 ms
duration: 50 ms
seeds: 2
spawners: { jobs: { group: job, rate: 2/s, startup: 10 ms, life: 20 ms, max_live: 4 } }
cma_clients:
  camera: { area: default, rate: 20/s, sizes: [{ size: 100 pages }, { size: 500 pages }], hold: 50 ms }
`;

/**
 * A device as small as a profile may be, \`minute.yaml\`, for tests that need many cells. Returns the path of the
 * workload.
 */
export function writeMinuteWorkload(dir: string): string {
  return writeFiles(dir, { 'smallest.yaml': MINUTE_DEVICE, 'minute.yaml': MINUTE });
}

/** Returns the path of the last one. */
function writeFiles(dir: string, texts: Readonly<Record<string, string>>): string {
  mkdirSync(dir, { recursive: true });
  const paths = Object.entries(texts).map(([name, text]) => {
    const path = join(dir, name);
    writeFileSync(path, text);
    return path;
  });
  return paths[paths.length - 1];
}
