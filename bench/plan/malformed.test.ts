/** Workloads that are YAML but no workload: each is refused at the exact place, with the path and what was expected. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MALFORMED } from './malformedCases.ts';
import { GOOD, loadText, problemsOf, refused, show } from './testing.ts';

for (const [title, from, to, path, message] of MALFORMED) {
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
