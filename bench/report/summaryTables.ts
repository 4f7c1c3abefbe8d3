/**
 * The tables of a workload in the summary: who fails how often, what it costs, how requests fare, and why pages failed.
 */
import type { CellRecord } from '../run/cell.ts';
import { sum } from '../stats/sums.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { bugSentence } from './closing.ts';
import { costsOf } from './costs.ts';
import type { Costs } from './costs.ts';
import { rateText } from './estimates.ts';
import { verdictOf } from './findings.ts';
import { pictureLines } from './picture.ts';
import { retriesPerRequest } from './retries.ts';
import { left, right, table, wrap } from './table.ts';
import type { Terminal } from './terminal.ts';
import { bytes, count, digits3, percent, time } from './units.ts';

/** Columns from which there is room for the four levels of retries and full titles. */
const WIDE = 100;

/** Cells of a workload up to which they are drawn: the picture looks at all of them at once. */
const MOST_DRAWN = 5_000;

/** A strategy and what its cells come to: those of a long run are read from disk, once, and not kept. */
interface Row {
  readonly entry: SummaryEntry;
  readonly costs: Costs;
  readonly retries: string;
  /** Pages that failed by cause, largest first; zeros left out. */
  readonly causes: readonly (readonly [cause: string, pages: number])[];
  readonly bugs: string | null;
}

/** The tables as lines, the picture below the first of them. `entries`: those of one workload, at least one. */
export function workloadTables(
  entries: readonly SummaryEntry[],
  cellsOf: (entry: SummaryEntry) => readonly CellRecord[],
  terminal: Terminal,
): string[] {
  const isWide = terminal.width >= WIDE;
  const rows = entries.map((entry) => rowOf(entry, cellsOf(entry), isWide));
  const drawn = sum(entries, ({ seeds }) => seeds) <= MOST_DRAWN ? entries : [];
  const picture = pictureLines(
    drawn.map((entry) => ({ entry, cells: cellsOf(entry), name: strategyName(entry.strategy).split('\n') })),
    terminal,
  );
  return [
    ...failureTable(rows, terminal, isWide),
    ...(picture.length === 0 ? [] : ['', ...picture]),
    '',
    ...costTable(rows, terminal, isWide),
    '',
    ...requestTable(rows, terminal, isWide),
    '',
    ...causeLines(rows, terminal),
    ...rows.flatMap((row) => bugLines(row, terminal)),
  ];
}

function baselineOf(rows: readonly Row[]): Row {
  return rows.find(({ entry }) => entry.strategy === entry.baseline)!;
}

function failureTable(rows: readonly Row[], terminal: Terminal, isWide: boolean): string[] {
  return table(
    terminal,
    [
      left('strategy'),
      right('failed % [95 %]'),
      left(`vs ${baselineOf(rows).entry.strategy}, points`),
      right(isWide ? 'retries: pass/try/range/call' : 'retries'),
      right('latency p99'),
    ],
    rows.map(({ entry, retries }) => [
      strategyName(entry.strategy),
      rateText(entry.failureRate),
      versus(entry, terminal),
      retries,
      time(entry.latencyMs.p99),
    ]),
  );
}

function costTable(rows: readonly Row[], terminal: Terminal, isWide: boolean): string[] {
  const baseline = baselineOf(rows);
  return table(
    terminal,
    [
      left('strategy'),
      right(isWide ? 'full scan p50' : 'full scan'),
      right(isWide ? 'ksmd CPU %' : 'CPU %'),
      right(isWide ? 'rmap_items peak' : 'rmap_items'),
      right('memory'),
      right('more'),
      right('saved'),
    ],
    rows.map(({ entry, costs: { ksmdCpu, rmapItemsPeak, rmapItemsBytes, savedBytes } }) => [
      strategyName(entry.strategy),
      entry.fullScanMs.p50 === 0 ? '-' : time(entry.fullScanMs.p50),
      percent(ksmdCpu),
      count(rmapItemsPeak),
      bytes(rmapItemsBytes),
      entry === baseline.entry ? '' : signed(rmapItemsBytes - baseline.costs.rmapItemsBytes),
      bytes(savedBytes),
    ]),
  );
}

function requestTable(rows: readonly Row[], terminal: Terminal, isWide: boolean): string[] {
  return table(
    terminal,
    [
      left('strategy'),
      right(isWide ? 'CPU of a request' : 'request CPU'),
      right('fork p99'),
      right(isWide ? 'CMA not usable' : 'CMA unusable'),
      right('refaults'),
    ],
    rows.map(({ entry, costs: { requestCpuMs, forkP99Ms, unusableBytes, refaults } }) => [
      strategyName(entry.strategy),
      time(requestCpuMs),
      time(forkP99Ms),
      bytes(unusableBytes),
      count(refaults),
    ]),
  );
}

function rowOf(entry: SummaryEntry, cells: readonly CellRecord[], isWide: boolean): Row {
  const pages = new Map<string, number>();
  for (const cell of cells)
    for (const [cause, failed] of Object.entries(cell.migration.failedByCause))
      pages.set(cause, (pages.get(cause) ?? 0) + failed);
  return {
    entry,
    costs: costsOf(cells),
    retries: retriesText(cells, isWide),
    causes: [...pages].filter(([, failed]) => failed > 0).sort((a, b) => b[1] - a[1]),
    bugs: bugSentence(entry.strategy, cells),
  };
}

/** Long combinations continue on a line of their own behind each `+`. */
function strategyName(name: string): string {
  return name.length <= 22 ? name : name.replaceAll('+', '+\n');
}

function versus(entry: SummaryEntry, terminal: Terminal): string {
  const points = entry.vsBaseline.difference * 100;
  const text = `${points > 0 ? '+' : ''}${digits3(points)}`;
  switch (verdictOf(entry)) {
    case 'baseline':
      return terminal.paint.dim('baseline');
    case 'lower':
      return terminal.paint.green(`lower ${text}`);
    case 'higher':
      return terminal.paint.red(`higher ${text}`);
    case 'no difference':
      return terminal.paint.dim('no difference');
  }
}

/** Retries per attempt: of all four levels together, or each. */
function retriesText(cells: readonly CellRecord[], isWide: boolean): string {
  const levels = retriesPerRequest(cells);
  return isWide ? levels.map(digits3).join('/') : digits3(levels.reduce((a, b) => a + b, 0));
}

function signed(byteCount: number): string {
  return byteCount === 0 ? '0' : `${byteCount > 0 ? '+' : '-'}${bytes(Math.abs(byteCount))}`;
}

/** `failed pages, stock: 1,234, of them B1 62 %, B3 20 %, pin 10 %`; strategies without any in one line. */
function causeLines(rows: readonly Row[], terminal: Terminal): string[] {
  const none: string[] = [];
  const lines = rows.flatMap(({ entry: { strategy }, causes: top }) => {
    const all = sum(top, ([, pages]) => pages);
    if (all === 0) {
      none.push(strategy);
      return [];
    }
    const shown = top.slice(0, 4).map(([cause, pages]) => `${cause} ${percent(pages / all)} %`);
    if (top.length > 4) shown.push('...');
    return wrap(`failed pages, ${strategy}: ${count(all)}, of them ${shown.join(', ')}`, terminal.width, '  ');
  });
  if (none.length > 0) lines.push(...wrap(`failed pages, none: ${none.join(', ')}`, terminal.width, '  '));
  return lines;
}

function bugLines({ bugs }: Row, terminal: Terminal): string[] {
  return bugs === null ? [] : wrap(bugs, terminal.width, '  ').map((line) => terminal.paint.red(line));
}
