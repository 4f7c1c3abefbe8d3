/** The line of a run: what is claimed, what is only observed, and what fits. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CellRecord } from '../run/cell.ts';
import { summarize } from '../stats/summarize.ts';
import { cells } from '../testing/finishedRuns.ts';
import { change, headline } from './headline.ts';

const of = (records: readonly CellRecord[], width?: number): string => headline(summarize(records), width);
const NONE = [0, 0, 0, 0, 0, 0];
const SOME = [10, 11, 10, 9, 10, 10];

test('what the signed-rank test confirms is a claim', () => {
  const records = [...cells('fork-heavy', 'stock', SOME), ...cells('fork-heavy', 'fix', NONE)];
  assert.is(of(records), 'fork-heavy: fix cuts CMA failures from 20.0% to 0%');
  assert.is(of(records, 40), 'fix cuts CMA failures from 20.0% to 0%');
  const harm = [...cells('fork-heavy', 'stock', NONE), ...cells('fork-heavy', 'harm', SOME)];
  assert.is(of(harm), 'fork-heavy: harm raises CMA failures from 0% to 20.0%');
});

test('what only the interval shows is an observation, with its seeds', () => {
  const records = [...cells('fork-heavy', 'stock', SOME.slice(0, 3)), ...cells('fork-heavy', 'fix', NONE.slice(0, 3))];
  assert.is(of(records), 'fork-heavy: CMA failures from 20.7% to 0% under fix, 3 seeds');
  assert.is(of(records, 56), 'fork-heavy: CMA failures 20.7% -> 0%, fix, 3 seeds');
});

test('a confirmed change stands before a larger one that is not', () => {
  const records = [
    ...cells('a', 'stock', [30, 31, 30]),
    ...cells('a', 'fix', [0, 0, 0]),
    ...cells('b', 'stock', SOME),
    ...cells('b', 'fix', NONE),
  ];
  assert.is(of(records), 'b: fix cuts CMA failures from 20.0% to 0%');
});

test('a small change is not told as none', () => {
  assert.is(change(0.498, 0.5), '(0.4% reduction)');
  assert.is(change(0.6, 0.5), '(20% increase)');
  assert.is(change(0.5, 0.5), '');
});

test.run();
