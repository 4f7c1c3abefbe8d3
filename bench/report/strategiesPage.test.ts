/** The handbook page that compares strategies: its rows, and that the committed one has them all. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { strategies } from '../../sim/index.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import { cellsIn, summarize } from '../stats/summarize.ts';
import { checkClaims } from '../stats/claims.ts';
import { madeUpRecord } from '../testing/records.ts';
import { strategiesPage } from './strategiesPage.ts';

/**
 * Eight seeds of 50 requests: stock fails 10 of each, root-search none, the naive patch as stock, with a broken kernel.
 */
function page(): string {
  const naive = { usedAfterFree: 2, doubleFree: 1, leaked: 3 };
  const records = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) => [
    madeUpRecord('w', 'stock', seed, 50, 8 + (seed % 3)),
    madeUpRecord('w', 'root-search', seed, 50, 0),
    { ...madeUpRecord('w', 'page-anon-vma-naive', seed, 50, 8 + (seed % 3)), kernelBugs: naive },
  ]);
  const summary = summarize(records);
  const cellsOf = cellsIn(records);
  return strategiesPage({
    reproduce: 'cma-stress run w --strategy all',
    digest: '0123456789abcdef0123456789abcdef',
    tool: '1.2.3',
    model: 'abc',
    workloads: [
      { name: 'w', about: 'A load.', device: 'd', kernel: 'k', description: { durationNs: 60e9 } },
    ] as unknown as ResolvedWorkload[],
    summary,
    cellsOf,
    claims: checkClaims(summary, cellsOf, strategies),
    infos: strategies,
  });
}

/** Cells of the row that begins with the name. */
function row(text: string, name: string): string[] {
  const line = text.split('\n').find((one) => one.startsWith(`| ${name} `))!;
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('each strategy has its claims, its difference with interval, its costs and a verdict', () => {
  const text = page();
  const better = row(text, 'root-search');
  assert.is(better[1], 'B2 untested');
  assert.match(better[3], /^-\d\d\.\d \[-\d\d\.\d, -\d\d\.\d\]$/);
  assert.match(better.at(-1)!, /^lower \(p Holm 0\.0\d+\)$/);
  assert.is(row(text, 'stock').at(-1), 'baseline');
  assert.is(
    row(text, 'page-anon-vma-naive').at(-1),
    'no difference; unsafe: 48 anon_vmas freed too early, twice or never',
  );
});

test('it says how it was made, and who took part', () => {
  const text = page();
  assert.match(text, 'Written by `cma-stress run w --strategy all --docs docs/strategies/README.md`, version 1.2.3');
  assert.match(text, '### KSM bookkeeping');
  assert.match(text, /\| `root-search` +\| reverse walk repeats/);
  assert.not.match(text, '### scanning policy', 'nobody of it ran');
});

test('the page that is kept in docs has a row for every built-in strategy, in each workload and among who they are', () => {
  const kept = readFileSync(new URL('../../../docs/strategies/README.md', import.meta.url), 'utf8');
  const workloads = kept.match(/^## .*/gm)!.length - 1;
  assert.ok(workloads >= 2);
  for (const { name } of strategies) {
    assert.is(kept.match(new RegExp(`^\\| ${name} `, 'gm'))?.length, workloads, name);
    assert.match(kept, new RegExp(`^\\| \`${name}\` `, 'm'));
  }
});

test.run();
