/** What litmus files are refused for, each problem at its place, and what is read from good ones. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BAD, GOOD } from './badCases.ts';
import { parseLitmus } from './parse.ts';
import { problems } from './testing.ts';

test('a test, several documents, a suite, JSON', () => {
  const [one] = parseLitmus(GOOD, 'f.yaml');
  assert.is(one.test.id, 'one');
  assert.is(one.test.actions.length, 6);
  assert.equal(one.test.config, { cma: [256, 320], pagevec: false });
  assert.equal(one.placeOf(2), { place: { file: 'f.yaml', line: 8, column: 5 }, path: ['actions', 2] });
  assert.is(parseLitmus(`${GOOD}---\n${GOOD.replace('id: one', 'id: two')}`, 'f.yaml').length, 2);
  const json = JSON.stringify({ about: 'x', scenarios: [{ id: 'a', actions: [{ op: 'drain' }] }] });
  assert.is(parseLitmus(json, 'f.json')[0].test.why, '');
  assert.ok(parseLitmus('id: a\nactions: []\nthreads: { A: [{ op: drain }] }', 'f.yaml')[0].hasThreads);
});

for (const [name, text, expected] of BAD) {
  test(`located: ${name}`, () => {
    assert.equal(problems(text), [expected]);
  });
}

test('everything wrong is reported at once', () => {
  assert.is(problems('id: a\nactions: [{ op: exit }, { op: nope }, { op: pass, count: x }]').length, 3);
});

test('bad YAML and hostile YAML are problems, not crashes', () => {
  assert.match(problems('id: [a')[0], 'not valid YAML');
  assert.is(problems(`id: a\nactions: ${'['.repeat(20_000)}`).length > 0, true);
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i++)
    bomb.push(`${'abcdefghi'[i]}: &${'abcdefghi'[i]} [${`*${'abcdefghi'[i - 1]},`.repeat(10)}]`);
  assert.ok(problems(bomb.join('\n')).length > 0);
  assert.ok(problems('id: *nowhere\nactions: []').length > 0);
});

test('config.kernel is one that scripts know; a limit of sharers belongs to a newer one', () => {
  const withConfig = (config: string) => GOOD.replace('config: { cma: [256, 320], pagevec: false }', config);
  const [one] = parseLitmus(withConfig('config: { kernel: linux-6.1, max_page_sharing: 2 }'), 'f.yaml');
  assert.equal(one.test.config, { kernel: 'linux-6.1', max_page_sharing: 2 });
  assert.match(
    problems(withConfig('config: { kernel: linux-6.2 }'))[0],
    /^4:19 config\.kernel unknown value "linux-6\.2"/,
  );
  assert.match(problems(withConfig('config: { max_page_sharing: 2 }'))[0], /linux-3\.10 has no max_page_sharing/);
  assert.match(
    problems(withConfig('config: { kernel: linux-6.1, max_page_sharing: 1 }'))[0],
    /config\.max_page_sharing expected/,
  );
});

test.run();
