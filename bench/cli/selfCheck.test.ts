/** `cma-stress self-check` from outside, with the check that takes no time; what they say is tested in bench/selfcheck. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { selfCheckText } from '../report/selfCheckText.ts';
import { PLAIN } from '../report/terminal.ts';
import { CHECKS } from '../selfcheck/index.ts';
import { command } from '../testing/command.ts';
import { exitCodeOf } from './selfCheck.ts';

test('one JSON document, exit 0 when all hold', async () => {
  const { code, stdout, stderr } = await command(['self-check', '--quick', '--json', 'null-repair'], '.');
  assert.is(code, 0, stderr);
  const document = JSON.parse(stdout) as Record<string, unknown> & { checks: Record<string, unknown>[] };
  assert.is(document['schema'], 'cma-stress/self-check/1');
  assert.equal([document['quick'], document['holds'], document['held'], document['total']], [true, true, 1, 1]);
  for (const key of ['tool', 'model']) assert.type(document[key], 'string');
  const [check] = document.checks;
  assert.equal([check['id'], check['holds'], check['failed']], ['null-repair', true, []]);
  assert.ok((check['figures'] as unknown[]).length > 10);
});

test('a line for the check and its figures', async () => {
  const { code, stdout } = await command(['self-check', 'null-repair', '--threads', '1'], '.');
  assert.is(code, 0);
  assert.match(stdout, /^holds {2}null-repair: every strategy leaves B6/);
  assert.match(stdout, /heir-items +none/);
  assert.match(stdout, '1 of 1 checks hold');
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
