/** `cma-stress trace` as its user runs it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { RunManifest } from '../run/folder.ts';
import { command, interruptWhen, start, suiteInScratch } from '../testing/command.ts';
import type { Finished } from '../testing/command.ts';
import { checkTraceEvents } from '../trace/testing.ts';
import type { JsonEvent } from '../trace/testing.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const test = suiteInScratch('trace');
const TINY = ['run', './tiny.yaml', '--no-report', '--duration', '3s', '--threads', '1'];
let ids: string[] = [];

test.before(async ({ dir }) => {
  writeTinyWorkload(dir);
  const { code, stderr } = await command(
    [...TINY, '--strategy', 'stock,heir-items', '--seeds', '2', '--out', 'run'],
    dir,
  );
  assert.is(code, 0, stderr);
  ids = readFileSync(join(dir, 'run', 'cells.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id);
});

function trace(dir: string, ...words: string[]): Promise<Finished> {
  return command(['trace', 'run', ...words], dir);
}

function eventsIn(text: string): readonly JsonEvent[] {
  return (JSON.parse(text) as { traceEvents: JsonEvent[] }).traceEvents;
}

test('writes a trace that a reader understands, and says on stderr what it did', async ({ dir }) => {
  const { code, stdout, stderr } = await trace(dir, '--cell', 'tiny/heir-items/2', '-o', 'out.json');
  assert.is(code, 0, stderr);
  assert.is(stdout, '');
  assert.match(stderr, /^tracing tiny\/heir-items\/2 \(cell [0-9a-f]{16}\): ksmd, merge, cma/);
  assert.match(stderr, /out\.json: [\d.]+ [kM]B, [\d,]+ events, \d+ requests of which \d+ failed/);
  assert.match(stderr, /ui\.perfetto\.dev/);
  checkTraceEvents(eventsIn(readFileSync(join(dir, 'out.json'), 'utf8')));
});

test('the same twice; on stdout it is the trace alone, in the format that is asked for', async ({ dir }) => {
  const words = ['--cell', ids[1].slice(0, 6), '--from', '1s', '--to', '1500ms'];
  const [first, second, ftrace, file] = [
    await trace(dir, ...words),
    await trace(dir, ...words),
    await trace(dir, ...words, '--format', 'ftrace'),
    await trace(dir, ...words, '-o', 'out.txt'),
  ];
  assert.is(first.code, 0, first.stderr);
  assert.is(first.stdout, second.stdout);
  const times = eventsIn(first.stdout).map(({ ts }) => ts);
  assert.ok(Math.max(...times) <= 2e6 && Math.min(...times.filter((ts) => ts > 0)) >= 1.5e6);
  assert.match(ftrace.stdout, /^# tracer: nop\n/);
  assert.is(file.code, 0);
  // Only a file can say in its head how much there is.
  const body = (text: string): string => text.split('\n').slice(3).join('\n');
  assert.is(body(readFileSync(join(dir, 'out.txt'), 'utf8')), body(ftrace.stdout));
});

test('without --cell the cell with the most failures, the first if there are none', async ({ dir }) => {
  const { code, stderr } = await trace(dir, '--events', 'counter', '-o', 'worst.json');
  assert.is(code, 0, stderr);
  const cells = readFileSync(join(dir, 'run', 'cells.ndjson'), 'utf8')
    .trimEnd()
    .split('\n');
  const failures = cells.map((line) => (JSON.parse(line) as { cma: { failures: number } }).cma.failures);
  const most = Math.max(...failures);
  const why = most === 0 ? 'the first: no request of this run failed' : 'which has the most failures';
  assert.match(stderr, `(cell ${ids[failures.indexOf(most)]}), ${why}: counter\n`);
  const kinds = new Set(eventsIn(readFileSync(join(dir, 'worst.json'), 'utf8')).map(({ ph }) => ph));
  assert.equal([...kinds].sort(), ['C', 'M']);
});

test('what cannot be traced is refused with a way out', async ({ dir }) => {
  const refused: [string[], RegExp][] = [
    [['--cell', 'tiny/stock/9'], /no cell 'tiny\/stock\/9'; did you mean `tiny\/stock\/\d`/],
    [['--cell', 'zz'], /no cell 'zz'; .*\nexpected the beginning of an id/],
    [['--cell', ''], /no cell ''/],
    [['--format', 'perfeto'], /unknown format 'perfeto'; did you mean `perfetto`/],
    [['--events', 'cma,ksm'], /unknown events 'ksm'; did you mean `ksmd`/],
    [['--from', '5s'], /--from 5s is behind the end: this cell measures 3 s/],
    [['--from', '2s', '--to', '1s'], /--to must be later than --from/],
    [['--from', '12'], /expected a duration/],
    [['-o', 'no/such/folder/x.json'], /cannot write no\/such\/folder\/x\.json/],
  ];
  for (const [words, message] of refused) {
    const { code, stdout, stderr } = await trace(dir, ...words);
    assert.is(code, 2, `${words.join(' ')}: ${stderr}`);
    assert.match(stderr, message);
    assert.is(stdout, '');
  }
  const none = await command(['trace', 'elsewhere'], dir);
  assert.is(none.code, 2);
  assert.match(none.stderr, /no run in this directory/);
});

test('a run of another model, or one that is not complete, is refused', async ({ dir }) => {
  const file = join(dir, 'run', 'run.json');
  const text = readFileSync(file, 'utf8');
  const manifest = JSON.parse(text) as RunManifest;
  try {
    writeFileSync(file, JSON.stringify({ ...manifest, model: '0123456789abcdef' }));
    const other = await trace(dir, '-o', 'other.json');
    assert.is(other.code, 2);
    assert.match(
      other.stderr,
      /run with model 0123456789abcdef, this is [0-9a-f]{16}.*\nstart anew with: .* run \.\/tiny\.yaml/,
    );
    writeFileSync(file, JSON.stringify({ ...manifest, digest: null }));
    const partial = await trace(dir, '-o', 'other.json');
    assert.is(partial.code, 2);
    assert.match(partial.stderr, /is not complete.*\ncontinue it with/);
    assert.not.ok(existsSync(join(dir, 'other.json')));
  } finally {
    writeFileSync(file, text);
  }
});

test('Ctrl-C leaves a trace that can be read', async ({ dir }) => {
  const long = [...TINY, '--strategy', 'stock', '--seeds', '1', '--duration', '60s', '--out', 'long'];
  assert.is((await command(long, dir)).code, 0);
  const path = join(dir, 'cut.json');
  const started = start(['trace', 'long', '--events', 'all', '-o', 'cut.json'], dir);
  const { code, stderr } = await interruptWhen(started, path, (text) => text.length >= 100_000);
  assert.is(code, 130, stderr);
  assert.match(stderr, /interrupted: cut\.json has the trace up to -?[\d.]+ s/);
  const text = readFileSync(path, 'utf8');
  checkTraceEvents(eventsIn(text));
  assert.match(text, /"partial":"interrupted at [\d.]+ s"/);
});

test.run();
