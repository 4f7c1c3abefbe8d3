/** The summary of a run: a golden one, colours, and what is said of runs that went wrong. */
import pc from 'picocolors';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResolvedWorkload } from '../plan/types.ts';
import type { CellRecord } from '../run/cell.ts';
import { cellsIn, summarize } from '../stats/summarize.ts';
import { madeUpRecord } from '../testing/records.ts';
import { summaryText } from './summary.ts';
import type { SummaryInput } from './summary.ts';
import { visibleLength } from './table.ts';
import { PLAIN } from './terminal.ts';

/** Failures of 50 attempts in each of five seeds. */
const FAILURES: Readonly<Record<string, readonly number[]>> = {
  stock: [10, 12, 8, 11, 9],
  'page-anon-vma': [10, 11, 9, 11, 9],
  'keep-until-rescanned': [1, 2, 0, 1, 1],
  'page-anon-vma+retry-100ms': [15, 17, 14, 17, 15],
};

function records(): CellRecord[] {
  return Object.entries(FAILURES).flatMap(([strategy, failures]) =>
    failures.map((failed, index) => madeUpRecord('fork-heavy', strategy, index + 1, 50, failed)),
  );
}

function input(): SummaryInput {
  const workload = {
    name: 'fork-heavy',
    about: 'Four servers keep forking children that live a few seconds.',
    device: 'zx1800-512',
    kernel: 'msm-3.10.49',
    seeds: 5,
    settings: { 'ksm.pages_to_scan': 100, 'ksm.sleep_millisecs': 20, duration: '60 s' },
    description: { durationNs: 60e9 },
  } as unknown as ResolvedWorkload;
  const made = records();
  return {
    path: 'results/20260101-120000-fork-heavy',
    reproduce: 'cma-stress run fork-heavy --seeds 5',
    digest: '0123456789abcdef0123456789abcdef',
    workloads: [workload],
    cellsOf: cellsIn(made),
    failed: [],
    summary: summarize(made),
    crossed: [],
    warnings: [],
    claims: [],
    untilCi: null,
  };
}

const GOLDEN = `fork-heavy: Four servers keep forking children that live a few seconds.
  zx1800-512, msm-3.10.49, measured for 60.0 s; ksm.pages_to_scan=100, ksm.sleep_millisecs=20,
  duration=60s

strategy                failed % [95 %]  vs stock, points  retries: pass/try/range/call  latency p99
----------------------------------------------------------------------------------------------------
stock                 20.0 [13.9, 27.9]  baseline                        1.80/0.8/0.4/0      10.0 ms
page-anon-vma         20.0 [13.9, 27.9]  no difference                   1.80/0.8/0.4/0      10.0 ms
keep-until-rescanned     2.0 [0.6, 6.3]  lower -18.0                   0.18/0.08/0.04/0      10.0 ms
page-anon-vma+        31.2 [23.7, 39.8]  higher +11.2                  2.81/1.25/0.62/0      10.0 ms
retry-100ms

strategy              failed % |-o-| 95 %          latency, p50 o==p90--| p99      failures 9=78
----------------------0------10----20-----30---40--10 ms--------------------20 ms--0 s--------60 s
stock                 :      : |---o----| :     :  o                            :  6..............
page-anon-vma         :      : |---o----| :     :  o                            :  6..............
keep-until-rescanned  |o--|  :     :      :     :  o                            :  1..............
page-anon-vma+        :      :     : |----o-----|  o                            :  9..............
retry-100ms

strategy              full scan p50  ksmd CPU %  rmap_items peak  memory  more    saved
---------------------------------------------------------------------------------------
stock                        3.00 s         2.0            2,000  125 kB        4.00 MB
page-anon-vma                3.00 s         2.0            2,000  125 kB     0  4.00 MB
keep-until-rescanned         3.00 s         2.0            2,000  125 kB     0  4.00 MB
page-anon-vma+               3.00 s         2.0            2,000  125 kB     0  4.00 MB
retry-100ms

strategy              CPU of a request  fork p99  CMA not usable  refaults
--------------------------------------------------------------------------
stock                           500 us         0             0 B         0
page-anon-vma                   500 us         0             0 B         0
keep-until-rescanned            500 us         0             0 B         0
page-anon-vma+                  500 us         0             0 B         0
retry-100ms

failed pages, stock: 150, of them B1 100 %
failed pages, page-anon-vma: 150, of them B1 100 %
failed pages, keep-until-rescanned: 15, of them B1 100 %
failed pages, page-anon-vma+retry-100ms: 234, of them B1 100 %

fork-heavy: stock fails 20.0 % [13.9, 27.9] of 250 allocations. keep-until-rescanned removes 90.0 %
  of the failures (2.0 % left). More failures than stock: page-anon-vma+retry-100ms (31.2 %). 5
  seeds are too few for the signed-rank test to confirm that (p after Holm below 0.05); 7 can.
Intervals are 95 %, over n=5 seeds; lower and higher mean that the interval of the difference leaves
  out 0.

results    results/20260101-120000-fork-heavy
digest     0123456789abcdef
reproduce  cma-stress run fork-heavy --seeds 5
`;

test('golden output, piped', () => {
  assert.fixture(summaryText(input(), PLAIN), GOLDEN);
});

test('fits 80 and 120 columns, commands and paths aside', () => {
  for (const width of [80, 100, 120]) {
    const lines = summaryText(input(), { ...PLAIN, width }).split('\n');
    for (const line of lines) {
      if (!line.startsWith('reproduce')) assert.ok(visibleLength(line) <= width, `${width}: ${line}`);
    }
  }
});

test('colour and box drawing on a terminal only', () => {
  const coloured = summaryText(input(), { width: 100, paint: pc.createColors(true), unicode: true });
  assert.match(coloured, '\u001B[32mlower');
  assert.match(coloured, '─');
  // Nothing beyond ASCII.
  assert.match(summaryText(input(), PLAIN), /^[\x0A\x20-\x7E]*$/);
});

test('failed cells and crossed thresholds are named', () => {
  const failed = { ...records()[0], error: { name: 'InvariantError', message: 'mapcount of frame 7' } };
  const crossed = [
    {
      threshold: 'failureRate>0.05',
      workload: 'fork-heavy',
      strategy: 'stock',
      value: 0.2,
      baseline: null,
      unit: '',
    } as const,
  ];
  const text = summaryText({ ...input(), failed: [failed], crossed }, PLAIN);
  assert.match(text, 'failed cell fork-heavy/stock seed 1: InvariantError: mapcount of frame 7');
  assert.match(text, 'threshold crossed: failureRate>0.05: fork-heavy/stock has 0.2');
});

test('warnings: once for all places they hold for, yellow on a terminal', () => {
  const message = '5 seeds are few: use more';
  const warnings = (['fork-heavy', 'fork-free'] as const).map((workload) => ({
    workload,
    strategy: null,
    kind: 'few-seeds' as const,
    message,
  }));
  const text = summaryText({ ...input(), warnings }, PLAIN);
  assert.match(text, 'warning: fork-heavy, fork-free: 5 seeds are few: use more\n');
  const coloured = summaryText({ ...input(), warnings }, { ...PLAIN, paint: pc.createColors(true) });
  assert.match(coloured, '\u001B[33mwarning:');
});

test('a regression says against what, and in which unit', () => {
  const crossed = [
    {
      threshold: 'p99_latency regresses 10%',
      workload: 'w',
      strategy: 's',
      value: 12,
      baseline: 10,
      unit: 'ms',
    } as const,
  ];
  assert.match(summaryText({ ...input(), crossed }, PLAIN), 'w/s has 12.0 ms against 10.0 ms');
});

test('--until-ci says which intervals are still too wide', () => {
  const interval = { workload: 'w', seeds: 20, width: 0.05 };
  const untilCi = {
    width: 0.01,
    maxSeeds: 20,
    intervals: [
      { ...interval, strategy: 'a', reached: true },
      { ...interval, strategy: 'b', reached: false },
    ],
  };
  assert.match(
    summaryText({ ...input(), untilCi }, { ...PLAIN, width: 400 }),
    '1 of 2 intervals are at most 1.0 points wide; not reached with up to 20 seeds: w/b (5.0 with 20 seeds).',
  );
});

test('one seed is called what it is', () => {
  const made = records().filter((record) => record.seed === 1);
  assert.match(summaryText({ ...input(), cellsOf: cellsIn(made), summary: summarize(made) }, PLAIN), 'n=1 seed');
});

test('nothing asked for contiguous memory', () => {
  const made = [madeUpRecord('fork-heavy', 'stock', 1, 0, 0)];
  const text = summaryText({ ...input(), cellsOf: cellsIn(made), summary: summarize(made) }, PLAIN);
  assert.match(text, 'nobody asked for contiguous memory');
  assert.not.match(text, /NaN|Infinity|null|undefined/);
});

test.run();
