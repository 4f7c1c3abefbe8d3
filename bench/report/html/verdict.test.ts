/** The three sentences at the top of the page. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CellRecord } from '../../run/cell.ts';
import type { StoredRun } from '../../run/readRun.ts';
import { cellsIn, summarize } from '../../stats/summarize.ts';
import { groupBy } from '../../stats/sums.ts';
import { cells, workload } from '../../testing/finishedRuns.ts';
import { verdict } from './verdict.ts';

const WORKLOAD = workload('fork-heavy');

function sentences(records: readonly CellRecord[]): readonly string[] {
  const summary = summarize(records);
  return verdict({
    run: { summary, claims: [], failed: [] } as unknown as StoredRun,
    workloads: [...groupBy(summary, (entry) => entry.workload)].map(([name, entries]) => ({
      workload: { ...WORKLOAD, name },
      entries,
    })),
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
  assert.match(found[0], /^Under stock contiguous allocations failed: in fork-heavy 10\.8 \[.*\] % of 250\.$/);
  assert.is(found[1], 'In fork-heavy fix removes all failures. More fail under harm in fork-heavy.');
  assert.match(found[2], 'a model of the device, not from a phone, with 5 seeds a strategy, too few for');
});

test('nothing failed; nothing differs', () => {
  const [first, second] = sentences([...cells(WORKLOAD.name, 'stock', [0, 0]), ...cells(WORKLOAD.name, 'fix', [0, 0])]);
  assert.is(first, 'Under stock no contiguous allocation failed in fork-heavy.');
  assert.is(second, 'Nor did any fail under another strategy.');
  const [, third] = sentences([...cells(WORKLOAD.name, 'stock', [3, 9, 5]), ...cells(WORKLOAD.name, 'fix', [9, 3, 5])]);
  assert.is(third, 'No strategy differs from the baseline beyond chance.');
});

test('everything failed, and still does', () => {
  const all = [50, 50, 50];
  const [first, second] = sentences([...cells(WORKLOAD.name, 'stock', all), ...cells(WORKLOAD.name, 'fix', all)]);
  assert.match(first, /failed: in fork-heavy 100 \[.*\] % of 150\.$/);
  assert.is(second, 'No strategy differs from the baseline beyond chance.');
});

test('several workloads: semicolons between them, the worst first, and strategies that share the lead together', () => {
  const rates = (workload: string, strategy: string, one: number) =>
    cells(workload, strategy, [one, one + 1, one, one + 1, one]);
  const found = sentences([
    ...cells('calm', 'stock', [0, 0, 0, 0, 0]),
    ...rates('busy', 'stock', 20),
    ...cells('busy', 'fix', [0, 0, 0, 0, 0]),
    ...cells('busy', 'other', [0, 0, 0, 0, 0]),
    ...rates('busy', 'half', 10),
    ...rates('lost', 'stock', 40),
    ...rates('lost', 'fix', 40),
    ...rates('rare', 'stock', 5),
    ...rates('rare', 'half', 1),
  ]);
  assert.match(
    found[0],
    /failed: in lost 80\.8 .* of 250; in busy 40\.8 .* of 250; in rare .* of 250; none in calm\.$/,
  );
  assert.match(
    found[1],
    /^In busy fix and other each remove all failures, half 49\.0 %; in rare half removes \d+\.\d % of the failures; in lost no strategy helps beyond chance\.$/,
  );
  const many = ['a', 'b', 'c', 'd', 'e'].flatMap((name, i) => [
    ...rates(name, 'stock', 20 + i),
    ...cells(name, 'fix', [0, 0, 0, 0, 0]),
  ]);
  assert.match(sentences(many)[1], /^In e fix .*; in d fix .*; in c fix removes all failures; and 2 more workloads\.$/);
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
