/**
 * The README prints what the tool prints: under a comment `output of: COMMAND` each line of the block stands in the output of
 * that command, in the same order; `[...]` stands for lines left out.
 */
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { command, suiteInScratch } from './command.ts';

const test = suiteInScratch('README');

interface Example {
  readonly words: readonly string[];
  readonly lines: readonly string[];
}

const EXAMPLE = /<!-- output of: cma-stress ([^\n]*) -->\n+```[a-z]*\n([\s\S]*?)```/g;

function examples(): Example[] {
  const text = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  return [...text.matchAll(EXAMPLE)].map(([, words, block]) => ({
    words: words.split(' '),
    lines: block.split('\n').filter((line) => line.trim() !== ''),
  }));
}

test('each block is what its command prints', async ({ dir }) => {
  const all = examples();
  assert.ok(all.length >= 3, `${all.length} examples`);
  for (const { words, lines } of all) {
    // No block shows the report, which would take longer than the run.
    const quick = words[0] === 'run' ? [...words, '--no-report'] : words;
    const { code, stdout, stderr } = await command(quick, dir);
    assert.is(code, 0, stderr);
    // The tool says how it was called.
    const printed = stdout.replaceAll(/node \S*main\.js/g, 'cma-stress').split('\n');
    let at = 0;
    for (const line of lines) {
      if (line === '[...]') continue;
      const found = printed.indexOf(line, at);
      assert.ok(found >= 0, `cma-stress ${words.join(' ')} does not print this line, or not here: ${line}`);
      at = found + 1;
    }
  }
});

test.run();
