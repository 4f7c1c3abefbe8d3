import { mkdtempSync, readFileSync, rmSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT, InputError, UsageError } from '../errors.ts';
import type { Cell } from '../plan/types.ts';
import { madeUpRecord } from '../testing/records.ts';
import type { CellLine, FailedCell } from './cell.ts';
import { execute, exitCodeOf } from './execute.ts';
import type { RunOutcome } from './execute.ts';
import { RUN_FOLDER_SCHEMA, RunFolder, digestOf } from './folder.ts';
import type { RunManifest } from './folder.ts';
import { localEngine } from './pool.ts';

const MANIFEST: RunManifest = {
  schema: RUN_FOLDER_SCHEMA,
  tool: '0',
  model: 'm',
  name: 'w',
  command: 'c',
  reproduce: 'r',
  node: 'v',
  startedAt: '',
  strategies: ['stock'],
  seeds: 2,
  firstSeed: 1,
  auditEveryNs: 0,
  failIf: [],
  untilCi: null,
  workloads: [],
  cells: 2,
  digest: null,
};

const test = suite<{ dir: string }>('execute', { dir: '' });

test.before.each((context) => {
  context.dir = mkdtempSync(join(tmpdir(), 'cma-stress-'));
});
test.after.each((context) => {
  rmSync(context.dir, { recursive: true, force: true });
});

/** A cell that a worker cannot run: it has no description. */
function brokenCell(id: string, seed: number): Cell {
  const input = { description: null, strategies: ['stock'], seed, auditEveryNs: 0 } as unknown as Cell['input'];
  return { id, workload: 'w', strategy: 'stock', kernel: 'k', device: 'd', seed, settings: {}, input };
}

const quiet = { step: () => undefined, stop: () => undefined };

function run(plan: readonly Cell[], folder: RunFolder): Promise<RunOutcome> {
  const { signal } = new AbortController();
  return execute(plan, folder, { engine: localEngine(2), thresholds: [], signal, progress: () => quiet });
}

test('a failing cell is recorded with its error, the others go on', async ({ dir }) => {
  const folder = RunFolder.create(join(dir, 'run'), MANIFEST);
  const outcome = await run([brokenCell('a', 1), brokenCell('b', 2), brokenCell('c', 3)], folder);
  assert.is(outcome.interrupted, false);
  assert.is(exitCodeOf(outcome), EXIT.cellsFailed);
  const lines = folder.readCells() as FailedCell[];
  assert.is(lines.length, 3);
  for (const line of lines) assert.is(line.error.name, 'TypeError');
  assert.match(readFileSync(join(dir, 'run/errors.txt'), 'utf8'), 'TypeError');
});

test('a continued run keeps finished cells and runs failed ones again', async ({ dir }) => {
  const folder = RunFolder.create(join(dir, 'run'), MANIFEST);
  const done = madeUpRecord('w', 'stock', 1, 4, 1);
  folder.append(done, 0.5);
  const { id, workload, strategy, kernel, device, settings } = madeUpRecord('w', 'stock', 2, 4, 1);
  const error = { name: 'Error', message: 'an earlier one' };
  folder.append({ id, workload, strategy, kernel, device, settings, seed: 2, error }, 0.5);
  appendFileSync(join(dir, 'run/cells.ndjson'), '{"id":"torn');
  const outcome = await run([brokenCell(done.id, 1), brokenCell(id, 2)], RunFolder.open(join(dir, 'run')));
  assert.not(outcome.interrupted);
  if (outcome.interrupted) return;
  assert.equal(outcome.lines[0], done);
  assert.equal(
    outcome.failed.map((cell) => cell.error.name),
    ['TypeError'],
  );
  assert.is(outcome.timings.get(done.id), 0.5);
});

test('stopped before the first cell: interrupted', async ({ dir }) => {
  const folder = RunFolder.create(join(dir, 'run'), MANIFEST);
  const outcome = await execute([brokenCell('a', 1)], folder, {
    engine: localEngine(1),
    thresholds: [],
    signal: AbortSignal.abort(),
    progress: () => quiet,
  });
  assert.equal(outcome, { interrupted: true, done: 0, total: 1 });
  assert.is(exitCodeOf(outcome), EXIT.interrupted);
});

test('exit codes: invariant before failed cells before threshold', () => {
  const failed = (name: string): FailedCell => ({ ...brokenCell('a', 1), error: { name, message: '' } });
  const crossed = [{ threshold: '', workload: '', strategy: '', value: 1, baseline: null, unit: '' } as const];
  const base = {
    interrupted: false,
    lines: [],
    records: [],
    timings: new Map(),
    summary: [],
    warnings: [],
    claims: [],
    untilCi: null,
  } as const;
  assert.is(
    exitCodeOf({ ...base, failed: [failed('Error'), failed('InvariantError')], crossed }),
    EXIT.invariantBroken,
  );
  assert.is(exitCodeOf({ ...base, failed: [failed('Error')], crossed }), EXIT.cellsFailed);
  assert.is(exitCodeOf({ ...base, failed: [], crossed }), EXIT.thresholdCrossed);
  assert.is(exitCodeOf({ ...base, failed: [], crossed: [] }), EXIT.done);
});

test('the digest is that of the bytes of cells.ndjson, and no wall time is in it', ({ dir }) => {
  const lines: CellLine[] = [madeUpRecord('w', 'stock', 1, 4, 1), madeUpRecord('w', 'stock', 2, 4, 0)];
  const one = RunFolder.create(join(dir, 'one'), MANIFEST);
  const two = RunFolder.create(join(dir, 'two'), MANIFEST);
  for (const line of lines) one.append(line, 1);
  for (const line of [...lines].reverse()) two.append(line, 2);
  assert.is(one.finish(lines, 'text\n'), two.finish(lines, 'text\n'));
  const bytes = readFileSync(join(dir, 'one/cells.ndjson'), 'utf8');
  assert.is(bytes, readFileSync(join(dir, 'two/cells.ndjson'), 'utf8'));
  assert.not.match(bytes, 'wallSeconds');
  assert.is(RunFolder.open(join(dir, 'one')).manifest.digest, digestOf(lines));
});

test('a directory that holds a run is refused, and so is one that holds none', ({ dir }) => {
  RunFolder.create(dir, MANIFEST);
  assert.throws(
    () => RunFolder.create(dir, MANIFEST),
    (error: unknown) => error instanceof UsageError,
  );
  assert.throws(
    () => RunFolder.open(join(dir, 'nothing')),
    (error: unknown) => error instanceof InputError,
  );
  writeFileSync(join(dir, 'run.json'), '{"schema":"other/1"}');
  assert.throws(
    () => RunFolder.open(dir),
    (error: unknown) => error instanceof InputError,
  );
});

test('a bad line in the middle of cells.ndjson is an error with its line', ({ dir }) => {
  const folder = RunFolder.create(dir, MANIFEST);
  writeFileSync(join(dir, 'cells.ndjson'), `${JSON.stringify(madeUpRecord('w', 'stock', 1, 1, 0))}\nrubbish\n`);
  assert.throws(
    () => folder.readCells(),
    (error: unknown) => error instanceof InputError && error.problems[0].line === 2,
  );
});

test.run();
