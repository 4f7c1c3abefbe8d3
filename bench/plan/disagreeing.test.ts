/** Workloads whose parts do not agree: unknown names, sizes that do not fit. Each is refused at the exact place. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GOOD, refused, type Case } from './testing.ts';

const CASES: readonly Case[] = [
  [
    'unknown device',
    'device: zx1800-512',
    'device: ▸zx1800-521',
    'device',
    'unknown device `zx1800-521`; did you mean `zx1800-512`?',
  ],
  ['unknown kernel', 'population: own', 'population: own\nkernel: ▸msm-3.18', 'kernel', 'unknown kernel `msm-3.18`'],
  ['unknown costs', 'population: own', 'population: own\ncosts: ▸cortex-a8', 'costs', 'did you mean `cortex-a7`?'],
  [
    'unknown area',
    'area: default',
    'area: ▸defualt',
    'cma_clients.camera.area',
    'unknown CMA area `defualt`; did you mean `default`?',
  ],
  [
    'request larger than its area',
    'size: 112 pages',
    'size: ▸17 MB',
    'cma_clients.camera.sizes[0].size',
    'is 4352 pages, but area `default` has 4096',
  ],
  [
    'CMA size that is no pageblock',
    'population: own',
    'population: own\nmemory: { cma: { default: { size: ▸6 MB } } }',
    'memory.cma.default.size',
    'round 1536 pages up to 8 MB',
  ],
  [
    'CMA that does not fit',
    'population: own',
    'population: own\nmemory: { cma: { default: ▸{ size: 1 GB } } }',
    'memory.cma.default',
    'do not fit',
  ],
  [
    'two default areas',
    'population: own',
    'population: own\nmemory: { cma: ▸{ other: { size: 4 MB, default: true } } }',
    'memory.cma',
    'exactly one area',
  ],
  [
    'overlapping areas',
    'population: own',
    'population: own\nmemory: { cma: { default: { at: 64 MB }, other: ▸{ size: 4 MB, at: 68 MB } } }',
    'memory.cma.other',
    'overlaps `default`',
  ],
  [
    'nothing inherited that could be merged',
    '    count: 2\n    start: exec',
    '    count: 2\n    madvise_inherited: ▸true\n    start: exec',
    'groups.server.madvise_inherited',
    'inherits nothing',
  ],
  [
    'unknown parent',
    'parent: server',
    'parent: ▸sever',
    'groups.job.parent',
    'unknown group `sever`; did you mean `server`?',
  ],
  ['parent of itself', 'parent: server', 'parent: ▸job', 'groups.job.parent', 'circle of parents: job -> job'],
  [
    'fork without parent',
    'start: fork\n    parent: server',
    'start: ▸fork',
    'groups.job.start',
    'needs `parent: <group>`',
  ],
  [
    'exec with parent',
    'start: exec',
    'start: exec\n    parent: ▸job',
    'groups.server.parent',
    '`start: exec` has no parent',
  ],
  ['spawner of an unknown group', 'group: job', 'group: ▸jobb', 'spawners.jobs.group', 'did you mean `job`?'],
  [
    'spawner with less than at boot',
    'group: job, rate: 12/min, startup: 1 s, life: 4 s, max_live: 8',
    'group: server, rate: 12/min, startup: 1 s, life: 4 s, max_live: ▸1',
    'spawners.jobs.max_live',
    'starts with 2 processes',
  ],
  [
    'grandchildren without a life',
    'life: 4 s, max_live: 8',
    'life: none, max_live: 8, grandchildren: ▸10 %',
    'spawners.jobs.grandchildren',
    '`life` must be a duration',
  ],
  [
    'pools above 1',
    'contents: { zero: 5 %, pools: { common: { contents: 100, share: 20 % } } }',
    'contents: ▸{ zero: 50 %, pools: { common: { contents: 100, share: 30 % }, more: { contents: 1, share: 30 % } } }',
    'groups.server.regions.heap.contents',
    'add up to 1.1',
  ],
  [
    'anon with a file',
    'kind: anon',
    'kind: anon\n        file: ▸heap',
    'groups.server.regions.heap.file',
    'has no file',
  ],
  [
    'file kind without a file',
    '{ kind: shared-file, file: libc,',
    '{ kind: ▸shared-file,',
    'groups.server.regions.code.kind',
    'needs `file: <name>`',
  ],
  [
    'mergeable shared file',
    'file: libc,',
    'file: libc, mergeable: ▸true,',
    'groups.server.regions.code.mergeable',
    'ignores shared mappings',
  ],
  [
    'too many processes',
    'count: 1\n    start: fork',
    'count: ▸511\n    start: fork',
    'groups.job.count',
    'makes 513 processes',
  ],
];

for (const [title, from, to, path, message] of CASES) {
  test(title, () => {
    assert.ok(GOOD.includes(from), `the good workload has no ${from}`);
    refused(GOOD.replace(from, to), path, message);
  });
}

test('a parent without processes', () => {
  const text = GOOD.replace('count: 2', 'count: 0').replace('parent: server', 'parent: ▸server');
  refused(text, 'groups.job.parent', 'has no process to fork from');
});

test('parents in a circle', () => {
  const text = GOOD.replace('start: exec', 'start: fork\n    parent: ▸job');
  refused(text, 'groups.server.parent', 'circle of parents: server -> job -> server');
});

test('a population that does not fit the device', () => {
  const text = GOOD.replace('size: 4 MB', 'size: 300 MB').replace('  server:', '  ▸server:');
  refused(text, 'groups', /needs \d+ pages .*but the device has 131072/);
});

test('a process larger than its address space', () => {
  const text = GOOD.replace('size: 4 MB\n        populated: 50 %', 'size: 3 GB\n        populated: 0 %')
    .replace('size: 100 pages', 'size: 3 GB, populated: 0 %')
    .replace('      heap:', '      ▸heap:');
  refused(text, 'groups.server.regions', 'at most 1048576');
});

test('kernel memory that does not fit beside CMA', () => {
  const text = GOOD.replace('population: own', 'population: own\nmemory: { unmovable: ▸430 MB }');
  refused(text, 'memory.unmovable', 'cannot lie in CMA');
});

test.run();
