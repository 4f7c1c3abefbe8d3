import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CellRecord } from '../../run/cell.ts';
import type { StoredRun } from '../../run/readRun.ts';
import { cellsIn, summarize } from '../../stats/summarize.ts';
import { cells, workload } from '../../testing/finishedRuns.ts';
import { verdict } from './verdict.ts';

const WORKLOAD = workload('fork-heavy');

function sentences(records: readonly CellRecord[]): readonly string[] {
  const summary = summarize(records);
  return verdict({
    run: { summary, claims: [], failed: [] } as unknown as StoredRun,
    workloads: [{ workload: WORKLOAD, entries: summary }],
    cellsOf: cellsIn(records),
    lines: [],
    strategies: [],
  });
}

test('how often the baseline fails, what helps, and how far to trust it', () => {
  const found = sentences([
    ...cells(WORKLOAD.name, 'stock', [5, 6, 4, 5, 7]),
    ...cells(WORKLOAD.name, 'fix', [0, 0, 0, 0, 0]),
    ...cells(WORKLOAD.name, 'harm', [25, 26, 24, 25, 27]),
  ]);
  assert.is(found.length, 3);
  assert.match(found[0], /^Under stock 10\.8 \[.*\] % of 250 contiguous allocations in fork-heavy failed\.$/);
  assert.is(found[1], 'In fork-heavy fix removes 100 % of the failures; more failures: harm (fork-heavy).');
  assert.match(found[2], 'a model of the device, not from a phone, with 5 seeds a strategy, too few for');
});

test('nothing failed; nothing differs', () => {
  const [first, second] = sentences([...cells(WORKLOAD.name, 'stock', [0, 0]), ...cells(WORKLOAD.name, 'fix', [0, 0])]);
  assert.is(first, 'Under stock no contiguous allocation failed, in fork-heavy.');
  assert.is(second, 'No strategy differs from the baseline beyond chance.');
});

test('one strategy has nothing to be compared with', () => {
  assert.match(sentences(cells(WORKLOAD.name, 'stock', [5, 6]))[1], 'only one strategy ran');
});

test('nobody asked', () => {
  const records = cells(WORKLOAD.name, 'stock', [0]).map((cell) => ({
    ...cell,
    cma: { ...cell.cma, attempts: 0 },
  }));
  assert.equal(sentences(records), ['No finished cell asked for contiguous memory, so there is nothing to compare.']);
});

test.run();
