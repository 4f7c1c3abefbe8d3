/** `cma-stress self-check` from outside, with one check, run once; whether they hold is tested in bench/selfcheck. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { selfCheckText } from '../report/selfCheckText.ts';
import { PLAIN } from '../report/terminal.ts';
import type { Verdict } from '../selfcheck/check.ts';
import { CHECKS } from '../selfcheck/index.ts';
import { nullRepair } from '../selfcheck/nullRepair.ts';
import { command } from '../testing/command.ts';
import { exitCodeOf } from './selfCheck.ts';

interface Document extends Record<string, unknown> {
  readonly checks: readonly (Verdict & Record<string, unknown>)[];
}

test('one JSON document, exit 0 when all hold, and the same as text', async () => {
  const { code, stdout, stderr } = await command(['self-check', '--quick', '--json', 'null-repair'], '.');
  assert.is(code, 0, stderr);
  const document = JSON.parse(stdout) as Document;
  assert.is(document['schema'], 'cma-stress/self-check/1');
  assert.equal([document['quick'], document['holds'], document['held'], document['total']], [true, true, 1, 1]);
  for (const key of ['tool', 'model']) assert.type(document[key], 'string');
  const [check] = document.checks;
  assert.equal([check['id'], check['holds'], check['failed']], ['null-repair', true, []]);
  assert.ok(check.figures.length > 10);
  const text = selfCheckText([{ check: nullRepair, verdict: check }], PLAIN);
  assert.match(text, /^holds {2}null-repair: every strategy leaves B6/);
  assert.match(text, /heir-items +none/);
  assert.match(text, '1 of 1 checks hold');
});

test('an unknown check is bad usage', async () => {
  const { code, stderr } = await command(['self-check', 'null-repiar'], '.');
  assert.is(code, 2);
  assert.match(stderr, 'did you mean');
});

test('exit 1 when one does not hold, and the output says what', () => {
  const [check, other] = CHECKS;
  const figures = [{ name: 'a', share: 0.123456, pages: 12_345 }];
  const judged = [
    { check, verdict: { failed: ['it did not come out'], figures } },
    { check: other, verdict: { failed: [], figures } },
  ];
  assert.is(exitCodeOf(judged), 1);
  const text = selfCheckText(judged, PLAIN);
  assert.match(text, new RegExp(`FAILS {2}${check.id}: `));
  assert.match(text, '! it did not come out');
  assert.match(text, '0.12  12,345');
  assert.match(text, '1 of 2 checks hold');
});

test.run();
