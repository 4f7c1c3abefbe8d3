/** Following a run that is being written: what is read when, whatever state the files are in. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suiteInScratch } from '../testing/command.ts';
import { cells, finishedRun, workload } from '../testing/finishedRuns.ts';
import { RunFollower } from './follow.ts';
import { RunFolder } from './folder.ts';

const test = suiteInScratch('follow');

const RECORDS = [...cells('fork-heavy', 'stock', [3, 4, 5]), ...cells('fork-heavy', 'heir-items', [0, 1, 0])];

/** A run of which nothing has been written but its manifest. */
function begun(path: string): RunFolder {
  finishedRun(path, [workload('fork-heavy')], RECORDS);
  const file = join(path, 'run.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), digest: null }));
  const folder = RunFolder.open(path);
  folder.rewriteCells([]);
  return folder;
}

test('cells appear as they are appended, a line that is being written when it is whole', ({ dir }) => {
  const path = join(dir, 'grows');
  const folder = begun(path);
  const follower = new RunFollower(path);
  assert.is(follower.look().cells.length, 0);
  folder.append(RECORDS[0], 1);
  folder.append(RECORDS[3], 1);
  const seen = follower.look();
  assert.equal(
    seen.cells.map(({ strategy, seed, attempts, failures }) => [strategy, seed, attempts, failures]),
    [
      ['stock', 1, 50, 3],
      ['heir-items', 1, 50, 0],
    ],
  );
  const line = JSON.stringify(RECORDS[1]);
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
  for (const record of RECORDS.toReversed()) folder.append(record, 1);
  assert.is(follower.look().cells.length, RECORDS.length);
  folder.finish(RECORDS, '');
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
  begun(path).append({ id, workload: name, strategy, kernel, device, seed, settings, error }, 1);
  const [cell] = new RunFollower(path).look().cells;
  assert.equal([cell.failed, cell.attempts], [true, 0]);
});

test('a line that is no JSON document is an error with its number', ({ dir }) => {
  const path = join(dir, 'broken');
  begun(path).append(RECORDS[0], 1);
  appendFileSync(join(path, 'cells.ndjson'), 'nonsense\n');
  assert.throws(() => new RunFollower(path).look(), /cells\.ndjson:2:1: this line is not a JSON document/);
});

test('quiet: five times the longest cell, but a minute at least', ({ dir }) => {
  const path = join(dir, 'quiet');
  const folder = begun(path);
  const follower = new RunFollower(path);
  assert.is(follower.quietSeconds(), 60);
  folder.append(RECORDS[0], 30);
  folder.append(RECORDS[1], 2);
  assert.is(follower.quietSeconds(), 150);
});

test.run();
