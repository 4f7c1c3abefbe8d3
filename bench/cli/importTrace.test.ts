/** `cma-stress import` of traces and recordings as its users call it. */
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { create } from 'tar';
import * as assert from 'uvu/assert';
import { packageRoot } from '../plan/packageRoot.ts';
import { testdata, write } from '../import/testing.ts';
import { command, suiteInScratch } from '../testing/command.ts';

const test = suiteInScratch('import of traces and recordings');

const HEAVY = testdata('raw_heavy_s20_p1000.ftrace.txt.gz');
const recorded = (name: string): string => join(packageRoot(), 'workloads', 'recordings', `${name}.json`);

interface Document {
  readonly text: string | null;
  readonly derived: readonly { path: string; value: string; source: { file: string; line: number | null } | null }[];
  readonly traces: readonly { file: string; requests: { requests: number; ok: number; failed: number } }[];
  readonly partial: readonly string[];
  readonly inputs: readonly { kind: string }[];
}

/** Only that it runs is asked here. */
const SHORT = ['--strategy', 'stock', '--quick', '--duration', '8s', '--seeds', '1', '--no-report'];

test('the trace of a capture archive is read, and how it ended is told for the comparison', async ({ dir }) => {
  const root = write(join(dir, 'c'), {
    'proc/meminfo': 'MemTotal: 400000 kB\nMemFree: 300000 kB\nCached: 1000 kB\nAnonPages: 1000 kB\n',
    'trace.txt': gunzipSync(readFileSync(HEAVY)),
  });
  await pipeline(
    create({ cwd: root, gzip: true }, ['.']) as unknown as Readable,
    createWriteStream(join(dir, 'c.tar.gz')),
  );
  const { code, stderr, stdout } = await command(['import', 'c.tar.gz', '--json'], dir);
  assert.is(code, 0, stderr);
  const document = JSON.parse(stdout) as Document;
  assert.ok(document.inputs.some(({ kind }) => kind === 'ftrace'));
  assert.equal(
    document.traces.map(({ file, requests }) => [file, requests.requests, requests.ok, requests.failed]),
    [['c.tar.gz:./trace.txt', 11, 9, 2]],
  );
  assert.match(stderr, /contiguous memory: 11 requests, 2 failed \(18\.2 %\), 160 busy retries, latency p50/);
  const rate = document.derived.find(({ path }) => /^spawners\..*\.rate$/.test(path))!;
  assert.is(rate.source?.file, 'c.tar.gz:./trace.txt');
  assert.ok((rate.source?.line ?? 0) > 1);
});

test('a replay runs, and its JSON says where each event was recorded', async ({ dir }) => {
  const made = await command(['import', HEAVY, '--replay', '-o', 'replay.yaml', '--json'], dir);
  assert.is(made.code, 0, made.stderr);
  const { derived } = JSON.parse(made.stdout) as Document;
  const [first] = derived.filter(({ path }) => path.startsWith('events['));
  assert.match(first.value, /^\{ at: 0\.000916 s, exec: /);
  assert.is(first.source?.line, 14);
  const ran = await command(['run', './replay.yaml', ...SHORT, '--json', '--out', 'run'], dir);
  assert.is(ran.code, 0, ran.stderr);
});

test('what cma-stress traces is a workload again', async ({ dir }) => {
  const ran = await command(['run', 'zygote-launch', ...SHORT, '--out', 'own'], dir);
  assert.is(ran.code, 0, ran.stderr);
  const window = ['--from', '0s', '--to', '8s', '--events', 'cma,process'];
  const traced = await command(['trace', 'own', '--format', 'ftrace', ...window, '-o', 'trace.txt'], dir);
  assert.is(traced.code, 0, traced.stderr);
  const made = await command(['import', 'trace.txt', '-o', 'again.yaml', '--json'], dir);
  assert.is(made.code, 0, made.stderr);
  const yaml = readFileSync(join(dir, 'again.yaml'), 'utf8');
  assert.match(yaml, /^device: zx1800-512/m);
  assert.match(yaml, /^cma_clients:\n {2}(?:camera|test-loop):/m);
  const again = await command(['run', './again.yaml', ...SHORT, '--json', '--out', 'again'], dir);
  assert.is(again.code, 0, again.stderr);
});

// Its workload is run, and compared by validate, in bench/import/recording.test.ts.
test('a recording and its repeats: the seeds of all, each with its source', async ({ dir }) => {
  const files = ['det_ldet1_r0', 'det_ldet1_r1'].map(recorded);
  const made = await command(['import', ...files, '-o', 'ldet1.yaml', '--json'], dir);
  assert.is(made.code, 0, made.stderr);
  const { derived } = JSON.parse(made.stdout) as Document;
  const seeds = derived.find(({ path }) => path === 'program.seeds')!;
  assert.match(seeds.value, /^\[\d+, \d+\]$/);
  assert.is(seeds.source?.file, files[0]);
});

test('recordings beside anything else, or of different runs, are refused', async ({ dir }) => {
  const one = recorded('det_ldet1_r0');
  const mixed = await command(['import', one, HEAVY], dir);
  assert.is(mixed.code, 2);
  assert.match(mixed.stderr, /det_ldet1_r0\.json is a recording of the test program, .* is ftrace/);
  const other = await command(['import', one, recorded('det_gdet_r0')], dir);
  assert.is(other.code, 2);
  assert.match(other.stderr, 'of 2 different runs: det_ldet1_r0, det_gdet_r0');
  const twice = await command(['import', one, one], dir);
  assert.is(twice.code, 2);
  assert.match(twice.stderr, 'has the same name as');
  writeFileSync(join(dir, 'broken.json'), readFileSync(one, 'utf8').slice(0, 5000));
  const broken = await command(['import', 'broken.json'], dir);
  assert.is(broken.code, 2);
  assert.match(broken.stderr, /broken\.json:\d+:\d+: is not JSON/);
  const option = await command(['import', one, '--replay'], dir);
  assert.is(option.code, 2);
  assert.match(option.stderr, '--replay is for captures');
});

test('damaged and hostile traces: a located error, or what can be read', async ({ dir }) => {
  const packed = readFileSync(HEAVY);
  mkdirSync(join(dir, 'd'), { recursive: true });
  const evil = ' evil\u001b[2J-7 [000] .... 1.000000: cma_alloc_start: name=\u001b[31m count=4 align=2\n';
  write(join(dir, 'd'), {
    'cut.gz': packed.subarray(0, packed.length / 2),
    'garbage.txt': `# tracer: nop\n${'nonsense \u0007\n'.repeat(50)}`,
    'evil.txt.gz': gzipSync(`# tracer: nop\n${evil}${evil.replace('1.0', '9.0')}`),
    'cut.json': '{"traceEvents":[{"ph":"B",\n "name": }',
    'letter.txt': 'Dear kernel,\n',
  });
  const cut = await command(['import', 'd/cut.gz'], dir);
  assert.is(cut.code, 0, cut.stderr);
  assert.match(cut.stderr, /d\/cut\.gz: the gzip data breaks off after \d+ bytes of text/);
  const garbage = await command(['import', 'd/garbage.txt'], dir);
  assert.is(garbage.code, 2);
  assert.match(garbage.stderr, /d\/garbage\.txt: no event of the kernel was found/);
  assert.match(garbage.stderr, 'line 2 `nonsense');
  const json = await command(['import', 'd/cut.json'], dir);
  assert.is(json.code, 2);
  assert.match(json.stderr, /d\/cut\.json:2:/);
  const hostile = await command(['import', 'd/evil.txt.gz'], dir);
  assert.is(hostile.code, 0, hostile.stderr);
  assert.not.match(hostile.stdout + hostile.stderr, '\u001b');
  const unknown = await command(['import', 'd/letter.txt'], dir);
  assert.is(unknown.code, 2);
  for (const kind of ['ftrace', 'perfetto', 'chrome-json', 'recording']) assert.match(unknown.stderr, `\n  ${kind} `);
  const forced = await command(['import', 'd/letter.txt', '--as', 'ftrace'], dir);
  assert.is(forced.code, 2);
  assert.match(forced.stderr, 'letter.txt: no event of the kernel was found');
});

test('a replay needs a trace', async ({ dir }) => {
  const { code, stderr } = await command(['import', testdata('zx1800', 'procrank.txt'), '--replay'], dir);
  assert.is(code, 2);
  assert.match(stderr, 'there is no trace among the inputs');
});

test.run();
