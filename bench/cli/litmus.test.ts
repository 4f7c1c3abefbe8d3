/** `cma-stress litmus --step --svg` as its user runs it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { command, suiteInScratch } from '../testing/command.ts';

const CAUSES = fileURLToPath(new URL('../../../workloads/litmus/causes.yaml', import.meta.url));
const B1 = [CAUSES, '--test', 'b1'];

const test = suiteInScratch('litmus');

test('the picture alone on stdout, with the steps at which it changes', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['litmus', '--step', '--svg', ...B1], dir);
  assert.is(code, 0, stderr);
  assert.ok(stdout.startsWith('<svg ') && stdout.endsWith('</svg>\n'));
  assert.match(stdout, 'MISSED child@16 (B1)');
  assert.match(stdout, '>8 fork parent=parent child=child<');
});

test('-o: the picture in the file, the table on stdout, the steps asked for in both', async ({ dir }) => {
  const words = ['litmus', '--step', '--svg', '--steps', '9,10', ...B1, '-o', 'b1.svg'];
  const { code, stdout, stderr } = await command(words, dir);
  assert.is(code, 0, stderr);
  assert.match(stderr, 'b1.svg: 2 of 13 steps drawn');
  assert.match(stdout, 'step 10, scan');
  assert.match(stdout, 'MISSED child@16 (B1)');
  assert.not.match(stdout, 'step 11');
  assert.match(readFileSync(join(dir, 'b1.svg'), 'utf8'), '>10 scan<');
});

test('--json holds who leads to whom', async ({ dir }) => {
  const { stdout } = await command(['litmus', '--step', '--json', '--steps', '10', ...B1], dir);
  const { tests } = JSON.parse(stdout) as { tests: { states: { relations: Record<string, unknown> }[] }[] };
  assert.is(tests[0].states.length, 1);
  const { walks } = tests[0].states[0].relations as { walks: Record<string, unknown> };
  assert.equal(walks['shared'], {
    leads: [{ item: 'other@16', anonVma: 'other', reaches: ['other@16'] }],
    found: ['other@16'],
    missed: [{ at: 'child@16', cause: 'B1' }],
    references: {},
    isLocked: false,
  });
});

test('what cannot be drawn is bad usage, and says what to do', async ({ dir }) => {
  const wrong: readonly (readonly [words: readonly string[], message: RegExp])[] = [
    [['--svg', ...B1], /give --step as well/],
    [['--steps', '3', ...B1], /give --step as well/],
    [['--step', '-o', 'x.svg', ...B1], /--out is for the picture of --svg/],
    [['--step', '--svg', CAUSES], /here are 9: choose one with --test.*\n?.*b1, b2/],
    [['--step', '--svg', CAUSES, '--test', 'b7'], /there is no test 'b7' in these files/],
    [['--step', '--svg', '--steps', '3-x', ...B1], /--steps expects/],
    [['--step', '--svg', '--steps', '14', ...B1], /b1 has 13 steps, there is no 14/],
    [['--step', '--svg', '--json', ...B1], /name a file for the picture with -o/],
    [['--step', '--svg', ...B1, '-o', 'no/such/folder/x.svg'], /no\/such\/folder/],
  ];
  await Promise.all(
    wrong.map(async ([words, message]) => {
      const { code, stdout, stderr } = await command(['litmus', ...words], dir);
      assert.is(code, 2, words.join(' '));
      assert.match(stderr, message);
      assert.is(stdout, '', words.join(' '));
    }),
  );
  assert.not.ok(existsSync(join(dir, 'x.svg')));
});

test.run();
