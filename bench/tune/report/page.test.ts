/** The page of a search as text: verdict, tables, and searches that have little to show. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { madeUpTuned, TYPICAL } from '../testing.ts';
import { tunePage } from './page.ts';

test('the same search gives the same bytes; every value of a plot is in a table', async () => {
  const page = await tunePage(madeUpTuned(), []);
  assert.ok((await tunePage(madeUpTuned(), [])) === page);
  for (const label of ['100 / 500 ms', '100 / 20 ms', '2200 / 700 ms', '512 / 2000 ms', '256 / 1500 ms', '400 / 10 ms'])
    assert.match(page, `<td>${label}</td>`);
  assert.match(page, '1.0 [0.5, 2.5]');
  assert.match(page, 'cma-stress tune fork-heavy --budget 60s');
  assert.match(page, 'echo 500 &gt; /sys/kernel/mm/ksm/sleep_millisecs');
});

test('verdict: what to take, what it costs, how sure that is', async () => {
  const page = await tunePage(madeUpTuned(), []);
  const [, verdict] = /<div class="verdict" id="verdict">(.*?)<\/div>/.exec(page)!;
  const [take, cost, sure, ...more] = verdict.split('</p>').filter((text) => text !== '');
  assert.equal(more, []);
  assert.match(take, 'Recommended: pages_to_scan / sleep_millisecs 100 / 500 ms');
  assert.match(cost, /It costs: ksmd CPU .* \(present: 5\.0&nbsp;%\)/);
  assert.match(sure, 'fewer failures, -4.00 [-6.00, -2.00] points');
  assert.match(sure, 'from a model');
});

test('nothing meets what was asked for: said, with what the nearest does not keep', async () => {
  const recommended = { ...TYPICAL.recommended, breaks: ['saved >= 20MB'] };
  const page = await tunePage(madeUpTuned({ ...TYPICAL, recommended }), []);
  assert.match(page, /Nothing meets what was asked for; nearest: .*, but not saved &gt;= 20MB\./);
});

test('the recommended setting is the present one: said, and drawn once', async () => {
  const tuned = madeUpTuned();
  const page = await tunePage(
    { ...tuned, conclusion: { ...tuned.conclusion, present: tuned.conclusion.recommended } },
    [],
  );
  assert.match(page, 'It is the present setting, so it costs nothing.');
  assert.match(page, 'recommended, which is the present one');
});

test('nothing failed, and all settings alike: plots without a number that is none', async () => {
  const alike = { failed: 0, p99: 100 };
  const page = await tunePage(
    madeUpTuned({
      recommended: { pages: 100, sleep: 500, ...alike },
      present: { pages: 100, sleep: 500, ...alike },
      published: { pages: 100, sleep: 500, ...alike },
    }),
    [],
  );
  assert.not.match(page, 'NaN');
  assert.not.match(page, 'Infinity');
  assert.not.match(page, 'undefined');
});

test('nobody asked for memory: a page without plots', async () => {
  const tuned = madeUpTuned();
  const silent = <T extends { readonly score: object }>(one: T): T => ({
    ...one,
    score: { ...one.score, attempts: 0 },
  });
  const finalists = tuned.conclusion.finalists.map(silent);
  const conclusion = { ...tuned.conclusion, finalists };
  const page = await tunePage({ ...tuned, tried: tuned.tried.map(silent), conclusion }, []);
  assert.match(page, 'Nobody asked for contiguous memory.');
  assert.not.match(page, 'role="img"');
});

test.run();
