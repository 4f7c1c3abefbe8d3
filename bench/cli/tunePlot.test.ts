/** What a search leaves to look at, through the real command: pictures and page. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { command, suiteInScratch } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const test = suiteInScratch('tunePlot');
const TINY = ['tune', './tiny.yaml', '--grid', '2', '--budget', '1s', '--duration', '400ms', '--threads', '1'];
/** Prints the finished search of the first test. */
const AGAIN = ['tune', '--resume', 'whole'];

test.before(({ dir }) => {
  writeTinyWorkload(dir);
});

test('a search leaves report.html, the same each time, and prints pictures with --plot', async ({ dir }) => {
  const { code, stdout, stderr } = await command([...TINY, '--out', 'whole', '--plot'], dir);
  assert.is(code, 0, stderr);
  assert.match(stdout, 'a mark a setting');
  assert.match(stdout, 'failed % over sleep_millisecs');
  assert.match(stderr, `report     ${join('whole', 'report.html')}\n`);
  assert.match(readFileSync(join(dir, 'whole', 'summary.txt'), 'utf8'), 'a mark a setting');
  const page = readFileSync(join(dir, 'whole', 'report.html'), 'utf8');
  assert.match(page, /tune \.\/tiny\.yaml .*--duration 400ms/);
  const again = await command(AGAIN, dir);
  assert.is(again.code, 0, again.stderr);
  assert.not.match(again.stdout, 'a mark a setting');
  assert.is(readFileSync(join(dir, 'whole', 'report.html'), 'utf8'), page);
});

test('--no-report leaves the page out', async ({ dir }) => {
  rmSync(join(dir, 'whole', 'report.html'));
  const { code, stderr } = await command([...AGAIN, '--no-report'], dir);
  assert.is(code, 0, stderr);
  assert.not.match(stderr, 'report.html');
  assert.not(existsSync(join(dir, 'whole', 'report.html')));
});

test('a page that cannot be written leaves the results complete, and says how to make it', async ({ dir }) => {
  mkdirSync(join(dir, 'whole', 'report.html'));
  const { code, stdout, stderr } = await command(AGAIN, dir);
  assert.is(code, 1, stderr);
  assert.match(stdout, 'Recommended');
  assert.match(stderr, /error: the report could not be written: .*; the results in whole are complete\n/);
  assert.match(stderr, 'tune --resume whole\n');
});

test('--json has no place for pictures: refused before anything is searched', async ({ dir }) => {
  const { code, stdout, stderr } = await command([...TINY, '--out', 'both', '--json', '--plot'], dir);
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, '--plot');
  assert.not(existsSync(join(dir, 'both')));
});

test.run();
