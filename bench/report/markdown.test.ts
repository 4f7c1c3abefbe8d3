/** The Markdown report: what it says, and names that try to leave their place. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cells } from '../testing/finishedRuns.ts';
import { HOSTILE, storedRun, twoStrategies } from '../testing/storedRuns.ts';
import { markdownReport } from './markdown.ts';
import { code, fenced, prose } from './markdownEscape.ts';

test('the claim, a table with intervals, costs, causes, and how to do it again', () => {
  const text = markdownReport(storedRun(twoStrategies(), { reproduce: 'cma-stress run fork-heavy' }));
  assert.ok(text.startsWith('# fork-heavy: heir-items cuts CMA failures from 20.0% to 0%\n\n'), text.slice(0, 80));
  assert.match(text, 'Numbers of a model, not of hardware');
  assert.match(text, /\n\| `stock` +\| +60 \| 300 \| +20\.0 \[[\d.]+, [\d.]+\] \|/);
  assert.match(text, /\n\| `heir-items` +\| +0 \| 300 \|.* -20\.0 \[-[\d.]+, -[\d.]+\] \|.*\| lower +\|\n/);
  assert.match(text, /\n\| `B1`: the rmap_item .*\| 180 \(120\) \| +0 \(0\) \|\n/);
  assert.match(text, '\n```sh\ncma-stress run fork-heavy\n```\n');
  assert.match(text, '<details>\n<summary>Settings</summary>\n\n| workload');
});

test('hostile names stay in their cells', () => {
  const records = ['stock', ...HOSTILE].flatMap((name) => cells(HOSTILE[4], name, [5, 6]));
  const reproduce = 'run ````\n# out\n````';
  const text = markdownReport(storedRun(records, { reproduce }, { name: HOSTILE[4], about: HOSTILE.join(' ') }));
  const fence = /\n(`{3,})sh\n([^]*?)\n\1\n/.exec(text)!;
  assert.is(fence[2], reproduce);
  const outside = text.replace(fence[0], '\n');
  const tags = [...outside.matchAll(/(?<!\\)<(?!!-- -->)[^>]*>/g)].map(([tag]) => tag);
  assert.equal([...new Set(tags)].sort(), ['</code>', '</details>', '</summary>', '<code>', '<details>', '<summary>']);
  // Every line of a table has as many cells as its head.
  for (const table of outside.matchAll(/^\|.*\n(?:\|.*\n)+/gm)) {
    const counts = table[0]
      .trimEnd()
      .split('\n')
      .map((line) => [...line.matchAll(/(?<!\\)\|/g)].length);
    assert.is(new Set(counts).size, 1, table[0]);
  }
  assert.not.match(outside, '@torvalds');
  assert.not.match(outside, /^# zwei/m);
  assert.is([...outside.matchAll(/^# /gm)].length, 1);
});

test('code, prose, fenced', () => {
  assert.is(code('ksm.pages_to_scan=100'), '`ksm.pages_to_scan=100`');
  assert.is(code('a|b`'), '<code>a&#124;b&#96;</code>');
  assert.is(code('a\\'), '<code>a&#92;</code>');
  assert.is(prose('rmap_item [1] <b> @me #2'), 'rmap_item \\[1\\] \\<b\\> @<!-- -->me #<!-- -->2');
  assert.is(prose('1. no list'), '1\\. no list');
  assert.is(prose('0.1.0'), '0.1.0');
  assert.is(prose('# no title'), '\\# no title');
  assert.is(fenced('a ``` b', 'sh'), '````sh\na ``` b\n````');
});

test.run();
