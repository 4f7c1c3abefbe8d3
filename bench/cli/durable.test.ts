/** Whatever ends a run before its time: what was finished is kept, and continued it gives the same bytes. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { EXIT } from '../errors.ts';
import { sealed } from '../run/lines.ts';
import { command, MAIN, start, suiteInScratch } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const test = suiteInScratch('durable');

const CELLS = 8;
const RUN = ['run', 'tiny.yaml', '--strategy', 'stock,heir-items', '--seeds', '4', '--threads', '1', '--no-report'];
const RESUME = ['--threads', '1', '--no-report'];

function bytes(dir: string, run: string): string {
  return readFileSync(join(dir, run, 'cells.ndjson'), 'utf8');
}

function linesIn(file: string): number {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
}

/** Resolves when the file has so many lines. */
async function grown(file: string, lines: number): Promise<void> {
  while (linesIn(file) < lines) await new Promise((resolve) => setTimeout(resolve, 3));
}

async function resumedIsWhole(dir: string, run: string): Promise<string> {
  const { code, stderr } = await command(['run', '--resume', run, ...RESUME], dir);
  assert.is(code, EXIT.done, stderr);
  assert.is(bytes(dir, run), bytes(dir, 'whole'));
  assert.is(
    readFileSync(join(dir, run, 'summary.txt'), 'utf8').replace(`results    ${run}`, 'results    whole'),
    readFileSync(join(dir, 'whole', 'summary.txt'), 'utf8'),
  );
  return stderr;
}

test.before(async ({ dir }) => {
  writeTinyWorkload(dir);
  assert.is((await command([...RUN, '--out', 'whole'], dir)).code, EXIT.done);
  assert.is(linesIn(join(dir, 'whole', 'cells.ndjson')), CELLS);
});

test('killed with SIGKILL, twice: what was there is kept and not run again', async ({ dir }) => {
  const file = join(dir, 'killed', 'cells.ndjson');
  let kept = 0;
  for (const words of [
    [...RUN, '--out', 'killed'],
    ['run', '--resume', 'killed', ...RESUME],
  ]) {
    const { child } = start(words, dir);
    await grown(file, kept + 2);
    child.kill('SIGKILL');
    await once(child, 'close');
    kept = linesIn(file);
  }
  const stderr = await resumedIsWhole(dir, 'killed');
  if (kept < CELLS) assert.match(stderr, `running ${CELLS - kept} cell`);
});

test('no room on the disk: interrupted, says how to go on, and nothing is lost', async ({ dir }) => {
  // A limit on the size of files is what a full disk looks like, and needs no disk. In blocks of 512 or 1024 bytes.
  const blocks = Math.ceil(bytes(dir, 'whole').length / 2048);
  const words = [process.execPath, MAIN, ...RUN, '--out', 'full'];
  const shell = `ulimit -f ${blocks}; exec "$@"`;
  const { status, stderr } = spawnSync('bash', ['-c', shell, 'bash', ...words], { cwd: dir, encoding: 'utf8' });
  assert.is(status, EXIT.interrupted, stderr);
  assert.match(stderr, /error: cannot write full\/cells\.ndjson: EFBIG/);
  assert.match(stderr, /[1-7] of 8 cells are kept in full\ncontinue with: .*run --resume full/);
  assert.match(bytes(dir, 'full'), /"sum":"[0-9a-f]{16}"\}\n$/);
  await resumedIsWhole(dir, 'full');
});

test('a torn last line and a damaged one are run again, and it says so', async ({ dir }) => {
  mkdirSync(join(dir, 'torn'));
  const manifest = JSON.parse(readFileSync(join(dir, 'whole', 'run.json'), 'utf8')) as object;
  writeFileSync(join(dir, 'torn', 'run.json'), JSON.stringify({ ...manifest, digest: null }));
  const [first, second, third] = bytes(dir, 'whole').split('\n');
  const damaged = sealed(second).replace('"attempts":', '"attempts":1');
  writeFileSync(join(dir, 'torn', 'cells.ndjson'), `${sealed(first)}${damaged}${sealed(third).slice(0, 700)}`);
  const stderr = await resumedIsWhole(dir, 'torn');
  assert.match(stderr, 'warning: torn/cells.ndjson: 1 line is damaged (wrong checksum); its cell is run again');
  assert.match(stderr, `running ${CELLS - 1} cells`);
});

test('a run that version 0.1 began is continued', async ({ dir }) => {
  mkdirSync(join(dir, 'older'));
  const manifest = JSON.parse(readFileSync(join(dir, 'whole', 'run.json'), 'utf8')) as object;
  const older = { ...manifest, schema: 'cma-stress/run-folder/1', digest: null };
  writeFileSync(join(dir, 'older', 'run.json'), JSON.stringify(older));
  const lines = bytes(dir, 'whole').split('\n').slice(0, 3);
  writeFileSync(join(dir, 'older', 'cells.ndjson'), lines.map((line) => `${line}\n`).join(''));
  assert.match(await resumedIsWhole(dir, 'older'), `running ${CELLS - 3} cells`);
});

test('a finished run that was changed since is not continued', async ({ dir }) => {
  mkdirSync(join(dir, 'changed'));
  copyFileSync(join(dir, 'whole', 'run.json'), join(dir, 'changed', 'run.json'));
  writeFileSync(join(dir, 'changed', 'cells.ndjson'), bytes(dir, 'whole').replace('"attempts":', '"attempts":1'));
  const { code, stderr } = await command(['run', '--resume', 'changed', ...RESUME], dir);
  assert.is(code, EXIT.badInput);
  assert.match(stderr, /changed\/cells\.ndjson: does not have the digest that run\.json says/);
  assert.match(stderr, 'start anew with: ');
});

test('two processes on one directory: the second is refused and names the first', async ({ dir }) => {
  const { child, finished } = start([...RUN, '--out', 'taken'], dir);
  await grown(join(dir, 'taken', 'cells.ndjson'), 1);
  // It must not end before the second has looked.
  child.kill('SIGSTOP');
  const second = await command(['run', '--resume', 'taken', ...RESUME], dir);
  assert.is(second.code, EXIT.badInput);
  assert.match(second.stderr, `taken is being worked on by process ${child.pid!}`);
  child.kill('SIGCONT');
  assert.is((await finished).code, EXIT.done);
  assert.is(bytes(dir, 'taken'), bytes(dir, 'whole'));
});

test('a lock of another machine is believed while it is fresh, one of a dead process of this one is not', async ({
  dir,
}) => {
  mkdirSync(join(dir, 'locked'));
  for (const name of ['run.json', 'cells.ndjson']) copyFileSync(join(dir, 'whole', name), join(dir, 'locked', name));
  const lock = join(dir, 'locked', 'lock');
  writeFileSync(lock, '{"host":"elsewhere","pid":7}');
  const refused = await command(['run', '--resume', 'locked', ...RESUME], dir);
  assert.is(refused.code, EXIT.badInput);
  assert.match(refused.stderr, /process 7 on elsewhere\nwait for it; .* or delete locked\/lock/);
  const minutesAgo = new Date(Date.now() - 120_000);
  utimesSync(lock, minutesAgo, minutesAgo);
  await resumedIsWhole(dir, 'locked');
  writeFileSync(lock, '{"host":');
  await resumedIsWhole(dir, 'locked');
});

test.run();
