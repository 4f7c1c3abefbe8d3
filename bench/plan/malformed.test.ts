/** Workloads that are YAML but no workload: each is refused at the exact place, with the path and what was expected. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GOOD, loadText, problemsOf, refused, show, type Case } from './testing.ts';

const CASES: readonly Case[] = [
  [
    'unknown key',
    'population: own',
    'population: own\nksm:\n  ▸pages_to_scam: 100',
    'ksm.pages_to_scam',
    'unknown key `pages_to_scam`; did you mean `pages_to_scan`?',
  ],
  ...(
    [
      ['a limit below two sharers', 'max_page_sharing', '1', 'from 2 to 2147483647, found `1`'],
      ['no limit at all', 'max_page_sharing', 'none', 'expected a whole number from 2'],
      ['a scan in no time', 'advisor_target_scan_time', '0', 'from 1 to 86400, found `0`'],
      ['a unit where the kernel has none', 'advisor_target_scan_time', '30 s', 'expected a whole number'],
      ['no pages to begin with', 'advisor_min_pages_to_scan', '0', 'from 1 to 1000000'],
      ['no pages at most', 'advisor_max_pages_to_scan', '0', 'from 1 to 1000000'],
      ['more than a CPU', 'advisor_max_cpu', '101', 'from 1 to 100'],
    ] as const
  ).map(([title, key, value, message]): Case => [
    title,
    'population: own',
    `population: own\nksm: { ${key}: ▸${value} }`,
    `ksm.${key}`,
    message,
  ]),
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
  ['too many seeds', 'population: own', 'population: own\nseeds: ▸100001', 'seeds', 'from 1 to 100000'],
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
];

for (const [title, from, to, path, message] of CASES) {
  test(title, () => {
    assert.ok(GOOD.includes(from), `the good workload has no ${from}`);
    refused(GOOD.replace(from, to), path, message);
  });
}

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
