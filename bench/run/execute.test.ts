/** A run from its plan to its results: failed cells, continued and interrupted runs, folders that are refused. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT, InputError, StorageError, UsageError } from '../errors.ts';
import type { Cell } from '../plan/types.ts';
import { brokenCell, planOfCells } from '../testing/plans.ts';
import { MADE_UP_MANIFEST, madeUpRecord } from '../testing/records.ts';
import type { CellLine, CellRecord, FailedCell } from './cell.ts';
import { cellStore } from './cellStore.ts';
import type { Engine } from './engine.ts';
import { execute, exitCodeOf } from './execute.ts';
import type { RunOutcome } from './execute.ts';
import { RUN_FOLDER_SCHEMA, RunFolder } from './folder.ts';
import type { RunManifest } from './folder.ts';
import { digestOf, parseLine, plainText, sealed, storedLines } from './lines.ts';
import { localEngine } from './pool.ts';
import { openFinished } from './readRun.ts';
import { readStoredCells } from './storedCells.ts';

const MANIFEST: RunManifest = { ...MADE_UP_MANIFEST, seeds: 2, cells: 2 };

const test = suite<{ dir: string }>('execute', { dir: '' });

test.before.each((context) => {
  context.dir = mkdtempSync(join(tmpdir(), 'cma-stress-'));
});
test.after.each((context) => {
  rmSync(context.dir, { recursive: true, force: true });
});

const quiet = { step: () => undefined, stop: () => undefined };

function run(
  cells: readonly Cell[],
  folder: RunFolder,
  signal = new AbortController().signal,
  damaged: (lines: number) => void = () => undefined,
): Promise<RunOutcome> {
  const progress = (): typeof quiet => quiet;
  return execute(planOfCells(cells), folder, { engine: localEngine(1), thresholds: [], signal, progress, damaged });
}

/** Runs a cell without a worker: its record is at hand. */
function engineOf(records: ReadonlyMap<string, CellRecord>): Engine {
  return {
    run: async (cells, { onCell }) => {
      for (const cell of cells) await onCell(cell, { ok: true, record: records.get(cell.id)!, wallSeconds: 1 });
    },
  };
}

function linesOf(folder: RunFolder): CellLine[] {
  return [...storedLines(folder.cellsFile)].map(({ text, number }) => parseLine(text, 'cells.ndjson', number));
}

test('a failing cell is recorded with its error, the others go on', async ({ dir }) => {
  const folder = RunFolder.create(join(dir, 'run'), MANIFEST);
  const outcome = await run([brokenCell('a', 'x'), brokenCell('b', 'y'), brokenCell('c', 'z')], folder);
  assert.is(outcome.interrupted, false);
  assert.is(exitCodeOf(outcome), EXIT.cellsFailed);
  const lines = linesOf(folder) as FailedCell[];
  assert.is(lines.length, 3);
  for (const line of lines) assert.is(line.error.name, 'TypeError');
  assert.match(readFileSync(join(dir, 'run/errors.txt'), 'utf8'), 'TypeError');
});

test('a continued run keeps finished cells and runs failed, damaged and torn ones again', async ({ dir }) => {
  const path = join(dir, 'run');
  const done = madeUpRecord('w', 'kept', 1, 4, 1);
  const damaged = madeUpRecord('w', 'damaged', 1, 4, 1);
  const { id, workload, strategy, kernel, device, seed, settings } = madeUpRecord('w', 'failed', 1, 4, 1);
  const error = { name: 'Error', message: 'an earlier one' };
  const failed: FailedCell = { id, workload, strategy, kernel, device, seed, settings, error };
  const texts = [done, damaged, failed].map((line) => sealed(plainText(line)));
  const { cellsFile } = RunFolder.create(path, MANIFEST);
  writeFileSync(cellsFile, `${texts[0]}${texts[1].replace('"failures":1', '"failures":2')}${texts[2]}{"id":"torn`);
  const cells = [done.id, damaged.id, id].map((one, i) => brokenCell(one, ['kept', 'damaged', 'failed'][i]));
  let told = 0;
  const outcome = await run(cells, RunFolder.open(path), undefined, (lines) => (told = lines));
  assert.is(told, 1);
  assert.not(outcome.interrupted);
  if (outcome.interrupted) return;
  assert.equal([...outcome.records], [done]);
  assert.equal(
    outcome.failed.map((cell) => [cell.strategy, cell.error.name]),
    [
      ['damaged', 'TypeError'],
      ['failed', 'TypeError'],
    ],
  );
  assert.is(readFileSync(cellsFile, 'utf8').split('\n')[0], plainText(done));
});

test('stopped before the first cell: interrupted', async ({ dir }) => {
  const folder = RunFolder.create(join(dir, 'run'), MANIFEST);
  const outcome = await run([brokenCell('a', 'x')], folder, AbortSignal.abort());
  assert.equal(outcome, { interrupted: true, done: 0, total: 1, error: null });
  assert.is(exitCodeOf(outcome), EXIT.interrupted);
});

test('exit codes: invariant before failed cells before threshold', () => {
  const failed = (name: string): FailedCell => ({ ...brokenCell('a', 'x'), error: { name, message: '' } });
  const crossed = [{ threshold: '', workload: '', strategy: '', value: 1, baseline: null, unit: '' } as const];
  const base = {
    ...cellStore([]),
    interrupted: false,
    digest: '',
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

test('in whatever order cells end, the file and its digest are the same, and no wall time is in it', async ({
  dir,
}) => {
  const records = ['a', 'b', 'c'].map((strategy) => madeUpRecord('w', strategy, 1, 4, 1));
  const cells = records.map(({ id, strategy }) => brokenCell(id, strategy));
  const files: string[] = [];
  for (const order of [cells, [...cells].reverse()]) {
    const folder = RunFolder.create(join(dir, `${files.length}`), MANIFEST);
    const known = engineOf(new Map(records.map((record) => [record.id, record])));
    const engine: Engine = { run: (_, handlers) => known.run(order, handlers) };
    const options = { engine, thresholds: [], signal: new AbortController().signal, progress: () => quiet };
    const outcome = await execute(planOfCells(cells), folder, { ...options, damaged: () => undefined });
    assert.is(outcome.interrupted ? '' : outcome.digest, digestOf(records));
    files.push(readFileSync(folder.cellsFile, 'utf8'));
  }
  assert.is(files[0], files[1]);
  assert.not.match(files[0], 'wallSeconds');
});

test('results that cannot be kept interrupt the run, and what was kept before stays', async ({ dir }) => {
  const records = ['a', 'b'].map((strategy) => madeUpRecord('w', strategy, 1, 4, 1));
  const cells = records.map(({ id, strategy }) => brokenCell(id, strategy));
  const folder = RunFolder.create(join(dir, 'run'), MANIFEST);
  const engine: Engine = {
    run: async (_, { onCell }) => {
      await onCell(cells[0], { ok: true, record: records[0], wallSeconds: 1 });
      throw new StorageError('cells.ndjson', new Error('no space left on device'));
    },
  };
  const options = { engine, thresholds: [], signal: new AbortController().signal, progress: () => quiet };
  const outcome = await execute(planOfCells(cells), folder, { ...options, damaged: () => undefined });
  assert.ok(outcome.interrupted);
  assert.is(exitCodeOf(outcome), EXIT.interrupted);
  assert.match(outcome.error?.message ?? '', 'no space left on device');
  assert.equal(linesOf(folder), [records[0]]);
});

test('a run of a newer version is refused with the way out, one of version 0.1 is read', ({ dir }) => {
  const folder = RunFolder.create(join(dir, 'run'), MANIFEST);
  const write = (schema: string): void =>
    writeFileSync(join(folder.path, 'run.json'), JSON.stringify({ ...MANIFEST, schema }));
  write('cma-stress/run-folder/3');
  assert.throws(() => RunFolder.open(folder.path), /newer version .*update cma-stress/);
  write('cma-stress/run-folder/1');
  assert.is(RunFolder.open(folder.path).manifest.schema, RUN_FOLDER_SCHEMA);
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

test('a cell of a version that did not record all of it is refused with what is missing and the way out', ({ dir }) => {
  const { cellsFile } = RunFolder.create(dir, MANIFEST);
  const record = madeUpRecord('w', 'stock', 1, 1, 0);
  const { cpuUs, ...cma } = record.cma;
  assert.ok(cpuUs.total > 0);
  writeFileSync(cellsFile, [record, { ...record, cma }].map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { early } = readStoredCells(cellsFile);
  assert.match(early?.message ?? '', /cells\.ndjson:2:1: cma\.cpuUs: .* `reproduce` in run\.json/);
  RunFolder.open(dir).finish(digestOf([record, { ...record, cma } as unknown as CellLine]), '');
  assert.throws(() => openFinished(dir), /cma\.cpuUs/);
});

test('a bad line in the middle of a finished cells.ndjson is an error with its line', ({ dir }) => {
  const { cellsFile } = RunFolder.create(dir, MANIFEST);
  const good = sealed(plainText(madeUpRecord('w', 'stock', 1, 1, 0)));
  for (const bad of ['rubbish\n', good.replace('"failures":0', '"failures":1')]) {
    writeFileSync(cellsFile, `${good}${bad}`);
    assert.throws(
      () => readStoredCells(cellsFile),
      (error: unknown) => error instanceof InputError && error.problems[0].line === 2,
    );
  }
});

test.run();
