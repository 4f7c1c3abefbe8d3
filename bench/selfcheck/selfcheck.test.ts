/**
 * The short version of every self-check holds, and each can fail: with doctored results, and with a strategy that
 * breaks it.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CellResult, Check, Results, ScriptResult } from './check.ts';
import { execute } from './execute.ts';
import { forkFree } from './forkFree.ts';
import { CHECKS } from './index.ts';
import { keepUntilRescanned } from './keepUntilRescanned.ts';
import { ksmOff } from './ksmOff.ts';
import { nullRepair } from './nullRepair.ts';
import { pageAnonVma } from './pageAnonVma.ts';
import { retry } from './retry.ts';
import { scanSpeed } from './scanSpeed.ts';

const all = new Map<Check, Results>();

test.before(async () => {
  const outcome = await execute(CHECKS, {
    mode: 'quick',
    threads: 1,
    signal: new AbortController().signal,
    progress: () => ({ step: () => undefined, stop: () => undefined }),
  });
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  for (const [check, results] of outcome.results) all.set(check, results);
});

for (const check of CHECKS) {
  test(`${check.id}: ${check.claim}`, () => {
    const { failed, figures } = check.judge(all.get(check)!);
    assert.equal(failed, []);
    assert.ok(figures.length > 0);
    for (const row of figures) assert.equal(Object.keys(row).length, Object.keys(figures[0]).length);
  });
}

type Deep<T> = { [Key in keyof T]?: T[Key] extends object ? Deep<T[Key]> : T[Key] };

/** The results with those under `name` changed. */
function withCells(check: Check, name: string, change: (cell: CellResult, index: number) => CellResult): Results {
  const results = all.get(check)!;
  return { ...results, cells: new Map(results.cells).set(name, results.cells.get(name)!.map(change)) };
}

/** The results under `name` are those under `other`, as if the strategy were another one. */
function swapped(check: Check, name: string, other: string): Results {
  return withCells(check, name, (_, index) => all.get(check)!.cells.get(other)![index]);
}

function record(cell: CellResult, changes: Deep<CellResult['record']>): CellResult {
  const merge = (value: unknown, change: unknown): unknown =>
    typeof change === 'object' && change !== null
      ? Object.fromEntries([
          ...Object.entries(value as object),
          ...Object.entries(change).map(([key, part]) => [key, merge((value as Record<string, unknown>)[key], part)]),
        ])
      : change;
  return { ...cell, record: merge(cell.record, changes) as CellResult['record'] };
}

/** Every request of the cell ends with `errno`. */
function ending(cell: CellResult, errno: number): CellResult {
  const failures = errno === 0 ? 0 : cell.attempts.length;
  return { ...record(cell, { cma: { failures } }), attempts: cell.attempts.map((one) => ({ ...one, errno })) };
}

function failsWith(check: Check, results: Results, what: string): void {
  const { failed } = check.judge(results);
  assert.ok(
    failed.some((sentence) => sentence.includes(what)),
    `expected '${what}' in: ${failed.join('; ')}`,
  );
}

test('fork-free fails when a strategy differs in one seed, or a mapping is lost to fork', () => {
  const more = withCells(forkFree, 'heir-items', (cell, seed) => (seed === 1 ? ending(cell, -16) : cell));
  failsWith(forkFree, more, 'heir-items does not fail as often as stock');
  const page = (cell: CellResult) => record(cell, { migration: { failedByCause: { B1: 1 } } });
  failsWith(forkFree, withCells(forkFree, 'stock', page), 'pages failed');
  const mapping = (cell: CellResult) => record(cell, { unfindable: { openedByCause: { B6: 1 } } });
  failsWith(forkFree, withCells(forkFree, 'null-repair', mapping), 'mappings became unfindable');
});

test('scan-speed fails when CPU does not rise, or the middle is like an end', () => {
  const names = [...all.get(scanSpeed)!.cells.keys()];
  const [slow, middle, fast] = names;
  assert.is(names.length, 3);
  const idle = withCells(scanSpeed, fast, (cell) => record(cell, { ksm: { cpuShare: 0.001 } }));
  failsWith(scanSpeed, idle, 'does not take more CPU');
  failsWith(scanSpeed, swapped(scanSpeed, middle, slow), 'the share of unfindable mappings');
  failsWith(scanSpeed, swapped(scanSpeed, middle, fast), 'the failure rate');
  failsWith(scanSpeed, swapped(scanSpeed, fast, middle), 'is not clearly above');
});

test('ksm-off fails when it merges, and when stock shows nothing', () => {
  failsWith(ksmOff, swapped(ksmOff, 'fork-heavy ksm-off', 'fork-heavy stock'), 'fork-heavy under ksm-off: saved');
  failsWith(ksmOff, swapped(ksmOff, 'fork-heavy stock', 'fork-heavy ksm-off'), 'fork-heavy under stock: pages failed');
});

test('retry fails when B3 is not bridged, when B1 is, and when nothing is met', () => {
  const never = withCells(retry, 'b3-windows retry-100ms', (cell) => ending(cell, -16));
  failsWith(retry, never, 'retrying does not bridge most of B3');
  const always = withCells(retry, 'fork-heavy, whole area retry-100ms', (cell) => ending(cell, 0));
  failsWith(retry, always, 'retrying may bridge most of B1');
  const none = withCells(retry, 'b3-windows stock', (cell) => ending(cell, 0));
  failsWith(retry, none, 'no request failed on nothing but B3');
});

test('page-anon-vma fails when it does nothing to the lesser bug, and when it mends the greater one', () => {
  const nothing = swapped(pageAnonVma, 'unmergeable-parent page-anon-vma', 'unmergeable-parent stock');
  failsWith(pageAnonVma, nothing, 'it may leave half of the failures');
  failsWith(pageAnonVma, nothing, 'pages still fail for B2');
  const much = withCells(pageAnonVma, 'fork-heavy page-anon-vma', (cell) => ending(cell, 0));
  failsWith(pageAnonVma, much, 'it may mend half of the failures');
  const healthy = swapped(pageAnonVma, 'unmergeable-parent stock', 'unmergeable-parent page-anon-vma');
  failsWith(pageAnonVma, healthy, 'no page failed for B2');
});

test('keep-until-rescanned fails when it does nothing', () => {
  const [stock, kept] = [...all.get(keepUntilRescanned)!.cells.keys()];
  failsWith(keepUntilRescanned, swapped(keepUntilRescanned, kept, stock), 'it may leave half of the failures');
  failsWith(keepUntilRescanned, swapped(keepUntilRescanned, stock, kept), 'nothing is shown');
});

test('null-repair fails when it leaves B6, when another leaves none, and when a script is unfinished', () => {
  const results = all.get(nullRepair)!;
  const change = (of: (one: ScriptResult) => ScriptResult): Results => ({
    ...results,
    scripts: results.scripts.map(of),
  });
  /** As if `name` were the strategy `other`. */
  const as = (name: string, other: string): Results =>
    change((one) => {
      const found = results.scripts.find(({ strategy, script }) => strategy === other && script === one.script)!;
      return one.strategy === name ? { ...found, strategy: name } : one;
    });
  failsWith(nullRepair, as('null-repair', 'stock'), 'null-repair leaves B6 in b6-pagevec');
  failsWith(nullRepair, as('keep-forever', 'null-repair'), 'keep-forever leaves no B6');
  failsWith(nullRepair, as('ksm-outside-cma', 'stock'), 'ksm-outside-cma leaves B6 in CMA');
  const cut = change((one) => (one.strategy === 'stock' ? { ...one, complete: false } : one));
  failsWith(nullRepair, cut, 'was not explored to its end');
});

test.run();
