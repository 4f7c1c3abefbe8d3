/** `cma-stress tune` from outside: what it finds, keeps and refuses. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { command, interruptWhen, start, suiteInScratch } from '../testing/command.ts';
import type { TunePoint } from '../tune/report/document.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const test = suiteInScratch('tune');

/** One thread: most of the time goes into warming threads up. */
const SHORT = ['tune', './tiny.yaml', '--budget', '1s', '--duration', '400ms', '--no-report', '--threads', '1'];

interface Document {
  readonly schema: string;
  readonly front: readonly TunePoint[];
  readonly recommended: TunePoint;
  readonly present: TunePoint;
  readonly published: readonly (TunePoint & { readonly name: string; readonly beatenBy: unknown })[];
  readonly tried: readonly {
    readonly isFinalist: boolean;
    readonly seeds: number;
    readonly settings: TunePoint['settings'];
  }[];
  readonly freshSeeds: { readonly first: number; readonly count: number };
  readonly isMet: boolean;
  readonly apply: readonly string[];
}

test.before(({ dir }) => {
  writeTinyWorkload(dir);
});

async function tuned(words: readonly string[], dir: string, code = 0): Promise<Document> {
  const finished = await command([...words, '--json'], dir);
  assert.is(finished.code, code, finished.stderr);
  return JSON.parse(finished.stdout) as Document;
}

const beats = (one: TunePoint, other: TunePoint): boolean =>
  one.failureRate <= other.failureRate &&
  one.p99Us <= other.p99Us &&
  (one.failureRate < other.failureRate || one.p99Us < other.p99Us);

test('a front that nothing beats, published settings judged by it, lines to apply; the same on any number of threads', async ({
  dir,
}) => {
  const one = await tuned([...SHORT, '--out', 'one'], dir);
  const two = await tuned([...SHORT, '--threads', '2', '--out', 'two'], dir);
  assert.equal(one, two);
  assert.is(readFileSync(join(dir, 'one', 'results.json'), 'utf8'), `${JSON.stringify(two)}\n`);
  assert.is(one.schema, 'cma-stress/tune/1');
  for (const point of one.front)
    assert.not(
      one.front.some((other) => beats(other, point)),
      JSON.stringify(point),
    );
  for (const published of one.published)
    assert.is(
      one.front.some((point) => beats(point, published)),
      published.beatenBy !== null,
      published.name,
    );
  assert.ok(one.front.some(({ settings }) => JSON.stringify(settings) === JSON.stringify(one.recommended.settings)));
  assert.equal(one.present.settings, { 'ksm.pages_to_scan': 100, 'ksm.sleep_millisecs': 20 });
  const { 'ksm.sleep_millisecs': sleep } = one.recommended.settings;
  assert.ok(one.apply.includes(`echo ${sleep} > /sys/kernel/mm/ksm/sleep_millisecs`));
  assert.ok(one.apply.includes(`write /sys/kernel/mm/ksm/sleep_millisecs ${sleep}`));
  // What is printed was not used to choose.
  assert.ok(one.tried.every(({ seeds }) => seeds < one.freshSeeds.first));
  assert.ok(one.freshSeeds.first > 1000);
  const lines = readFileSync(join(dir, 'one', 'summary.txt'), 'utf8').split('\n');
  for (const line of lines) assert.ok(line.length <= 130 && /^[ -~]*$/.test(line), line);
});

test('interrupted and gone on with: the same as without', async ({ dir }) => {
  const started = start([...SHORT, '--out', 'stopped', '--json'], dir);
  const cells = join(dir, 'stopped', 'cells.ndjson');
  const { code, stdout, stderr } = await interruptWhen(started, cells, (text) => text.split('\n').length > 9);
  assert.is(code, 130, stderr);
  assert.is(stdout, '');
  assert.match(stderr, /what was learnt is kept in stopped/);
  assert.match(stderr, /tune --resume stopped/);
  assert.ok(readFileSync(cells, 'utf8').split('\n').length > 9);
  // The last line is torn.
  writeFileSync(cells, readFileSync(cells, 'utf8').slice(0, -20));
  await tuned(['tune', '--resume', 'stopped'], dir);
  const [whole, resumed] = ['one', 'stopped'].map((name) => readFileSync(join(dir, name, 'results.json'), 'utf8'));
  assert.is(resumed, whole);
});

test('a file that changed since is not gone on with', async ({ dir }) => {
  const path = join(dir, 'tiny.yaml');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('rate: 10/s', 'rate: 11/s'));
  const { code, stderr } = await command(['tune', '--resume', 'one'], dir);
  writeFileSync(path, text);
  assert.is(code, 2);
  assert.match(stderr, /one\/search\.json: the workload .*tiny\.yaml is no longer what this search began with/);
});

test('limits that nothing can keep: exit 1, and the nearest is said to break them', async ({ dir }) => {
  const found = await tuned([...SHORT, '--min-saved', '1GB', '--out', 'greedy'], dir, 1);
  assert.is(found.isMet, false);
  assert.equal(found.recommended.breaks, ['saved >= 1GB']);
  const { stdout, code } = await command(['tune', '--resume', 'greedy'], dir);
  assert.is(code, 1);
  assert.match(stdout, /Nothing meets what was asked for\. Nearest: /);
});

test('a limit that some keep is kept', async ({ dir }) => {
  const found = await tuned([...SHORT, '--max-wakeups', '5', '--out', 'calm'], dir);
  const sleep = Number(found.recommended.settings['ksm.sleep_millisecs']);
  // Of 400 ms, two wake-ups are five a second.
  assert.ok(sleep >= 130, `${sleep}`);
  assert.equal(found.recommended.breaks, []);
  assert.equal(found.published.find(({ name }) => name === 'kernel')!.breaks, ['wake-ups <= 5/s']);
});

test('the cheapest that meets a target: nothing that meets it takes less of a CPU', async ({ dir }) => {
  const found = await tuned([...SHORT, '--target', 'failure_rate < 99%', '--out', 'target'], dir);
  assert.is(found.isMet, true);
  for (const point of found.front) assert.ok(found.recommended.cpuShare <= point.cpuShare);
});

test('knobs and a grid: every combination, the area among the lines', async ({ dir }) => {
  const words = [...SHORT, '--grid', '2', '--knobs', 'cma,retry', '--duration', '100ms', '--out', 'grid'];
  const found = await tuned(words, dir);
  const areas = new Set(found.tried.map(({ settings }) => settings['memory.cma.default.size'] ?? 'as it is'));
  const strategies = new Set(found.tried.map(({ settings }) => settings['strategy'] ?? 'stock'));
  assert.ok(areas.size >= 2, [...areas].join());
  assert.equal([...strategies].sort(), ['retry-100ms', 'retry-until', 'stock']);
  assert.ok(found.tried.length >= 4 * areas.size * strategies.size);
});

for (const [words, message] of [
  [[], /no workload or device is given/],
  [['./tiny.yaml', '--budget', 'soon'], /expected a duration/],
  [['--resume', 'nowhere'], /nowhere\/search\.json: there is no search in this directory/],
  [['./tiny.yaml', '--resume', 'one'], /--resume goes on with a search as it was begun/],
] as const) {
  test(`refused: tune ${words.join(' ')}`, async ({ dir }) => {
    const { code, stdout, stderr } = await command(['tune', ...words], dir);
    assert.is(code, 2, stderr);
    assert.is(stdout, '');
    assert.match(stderr, message);
    assert.not(existsSync(join(dir, 'results')));
  });
}

test.run();
