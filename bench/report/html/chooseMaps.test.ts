/** Which cells and failed requests the frame map shows. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CellRecord } from '../../run/cell.ts';
import { cellsIn, summarize } from '../../stats/summarize.ts';
import { cells } from '../../testing/finishedRuns.ts';
import { chooseMaps } from './chooseMaps.ts';

function chosen(records: readonly CellRecord[]) {
  const { cells: some, ...rest } = chooseMaps(summarize(records), cellsIn(records));
  return { shown: some.map(({ record }) => `${record.workload} ${record.strategy} ${record.seed}`), ...rest };
}

function withoutLog(record: CellRecord): CellRecord {
  const copy = { ...record };
  delete (copy as { attemptLog?: unknown }).attemptLog;
  return copy;
}

test("the baseline's worst cell, and the same seed under the strategy that fails least", () => {
  const records = [
    ...cells('w', 'stock', [1, 5, 3]),
    ...cells('w', 'better', [1, 0, 1]),
    ...cells('w', 'best', [0, 1, 0]),
    ...cells('w', 'worse', [9, 9, 9]),
  ];
  assert.equal(chosen(records).shown, ['w stock 2', 'w best 2']);
});

test('where nothing is better the baseline alone; nothing of workloads without failures, unless all are', () => {
  const records = [
    ...cells('calm', 'stock', [0, 0]),
    ...cells('calm', 'other', [0, 0]),
    ...cells('wild', 'stock', [0, 2]),
    ...cells('wild', 'other', [4, 4]),
  ];
  const { shown, calm } = chosen(records);
  assert.equal(shown, ['wild stock 2']);
  assert.equal(calm, ['calm']);
  const quiet = chosen([...cells('calm', 'stock', [0, 0]), ...cells('still', 'stock', [0, 0])]);
  assert.equal(quiet.shown, ['calm stock 1']);
  assert.equal(quiet.calm, ['still']);
});

test('so many workloads and no more; those that are left out are named', () => {
  const names = ['a', 'b', 'c', 'd'];
  const { shown, leftOut } = chosen(
    names.flatMap((name) => [...cells(name, 'stock', [2]), ...cells(name, 'other', [1])]),
  );
  assert.is(shown.length, 6);
  assert.equal(leftOut, ['d']);
});

test('of many failed requests twenty, the first and the last among them, and how many there are besides', () => {
  const records = cells('w', 'stock', [47]);
  const [{ failures, left }] = chooseMaps(summarize(records), cellsIn(records)).cells;
  assert.is(failures.length, 20);
  assert.is(left, 27);
  assert.equal([failures[0].number, failures[19].number], [1, 47]);
});

test('a run from before requests were kept one by one has none to show', () => {
  const records = cells('w', 'stock', [3]).map(withoutLog);
  const [{ failures, left }] = chooseMaps(summarize(records), cellsIn(records)).cells;
  assert.equal([failures.length, left], [0, 3]);
});

test.run();
