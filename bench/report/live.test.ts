/** The figures of a run that is not complete: golden ones, and never more than fit. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { standingsOf } from '../stats/standing.ts';
import type { CellStanding, Standing } from '../stats/standing.ts';
import { liveLines, liveSentence } from './live.ts';
import { visibleLength } from './table.ts';
import { PLAIN } from './terminal.ts';

/** Cells that have ended, by strategy: failures of 50 attempts, null where the cell failed. */
type Ended = Readonly<Record<string, readonly (number | null)[]>>;

/** `ended` of each workload, of `seeds` seeds a strategy. */
function standings(seeds: number, ended: Readonly<Record<string, Ended>>): Standing[] {
  const names = Object.keys(ended);
  const plan = {
    workloads: names.map((name) => ({ name, seeds })),
    strategies: [...new Set(names.flatMap((name) => Object.keys(ended[name])))],
    seeds: null,
    untilCi: null,
  };
  const cells = names.flatMap((workload) =>
    Object.entries(ended[workload]).flatMap(([strategy, failures]) =>
      failures.map((count, seed): CellStanding => ({
        workload,
        strategy,
        seed,
        attempts: count === null ? 0 : 50,
        failures: count ?? 0,
        failed: count === null,
      })),
    ),
  );
  return standingsOf(plan, cells);
}

/** `count` strategies, of which the first `begun` have a cell without failures. */
function many(count: number, begun: number): Ended {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`strategy-${i + 1}`, i < begun ? [i] : []]));
}

const GOLDEN = `  strategy              cells   failures   failed % [95 %]  0---------20--------40-------60-------80
fork-heavy: 5 of 6 cells
  stock                   2/2  21 of 100  21.0 [2.2, 75.6]  :|--------o--------------------------| :
  heir-items              1/2    0 of 50        0 [0, 7.1]  o--|      :         :        :         :
  root-search  2/2 (1 failed)    4 of 50   8.0 [3.2, 18.8]  : |-o----|:         :        :         :
fork-free: 0 of 6 cells
  stock                   0/2          -                 -
  heir-items              0/2          -                 -
  root-search             0/2          -                 -
`;

test('golden figures, piped', () => {
  const made = standings(2, {
    'fork-heavy': { stock: [10, 11], 'heir-items': [0], 'root-search': [4, null] },
    'fork-free': { stock: [], 'heir-items': [], 'root-search': [] },
  });
  assert.fixture(`${liveLines(made, PLAIN).join('\n')}\n`, GOLDEN);
});

test('nothing has ended yet', () => {
  const lines = liveLines(standings(5, { w: { stock: [] } }), PLAIN);
  assert.match(lines.join('\n'), /w: 0 of 5 cells\n +stock +0\/5/);
  assert.not.match(lines.join('\n'), /NaN|Infinity/);
});

test('never more lines than fit, and what is left out is summed up', () => {
  for (const begun of [0, 1, 5, 32, 33]) {
    const made = standings(2, { before: many(33, 33), now: many(33, begun), after: many(33, 0) });
    for (let rows = 6; rows <= 110; rows++) {
      const lines = liveLines(made, PLAIN, rows);
      assert.ok(lines.length <= rows, `${lines.length} lines in ${rows} rows`);
    }
  }
  const text = liveLines(standings(1, { before: many(33, 33), now: many(33, 20), after: many(33, 0) }), PLAIN, 10);
  assert.match(text.join('\n'), 'before: 33 of 33 cells, 0 % to 64.0 % failed');
  assert.match(text.join('\n'), /now: 20 of 33 cells\n {2}\.\.\. 16 before: 0 % to 30\.0 % failed\n {2}strategy-17 /);
  assert.match(
    text.join('\n'),
    /\n {2}strategy-20 .*\n {2}\.\.\. 13 not begun\nafter: 0 of 33 cells, no requests yet$/,
  );
});

test('fits 80 to 120 columns, ASCII unless it may be more', () => {
  const made = standings(1000, {
    'a-workload': { ...many(3, 2), 'skip-already-scanned-page': [3, null, 50], [`${'a'.repeat(40)}+b`]: [1] },
  });
  for (let width = 80; width <= 120; width++) {
    for (const unicode of [false, true]) {
      for (const line of liveLines(made, { ...PLAIN, width, unicode })) {
        assert.ok(visibleLength(line) <= width, `${width}: ${line}`);
        if (!unicode) assert.match(line, /^[\x20-\x7E]*$/);
      }
    }
  }
});

test('one line: the baseline and the strategies that began last, as many as fit', () => {
  const made = standings(1, { w: many(20, 20), other: many(20, 0) });
  const text = liveSentence(made, 'w', 100);
  assert.ok(text.length <= 100, text);
  assert.match(text, /^w, failed so far: strategy-1 0 %, \.\.\., strategy-1\d .*, strategy-20 38\.0 %$/);
  assert.is(liveSentence(made, 'other', 100), '');
});

test.run();
