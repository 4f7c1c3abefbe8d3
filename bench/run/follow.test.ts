/** Following a run that is being written: what is read when, whatever state the files are in. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suiteInScratch } from '../testing/command.ts';
import { cells, finishedRun, workload } from '../testing/finishedRuns.ts';
import type { CellLine } from './cell.ts';
import { replaceFile } from './durable.ts';
import { RunFollower } from './follow.ts';
import { RunFolder } from './folder.ts';
import { digestOf, plainText, sealed } from './lines.ts';

const test = suiteInScratch('follow');

const RECORDS = [...cells('fork-heavy', 'stock', [3, 4, 5]), ...cells('fork-heavy', 'heir-items', [0, 1, 0])];

/** A run of which nothing has been written but its manifest. */
function begun(path: string): RunFolder {
  finishedRun(path, [workload('fork-heavy')], RECORDS);
  const file = join(path, 'run.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), digest: null }));
  const folder = RunFolder.open(path);
  writeFileSync(folder.cellsFile, '');
  return folder;
}

function append({ cellsFile }: RunFolder, line: CellLine): void {
  appendFileSync(cellsFile, sealed(plainText(line)));
}

test('cells appear as they are appended, a line that is being written when it is whole', ({ dir }) => {
  const path = join(dir, 'grows');
  const folder = begun(path);
  const follower = new RunFollower(path);
  assert.is(follower.look().cells.length, 0);
  append(folder, RECORDS[0]);
  append(folder, RECORDS[3]);
  const seen = follower.look();
  assert.equal(
    seen.cells.map(({ strategy, seed, attempts, failures }) => [strategy, seed, attempts, failures]),
    [
      ['stock', 1, 50, 3],
      ['heir-items', 1, 50, 0],
    ],
  );
  const line = sealed(plainText(RECORDS[1])).trimEnd();
  for (const part of [line.slice(0, 1000), line.slice(1000)]) {
    appendFileSync(join(path, 'cells.ndjson'), part);
    assert.is(follower.look().cells.length, 2);
  }
  appendFileSync(join(path, 'cells.ndjson'), '\n');
  assert.is(follower.look().cells.length, 3);
  assert.is(follower.look().cells[2].failures, 4);
});

test('a file that was rewritten is read from its beginning', ({ dir }) => {
  const path = join(dir, 'rewritten');
  const folder = begun(path);
  const follower = new RunFollower(path);
  for (const record of RECORDS.toReversed()) append(folder, record);
  assert.is(follower.look().cells.length, RECORDS.length);
  const lines = RECORDS.map((record) => sealed(plainText(record)));
  replaceFile(folder.cellsFile, lines);
  folder.finish(digestOf(RECORDS), '');
  const { manifest, cells: seen } = follower.look();
  assert.ok(manifest.digest !== null);
  assert.equal(
    seen.map(({ strategy, seed }) => [strategy, seed]),
    RECORDS.map(({ strategy, seed }) => [strategy, seed]),
  );
});

test('a cell that failed is counted, and has no requests', ({ dir }) => {
  const path = join(dir, 'failed');
  const { id, workload: name, strategy, kernel, device, seed, settings } = RECORDS[0];
  const error = { name: 'Error', message: 'm' };
  append(begun(path), { id, workload: name, strategy, kernel, device, seed, settings, error });
  const [cell] = new RunFollower(path).look().cells;
  assert.equal([cell.failed, cell.attempts], [true, 0]);
});

test('a line that is no JSON document is an error with its number', ({ dir }) => {
  const path = join(dir, 'broken');
  append(begun(path), RECORDS[0]);
  appendFileSync(join(path, 'cells.ndjson'), 'nonsense\n');
  assert.throws(() => new RunFollower(path).look(), /cells\.ndjson:2:1: this line is not a JSON document/);
});

test('quiet: five times the longest cell, but a minute at least', ({ dir }) => {
  const path = join(dir, 'quiet');
  const folder = begun(path);
  const follower = new RunFollower(path);
  assert.is(follower.quietSeconds(), 60);
  folder.appendTiming(RECORDS[0].id, 30);
  folder.appendTiming(RECORDS[1].id, 2);
  assert.is(follower.quietSeconds(), 150);
});

test.run();
