/** Workloads that are YAML but wrong: each is refused at the exact place, with the path and what was expected. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GOOD, loadText, problemsOf, unmark } from './testing.ts';

/** What stands in GOOD, what is put there (the mark is where the problem must be), the path, and the message. */
type Case = readonly [title: string, from: string, to: string, path: string, message: RegExp | string];

const CASES: readonly Case[] = [
  [
    'unknown key',
    'population: own',
    'population: own\nksm:\n  ▸pages_to_scam: 100',
    'ksm.pages_to_scam',
    'unknown key `pages_to_scam`; did you mean `pages_to_scan`?',
  ],
  [
    'unknown key at the top',
    'population: own',
    'population: own\n▸durations: 1 s',
    'durations',
    'did you mean `duration`?',
  ],
  [
    'key of the model',
    '  camera:',
    '  camera: { ▸perSecond: 3 }\n  lens:',
    'cma_clients.camera.perSecond',
    /there are: area, sizes/,
  ],
  ['merge key', 'count: 2', 'count: 2\n    ▸<<: 1', 'groups.server.<<', 'unknown key `<<`'],
  [
    'missing key',
    '    count: 2\n    start',
    '    ▸start',
    'groups.server',
    '`count` is missing: expected a whole number',
  ],
  [
    'size where a duration belongs',
    'hold: 500 ms',
    'hold: ▸5 MB',
    'cma_clients.camera.hold',
    /expected a duration such as `20 ms`.*`5 MB`, which is a size/,
  ],
  [
    'duration where a size belongs',
    'size: 4 MB',
    'size: ▸4 ms',
    'groups.server.regions.heap.size',
    /expected a size.*which is a duration/,
  ],
  ['size without a unit', 'size: 4 MB', 'size: ▸1024', 'groups.server.regions.heap.size', 'a number without a unit'],
  ['rate without a unit', 'rate: 12/min', 'rate: ▸12', 'spawners.jobs.rate', 'expected a rate such as `12/min`'],
  ['half a page', 'size: 4 MB', 'size: ▸5 kB', 'groups.server.regions.heap.size', 'whole number of 4 kB pages'],
  ['no pages', 'size: 4 MB', 'size: ▸0 pages', 'groups.server.regions.heap.size', 'from 1 pages'],
  ['share above 1', 'populated: 50 %', 'populated: ▸150 %', 'groups.server.regions.heap.populated', 'between 0 and 1'],
  ['negative share', 'populated: 50 %', 'populated: ▸-0.5', 'groups.server.regions.heap.populated', 'between 0 and 1'],
  [
    'negative count',
    'count: 2',
    'count: ▸-2',
    'groups.server.count',
    'expected a whole number from 0 to 512, found `-2`',
  ],
  ['NaN', 'count: 2', 'count: ▸.nan', 'groups.server.count', 'found `.nan`'],
  ['NaN as a share', 'populated: 50 %', 'populated: ▸NaN', 'groups.server.regions.heap.populated', 'expected a share'],
  ['Infinity', 'rate: 12/min', 'rate: ▸Infinity/s', 'spawners.jobs.rate', 'expected a rate'],
  ['hex', 'count: 2', 'count: ▸0x2', 'groups.server.count', 'found `0x2`'],
  ['exponent', 'count: 2', 'count: ▸2e0', 'groups.server.count', 'expected a whole number'],
  ['quoted number', 'count: 2', 'count: ▸"2"', 'groups.server.count', 'the text "2"'],
  ['fraction of a process', 'count: 2', 'count: ▸2.5', 'groups.server.count', 'expected a whole number'],
  ['nothing', 'count: 2', 'count: ▸', 'groups.server.count', 'found nothing'],
  ['list for a map', 'regions: {}', 'regions: ▸[]', 'groups.job.regions', 'found a list'],
  [
    'map for a list',
    'sizes: [{ size: 112 pages }]',
    'sizes: ▸{ size: 112 pages }',
    'cma_clients.camera.sizes',
    'expected a list of',
  ],
  ['map for a value', 'count: 2', 'count: ▸{ a: 1 }', 'groups.server.count', 'found a map'],
  [
    'truth as a word',
    'mergeable: true',
    'mergeable: ▸yes',
    'groups.server.regions.heap.mergeable',
    'expected `true` or `false`, found `yes`',
  ],
  ['unknown word', 'kind: anon', 'kind: ▸anno', 'groups.server.regions.heap.kind', 'did you mean `anon`?'],
  ['duration too long', 'population: own', 'population: own\nduration: ▸25 h', 'duration', 'from 1 ms to 86400 s'],
  ['rate too high', 'rate: 12/min', 'rate: ▸200000/s', 'spawners.jobs.rate', 'from 0/s to 100000/s'],
  ['too many seeds', 'population: own', 'population: own\nseeds: ▸1001', 'seeds', 'from 1 to 1000'],
  [
    'no client sizes',
    'sizes: [{ size: 112 pages }]',
    'sizes: ▸[]',
    'cma_clients.camera.sizes',
    'expected 1 to 64 entries',
  ],
  [
    'bad name',
    '  job:\n',
    '  ▸Job One:\n    count: 0\n    start: exec\n    oom_score_adj: 0\n    regions: {}\n  job:\n',
    'groups',
    '`Job One` is no name for a group',
  ],
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

function show(problems: ReturnType<typeof problemsOf>): string {
  return problems.map((one) => `${one.line}:${one.column} ${one.path}: ${one.message}`).join('\n');
}

/** The marked text has a problem at the mark, under that path, with that message. */
function refused(marked: string, path: string, message: RegExp | string): void {
  const { text, line, column } = unmark(marked);
  const problems = problemsOf(() => loadText(text));
  const problem = problems.find((one) => one.path === path);
  assert.ok(problem, `no problem at path ${path}\n${show(problems)}`);
  assert.is(`${problem.line}:${problem.column}`, `${line}:${column}`, show(problems));
  assert.match(problem.message, message);
  assert.ok(problem.file.endsWith('test.yaml'));
}

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

test('every problem of a file is reported at once, in order', () => {
  const text = GOOD.replace('count: 2', 'count: x')
    .replace('rate: 10/s', 'rate: 10')
    .replace('hold: 500 ms', 'hold: 5 kB, color: red');
  const problems = problemsOf(() => loadText(text));
  assert.equal(
    problems.map((one) => one.path),
    [
      'groups.server.count',
      'groups.server.regions.heap.writes.rate',
      'cma_clients.camera.hold',
      'cma_clients.camera.color',
    ],
    show(problems),
  );
});

test('a problem in an anchor is reported where the anchor stands', () => {
  const text = GOOD.replace('writes: { rate: 10/s,', 'writes: &w { rate: ▸10,').replace(
    'regions: {}',
    'regions: {}\n    inherited_writes: *w',
  );
  refused(text, 'groups.job.inherited_writes.rate', 'expected a rate');
});

test.run();
