/** The picture of a workload in lines: golden ones, and that it fits any terminal. */
import pc from 'picocolors';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CellRecord } from '../run/cell.ts';
import { summarize } from '../stats/summarize.ts';
import { groupBy } from '../stats/sums.ts';
import { madeUpRecord } from '../testing/records.ts';
import { pictureLines } from './picture.ts';
import type { PictureRow } from './picture.ts';
import { visibleLength } from './table.ts';
import { PLAIN } from './terminal.ts';
import type { Terminal } from './terminal.ts';

const UNICODE: Terminal = { ...PLAIN, unicode: true };

/** Failures of 50 attempts in each of five seeds. */
const FAILURES: Readonly<Record<string, readonly number[]>> = {
  stock: [10, 12, 8, 11, 9],
  'keep-until-rescanned': [1, 2, 0, 1, 1],
  'heir-items': [0, 0, 0, 0, 0],
  'page-anon-vma+retry-100ms': [15, 17, 14, 17, 15],
};

/** Requests at equal distances over the measured time; the first ones of each seed failed, and took longer. */
function record(strategy: string, seed: number, attempts: number, failures: number): CellRecord {
  const made = madeUpRecord('fork-heavy', strategy, seed, attempts, failures, 10_000_000);
  const log = made.attemptLog!;
  return {
    ...made,
    histograms: {
      ...made.histograms,
      latencyNs: [
        [10_000_000, attempts - failures],
        [400_000_000, failures],
      ],
    },
    attemptLog: { ...log, at: log.at.map((_, i) => (i * made.deviceSeconds * 1e9) / attempts) },
  };
}

function records(failures: Readonly<Record<string, readonly number[]>> = FAILURES, attempts = 50): CellRecord[] {
  return Object.entries(failures).flatMap(([strategy, counts]) =>
    counts.map((count, i) => record(strategy, i + 1, attempts, count)),
  );
}

function rows(of: readonly CellRecord[]): PictureRow[] {
  const cells = groupBy(of, ({ strategy }) => strategy);
  return summarize(of).map((entry) => {
    const parts = entry.strategy.length <= 22 ? [entry.strategy] : entry.strategy.replaceAll('+', '+\n').split('\n');
    return { entry, name: parts, cells: cells.get(entry.strategy)! };
  });
}

const GOLDEN = `strategy              failed % |-o-| 95 %          latency, p50 o==p90--| p99      failures 9=20
----------------------0------10----20-----30---40--10 ms------------100 ms---------0 s--------60 s
stock                 :      : |---o----| :     :  o==========================|    9762...........
keep-until-rescanned  |o--|  :     :      :     :  o--------------------------|    3..............
heir-items            o-|    :     :      :     :  o                :              ...............
page-anon-vma+        :      :     : |----o-----|  o==========================|    97794..........
retry-100ms
`;

const NARROW = `strategy              failed % ├─●─┤ 95 %  latency p50 ●━p90─┤ p99  fails █=25
──────────────────────0────────20──────40──10 ms────────100 ms──────0 s───60 s
stock                 ┊     ├──●───┤    ┊  ●━━━━━━━━━━━━━━━━━━━━┤   ██▁·······
keep-until-rescanned  ├●─┤     ┊        ┊  ●────────────────────┤   ▂·········
heir-items            ●┤       ┊        ┊  ●            ┊           ··········
page-anon-vma+        ┊        ┊ ├──●───┤  ●━━━━━━━━━━━━━━━━━━━━┤   ███▂······
retry-100ms
`;

test('golden picture, piped', () => {
  assert.fixture(`${pictureLines(rows(records()), PLAIN).join('\n')}\n`, GOLDEN);
});

test('golden picture with block characters, on a narrow terminal', () => {
  assert.fixture(`${pictureLines(rows(records()), { ...UNICODE, width: 80 }).join('\n')}\n`, NARROW);
});

test('fits 80 to 120 columns without trailing blanks, and is ASCII unless it may be more', () => {
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`a-strategy-of-some-length-${i}`, [i]]));
  const longest = { stock: [3], [`${'a'.repeat(40)}+retry-100ms`]: [2] };
  for (const failures of [FAILURES, { stock: [3] }, many, longest]) {
    const drawn = rows(records(failures));
    for (let width = 80; width <= 120; width++) {
      for (const unicode of [false, true]) {
        const lines = pictureLines(drawn, { ...PLAIN, width, unicode });
        assert.ok(lines.length >= Object.keys(failures).length + 2);
        for (const line of lines) {
          assert.ok(line.length <= width, `${width}: ${line}`);
          assert.is(line, line.trimEnd());
          if (!unicode) assert.match(line, /^[\x20-\x7E]*$/);
        }
      }
    }
  }
});

test('no failure: a mark at 0 with the interval, and no column for times', () => {
  const lines = pictureLines(rows(records({ stock: [0, 0] })), PLAIN);
  assert.not.match(lines[0], 'failures');
  assert.match(lines[2], /^stock +o-+\|/);
});

test('every attempt failed: a mark at 100', () => {
  const lines = pictureLines(rows(records({ stock: [50, 50] })), PLAIN);
  const column = lines[1].indexOf('100') + 2;
  assert.is(lines[2][column], 'o', lines.join('\n'));
});

test('nobody asked for memory: said in the row, and no picture when it holds for all', () => {
  const some = [record('stock', 1, 50, 5), record('idle', 1, 0, 0)];
  assert.match(pictureLines(rows(some), PLAIN).join('\n'), /^idle +no requests/m);
  assert.equal(pictureLines(rows(some.slice(1)), PLAIN), []);
});

test('cells without their requests, or without all of them, leave out when they failed', () => {
  const [first, ...rest] = records();
  const { attemptLog, ...without } = first;
  assert.ok(attemptLog !== undefined);
  for (const cell of [without, { ...first, attemptLog: { ...attemptLog, left: 1 } }]) {
    const lines = pictureLines(rows([cell, ...rest]), PLAIN);
    assert.not.match(lines[0], 'failures');
    assert.match(lines[0], 'latency');
  }
});

test('counts beyond a digit are drawn to a scale, which the title names', () => {
  // 10 failures of each of five seeds at about the same time.
  assert.match(pictureLines(rows(records({ stock: [40, 40, 40, 40, 40] })), PLAIN)[0], /9 ?= ?\d\d/);
  assert.match(pictureLines(rows(records({ stock: [1, 1] })), UNICODE)[0], '█ = 2');
});

test('colour: the mark has that of the verdict, and changes no width', () => {
  const painted = pictureLines(rows(records()), { ...PLAIN, paint: pc.createColors(true) });
  assert.match(painted.join('\n'), '\u001B[32mo');
  assert.match(painted.join('\n'), '\u001B[31mo');
  assert.equal(painted.map(visibleLength), pictureLines(rows(records()), PLAIN).map(visibleLength));
});

test.run();
