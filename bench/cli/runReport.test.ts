/** The report that `cma-stress run` writes by default. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { RunDocument } from '../run/document.ts';
import type { RunManifest } from '../run/folder.ts';
import { command, start, suiteInScratch } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const test = suiteInScratch('report');

const TINY = ['run', './tiny.yaml', '--duration', '2s', '--strategy', 'stock,heir-items', '--seeds', '1'];

test.before(({ dir }) => {
  writeTinyWorkload(dir);
});

function read(...path: readonly string[]): string {
  return readFileSync(join(...path), 'utf8');
}

function digestIn(...path: readonly string[]): string | null {
  return (JSON.parse(read(...path, 'run.json')) as RunManifest).digest;
}

test('a run writes its report and says where; the same run elsewhere writes the same bytes', async ({ dir }) => {
  const { code, stdout, stderr } = await command([...TINY, '--out', 'one'], dir);
  assert.is(code, 0, stderr);
  assert.not.match(stderr, 'WARN', 'the plots are as their library wants them');
  assert.match(stdout, /\nreport +one\/report\.html\n$/);
  const page = read(dir, 'one', 'report.html');
  assert.match(page, /^<!doctype html>/);
  assert.match(page, digestIn(dir, 'one') ?? 'no digest');
  const again = await command([...TINY, '--out', 'two', '--threads', '1', '--json'], dir);
  assert.is(again.code, 0, again.stderr);
  assert.is((JSON.parse(again.stdout) as RunDocument).schema, 'cma-stress/run/1');
  assert.match(again.stderr, /report +two\/report\.html\n/);
  assert.is(read(dir, 'two', 'report.html'), page);
});

test('--no-report leaves it out', async ({ dir }) => {
  const { code, stdout } = await command([...TINY, '--no-report', '--out', 'none'], dir);
  assert.is(code, 0);
  assert.not.match(stdout, 'report.html');
  assert.not(existsSync(join(dir, 'none', 'report.html')));
});

test('a report that cannot be written leaves the results complete, and says how to make it', async ({ dir }) => {
  mkdirSync(join(dir, 'blocked', 'report.html'), { recursive: true });
  const { code, stdout, stderr } = await command([...TINY, '--out', 'blocked'], dir);
  assert.is(code, 1, stderr);
  assert.match(stdout, 'digest');
  assert.match(stderr, /error: the report could not be written: .*; the results in blocked are complete\n/);
  assert.match(stderr, 'report blocked --format html -o blocked/report.html');
  assert.is.not(digestIn(dir, 'blocked'), null);
});

test('Ctrl-C while the report is made leaves a finished run', async ({ dir }) => {
  const { child, finished } = start([...TINY, '--out', 'stopped'], dir);
  let told = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    if (!child.killed && told.includes('frame map')) child.kill('SIGINT');
  });
  const { code, stdout, stderr } = await finished;
  assert.is(code, 130, stderr);
  assert.match(stdout, 'digest');
  assert.match(stderr, 'interrupted while the report was made; the results in stopped are complete');
  assert.is.not(digestIn(dir, 'stopped'), null);
  assert.not(existsSync(join(dir, 'stopped', 'report.html')));
});

test.run();
