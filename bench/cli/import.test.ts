/** `cma-stress import` and `capture` as their users call them. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { testdata, write } from '../import/testing.ts';
import { command, suiteInScratch } from '../testing/command.ts';

const test = suiteInScratch('import and capture');

const HEAVY = testdata('raw_heavy_s20_p1000.tar.gz');

interface Document {
  readonly schema: string;
  readonly tool: string;
  readonly model: string;
  readonly workload: string | null;
  readonly text: string | null;
  readonly derived: readonly {
    path: string;
    value: string;
    source: { file: string; field: string } | null;
    guess: boolean;
  }[];
  readonly guesses: readonly { path: string; value: string; why: string; vary: string }[];
  readonly partial: readonly string[];
  readonly inputs: readonly { path: string; kind: string }[];
}

test('a capture becomes a workload that runs, and a guess of it can be varied', async ({ dir }) => {
  const made = await command(['import', HEAVY, '-o', 'heavy.yaml', '--json'], dir);
  assert.is(made.code, 0, made.stderr);
  const document = JSON.parse(made.stdout) as Document;
  assert.is(document.schema, 'cma-stress/import/1');
  assert.is(document.workload, 'heavy.yaml');
  assert.is(document.text, null);
  const size = document.derived.find(({ path }) => path === 'memory.cma.reserved.size')!;
  assert.is(size.value, '32768 pages');
  assert.is(size.source?.field, 'cma=128M');
  assert.not(size.guess);
  assert.ok(document.guesses.length > 0 && document.inputs.some(({ kind }) => kind === 'smaps'));
  assert.ok(
    document.partial.some((sentence) => sentence.includes('child24')),
    'the process that was gone is said',
  );
  assert.match(made.stderr, 'cma-stress');
  for (const { path } of document.guesses.slice(0, 3)) assert.match(made.stderr, path.split('.')[0]);

  const yaml = readFileSync(join(dir, 'heavy.yaml'), 'utf8');
  assert.match(yaml, /pages_to_scan: 1000 # from .*ksm\.txt:\d+: pages_to_scan/);
  assert.match(yaml, /hz: 250 # guess: /);
  const vary = ['--set', 'cma_clients.requests.rate=1/s'];
  const run = await command(
    [
      'run',
      './heavy.yaml',
      '--strategy',
      'stock',
      '--seeds',
      '1',
      '--duration',
      '5s',
      '--quick',
      '--no-report',
      '--out',
      'run',
      '--json',
      ...vary,
    ],
    dir,
  );
  assert.is(run.code, 0, run.stderr);
  const { cells } = JSON.parse(run.stdout) as { cells: { cma: { attempts: number } }[] };
  assert.ok(cells[0].cma.attempts > 0);
});

test('without -o the workload goes to stdout, and what is said to stderr', async ({ dir }) => {
  const { code, stderr, stdout } = await command(['import', testdata('zx1800', 'procrank.txt')], dir);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^# A workload made by cma-stress import\./);
  assert.match(stderr, '54 processes in');
  assert.match(stderr, /\d+ values are guesses/);
});

test('what cannot be imported is refused with the kinds that were looked for', async ({ dir }) => {
  write(dir, { 'letter.txt': 'Dear kernel,\n', 'mem.txt': 'MemTotal: 400000 kB\nnonsense\n' });
  const unknown = await command(['import', 'letter.txt'], dir);
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, 'letter.txt: of no known kind');
  assert.match(unknown.stderr, 'a line `MemTotal: ... kB`');
  assert.match(unknown.stderr, '--as KIND');
  const forced = await command(['import', 'letter.txt', '--as', 'meminfo'], dir);
  assert.is(forced.code, 2);
  assert.match(forced.stderr, 'letter.txt:1:');
  const kind = await command(['import', 'mem.txt', '--as', 'memifo'], dir);
  assert.is(kind.code, 2);
  assert.match(kind.stderr, 'did you mean meminfo?');
  const device = await command(['import', 'mem.txt', '--device', 'zx1800'], dir);
  assert.is(device.code, 2);
  assert.match(device.stderr, 'zx1800-512');
  const missing = await command(['import', 'nowhere.tar.gz'], dir);
  assert.is(missing.code, 2);
  assert.match(missing.stderr, 'nowhere.tar.gz: cannot be read: there is no such file');
  const live = await command(['import', '/proc'], dir);
  assert.is(live.code, 2);
  assert.match(live.stderr, 'the running system');
  const partial = await command(['import', 'mem.txt'], dir);
  assert.is(partial.code, 0, partial.stderr);
  assert.match(partial.stderr, 'mem.txt:2: `nonsense` is not a line of meminfo; skipped');
});

test('capture prints the script, or writes it executable', async ({ dir }) => {
  const printed = await command(['capture', '--print'], dir);
  assert.is(printed.code, 0);
  assert.match(printed.stdout, /^#!\/bin\/sh\n/);
  const written = await command(['capture', '-o', 'capture.sh'], dir);
  assert.is(written.code, 0, written.stderr);
  assert.is(readFileSync(join(dir, 'capture.sh'), 'utf8'), printed.stdout);
  assert.is(statSync(join(dir, 'capture.sh')).mode & 0o111, 0o111);
  assert.match(written.stderr, 'adb push capture.sh');
});

test('who has no device imports the capture that comes with the package', async ({ dir }) => {
  const written = await command(['capture', '--example', 'box'], dir);
  assert.is(written.code, 0, written.stderr);
  const { code, stderr } = await command(['import', 'box', '-o', 'box.yaml'], dir);
  assert.is(code, 0, stderr);
  assert.match(stderr, '11 requests, 2 failed');
  const again = await command(['capture', '--example', 'box'], dir);
  assert.is(again.code, 2);
  assert.match(again.stderr, 'is there already');
  const both = await command(['capture', '--example', 'box', '--print'], dir);
  assert.is(both.code, 2);
});

test.run();
