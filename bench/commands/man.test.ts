/** The man page as man shows it: formatters say nothing against it, and what it says comes out as it was meant. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../plan/packageRoot.ts';

const PAGE = join(packageRoot(), 'docs', 'cma-stress.1');

const run = (program: string, words: readonly string[]) => spawnSync(program, [...words, PAGE], { encoding: 'utf8' });
const isThere = (program: string): boolean => spawnSync('which', [program]).status === 0;

function testWith(program: string, name: string, body: () => void): void {
  if (isThere(program)) test(name, body);
  else {
    console.log(`skipped: there is no ${program} here`);
    test.skip(name);
  }
}

testWith('groff', 'groff has no warning, and lines fit into 80 columns', () => {
  const { stdout, stderr, status } = run('groff', [
    '-ww',
    '-man',
    '-Tascii',
    '-P-c',
    '-P-u',
    '-P-b',
    '-P-o',
    '-rLL=80n',
  ]);
  assert.is(status, 0);
  assert.is(stderr, '');
  const isProse = (line: string): boolean => /^ {14}\S/.test(line);
  for (const line of stdout.split('\n').filter(isProse)) assert.ok(line.length <= 80, line);
  assert.match(stdout, /^ {7}-o, --output file$/m);
  assert.match(stdout, /^ {7}cma-stress show results\/fork-heavy --json \| jq '\.summary'$/m);
});

testWith('mandoc', 'mandoc misses nothing but a date', () => {
  const { stdout } = run('mandoc', ['-Tlint']);
  const told = stdout.split('\n').filter((line) => line !== '' && !line.includes('missing date'));
  assert.equal(told, []);
});

test.run();
