/** The command as its user starts it, with recordings standing in for the model. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { command, scratchDirectory, start } from '../testing/command.ts';
import { echoModel, tinyRecord } from './testing.ts';

const RECORDINGS = fileURLToPath(new URL('../../../workloads/recordings', import.meta.url));
const scratch = scratchDirectory();
test.after(() => scratch.remove());

interface Document {
  readonly schema: string;
  readonly tool: string;
  readonly model: string;
  readonly runs: readonly {
    recording: string;
    measure: string;
    recorded: Estimate;
    modelled: Estimate;
    agree: boolean;
  }[];
  readonly agreed: number;
  readonly total: number;
}
interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

function recordings(pattern: RegExp): string[] {
  const names = readdirSync(RECORDINGS).filter((name) => pattern.test(name));
  assert.ok(names.length > 0, String(pattern));
  return names.map((name) => join(RECORDINGS, name));
}

let models = 0;
function model(text: string): string {
  const file = join(scratch.path, `model${models++}.mjs`);
  writeFileSync(file, text);
  return file;
}

async function validate(files: readonly string[], stand: string, ...more: readonly string[]) {
  const words = ['validate', ...files, '--model', stand, '--threads', '1', ...more];
  return command(words, scratch.path);
}

function parsed(stdout: string): Document {
  return JSON.parse(stdout) as Document;
}

const HEAVY = recordings(/^heavy_s20_p1000_r\d/);
const SCRIPTED = recordings(/^det_gdet_r\d/);
const NATURAL = recordings(/^gnat_s20_p100_r\d/);

test('recordings compared with themselves agree; one JSON document with the fields of the contract', async () => {
  const files = [...HEAVY, ...SCRIPTED, ...NATURAL, ...recordings(/^(?:cost_r0|null_ldet1_)/)];
  const { code, stdout, stderr } = await validate(files, model(echoModel(files)), '--json');
  assert.is(code, 0, stderr);
  const document = parsed(stdout);
  assert.is(document.schema, 'cma-stress/validate/1');
  assert.match(document.model, /^[0-9a-f]{16}$/);
  assert.is(document.total, document.runs.length);
  assert.is(document.agreed, document.runs.filter((row) => row.agree).length);
  for (const row of document.runs) {
    // A single run with a time drawn at random may lie at the edge of what eight such runs show.
    if (!row.recording.startsWith('gnat_s20_p100_r')) assert.ok(row.agree, `${row.recording}: ${row.measure}`);
    for (const side of [row.recorded, row.modelled]) {
      assert.ok(side.low <= side.value && side.value <= side.high, `${row.recording}: ${row.measure}`);
    }
  }
  assert.ok(document.agreed >= 0.99 * document.total);
});

async function disagreeing(files: readonly string[], change: string): Promise<Set<string>> {
  const { stdout } = await validate(files, model(echoModel(files, change)), '--json');
  return new Set(
    parsed(stdout)
      .runs.filter((row) => !row.agree)
      .map((row) => row.measure),
  );
}

test('a model that fails five times as often is noticed, and only there', async () => {
  const change = `let left = 4 * record.attempts.filter((one) => one.outcome !== 'ok').length + 8;
    for (const one of record.attempts) if (one.outcome === 'ok' && left-- > 0) Object.assign(one, { outcome: 'fail', errno: 12 });`;
  assert.equal([...(await disagreeing(recordings(/^heavy_s2000_p100_r\d/), change))], ['CMA failure rate']);
});

test('counters that are 10 % off are noticed after settling', async () => {
  const change =
    'for (const key of ["pages_shared", "pages_sharing", "pages_unshared"]) record.ksm_before[key] *= 1.1;';
  const found = await disagreeing(HEAVY, change);
  for (const counter of ['pages_shared', 'pages_sharing', 'pages_unshared'])
    assert.ok(found.has(`after settling: ${counter}`));
});

test('one page more in one scripted stage is noticed', async () => {
  const change = 'record.census[3].maps_missing--; record.census[3].found++;';
  assert.equal([...(await disagreeing(SCRIPTED, change))], ['parent_scanned: unfindable ptes']);
});

test('a stage that the model does not have disagrees', async () => {
  const change = 'record.notes = record.notes.filter((note) => note.stage !== "child_scanned");';
  const found = await disagreeing(SCRIPTED, change);
  assert.ok(found.has('child_scanned: pages_shared') && found.has('child_scanned: unfindable ptes'));
});

test('fewer than 90 % of the rows: exit code 1, and the text shows which', async () => {
  const change =
    'for (const look of record.census) look.maps += 100; for (const note of record.notes) note.pages_shared += 5;';
  const { code, stdout } = await validate(SCRIPTED, model(echoModel(SCRIPTED, change)));
  assert.is(code, 1);
  assert.match(stdout, /det_gdet_r3\n\s+settled: pages_shared\s+4096\s+4101\s+NO/);
  assert.match(stdout, /90 % are wanted: NO/);
});

test('bad input: exit code 2, its place on stderr, nothing on stdout', async () => {
  const file = join(scratch.path, 'broken.json');
  writeFileSync(file, '{\n"name": }');
  const { code, stdout, stderr } = await command(['validate', file, '--json'], scratch.path);
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, /broken\.json:2:9: is not JSON/);
});

test('parameters that the program refuses are bad input', async () => {
  const file = join(scratch.path, 'params.json');
  writeFileSync(file, JSON.stringify(tinyRecord({ params: { scen: 'fork_heavy', mb: '1000000' } })));
  const { code, stderr } = await command(['validate', file, '--threads', '1', '--seeds', '2'], scratch.path);
  assert.is(code, 2);
  assert.match(stderr, /params\.json: params: .*mb=1000000/);
});

test('few seeds are allowed, with a warning', async () => {
  const { code, stderr } = await validate(SCRIPTED, model(echoModel(SCRIPTED)), '--seeds', '3');
  assert.is(code, 0);
  assert.match(stderr, /with 3 seeds the model's intervals are wide/);
});

test('modelled runs that break down: exit code 4; a broken invariant: 5', async () => {
  const broken = await validate(
    SCRIPTED,
    model(echoModel(SCRIPTED, 'if (seed === 3) throw new Error("no such page");')),
  );
  assert.is(broken.code, 4);
  assert.match(broken.stdout, / {2}det_gdet, seed 3: Error: no such page\n/);
  const change = 'throw Object.assign(new Error("count"), { name: "InvariantError" });';
  assert.is((await validate(SCRIPTED, model(echoModel(SCRIPTED, change)))).code, 5);
});

test('a modelled run that takes too long is ended and named; the others go on: exit code 4', async () => {
  const stand = model(echoModel(SCRIPTED, 'if (seed === 3) for (;;);'));
  const { code, stdout } = await validate(SCRIPTED, stand, '--run-limit', '8');
  assert.is(code, 4);
  assert.match(
    stdout,
    /1 modelled run broke down and is left out\n {2}det_gdet, seed 3: TimeoutError: ended after 8 s of wall time \(--run-limit\)/,
  );
  assert.match(stdout, /rows agree/);
  const refused = await validate(SCRIPTED, stand, '--run-limit', '0');
  assert.is(refused.code, 2);
  assert.match(refused.stderr, /--run-limit/);
});

test('runs that do not end are failed runs, all of them too: never bad input', async () => {
  const stand = model(echoModel(SCRIPTED, 'throw new Error("the run did not end in 1200 s");'));
  const { code, stdout, stderr } = await validate(SCRIPTED, stand);
  assert.is(code, 4, stderr);
  assert.match(
    stdout,
    /20 modelled runs broke down and are left out\n {2}det_gdet, seed 1: Error: the run did not end in 1200 s\n/,
  );
  assert.match(stdout, /\n {2}and 15 more\n/);
});

test('--out: what was written, and the same bytes on two threads', async () => {
  const stand = model(echoModel(HEAVY));
  const one = await validate(HEAVY, stand, '--out', 'one', '--json');
  const words = ['validate', ...HEAVY, '--model', stand, '--threads', '2', '--out', 'two', '--json'];
  const two = await command(words, scratch.path);
  assert.is(one.stdout, two.stdout);
  const files = ['validation.html', 'validation.json', 'validation.md'];
  assert.equal(readdirSync(join(scratch.path, 'one')).sort(), files);
  for (const file of files) {
    const [first, second] = ['one', 'two'].map((folder) => readFileSync(join(scratch.path, folder, file), 'utf8'));
    assert.is(first, second, file);
  }
});

test('Ctrl-C keeps what is done, and the same command continues', async () => {
  // The first runs are quick; the others wait, until a file says that this is the second time.
  const flag = join(scratch.path, 'second-time');
  const change = `if (seed > 6) { const { existsSync } = await import('node:fs'); while (!existsSync(${JSON.stringify(flag)})) await new Promise((go) => setTimeout(go, 20)); }`;
  const stand = model(echoModel(SCRIPTED, change).replace('export function', 'export async function'));
  const words = ['validate', ...SCRIPTED, '--model', stand, '--threads', '1', '--out', 'cut', '--json'];
  const { child, finished } = start(words, scratch.path);
  const runs = join(scratch.path, 'cut', 'runs.ndjson');
  for (let waited = 0; waited < 600 && lines(runs) < 6; waited++) await new Promise((go) => setTimeout(go, 50));
  child.kill('SIGINT');
  const first = await finished;
  assert.is(first.code, 130);
  assert.is(first.stdout, '');
  assert.match(first.stderr, /6 of 20 model runs are done; the same command with --out cut continues/);
  writeFileSync(flag, '');
  const second = await command(words, scratch.path);
  assert.is(second.code, 0, second.stderr);
  assert.match(second.stderr, /14 of 14 model runs/);
  assert.is(parsed(second.stdout).agreed, parsed(second.stdout).total);
});

function lines(file: string): number {
  try {
    return readFileSync(file, 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

test('--docs replaces what stands between the comments, and refuses a file without them before it starts', async () => {
  const page = join(scratch.path, 'page.md');
  writeFileSync(
    page,
    'By hand.\n\n<!-- cma-stress validate: begin -->\nold\n<!-- cma-stress validate: end -->\n\nMore by hand.\n',
  );
  assert.is((await validate(SCRIPTED, model(echoModel(SCRIPTED)), '--docs', page)).code, 0);
  const text = readFileSync(page, 'utf8');
  assert.match(text, /^By hand\.\n[^]*rows agree[^]*\nMore by hand\.\n$/);
  assert.not.match(text, /\nold\n/);
  writeFileSync(page, 'By hand.\n');
  const refused = await validate(SCRIPTED, model(echoModel(SCRIPTED)), '--docs', page);
  assert.is(refused.code, 2);
  assert.not.match(refused.stderr, /running/);
});

test.run();
