/**
 * The summary of a run for people: per workload who fails how often, what it costs and why pages failed, then what was
 * found, where the results are and how to do it again.
 */
import type { CellRecord, FailedCell } from '../run/cell.ts';
import type { StoredRun } from '../run/readRun.ts';
import type { UntilCiReport } from '../run/rounds.ts';
import type { Crossing } from '../run/threshold.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import type { ClaimCheck } from '../stats/claims.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { groupBy, sum } from '../stats/sums.ts';
import type { Warning } from '../stats/warnings.ts';
import { bugSentence, confidence, crossingText, failedCellText, untilCiSentence, warningLines } from './closing.ts';
import { costsOf } from './costs.ts';
import type { Costs } from './costs.ts';
import { rateText } from './estimates.ts';
import { findings, verdictOf } from './findings.ts';
import { pictureLines } from './picture.ts';
import { retriesPerRequest } from './retries.ts';
import { left, right, table, wrap } from './table.ts';
import type { Terminal } from './terminal.ts';
import { bytes, count, digits3, percent, time } from './units.ts';
import { measuredText, settingsText } from './workloadWords.ts';

export interface SummaryInput {
  readonly path: string;
  readonly reproduce: string;
  readonly digest: string;
  readonly workloads: readonly ResolvedWorkload[];
  readonly cellsOf: (entry: SummaryEntry) => readonly CellRecord[];
  readonly failed: readonly FailedCell[];
  readonly summary: readonly SummaryEntry[];
  readonly crossed: readonly Crossing[];
  readonly warnings: readonly Warning[];
  readonly claims: readonly ClaimCheck[];
  /** null without --until-ci. */
  readonly untilCi: UntilCiReport | null;
}

/** What the summary needs of a finished run. */
export function summaryOf(run: StoredRun): SummaryInput {
  const { reproduce, workloads } = run.manifest;
  return { ...run, reproduce, workloads };
}

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

/** The summary as text that ends in a newline. */
export function summaryText(input: SummaryInput, terminal: Terminal): string {
  const lines: string[] = [];
  for (const workload of input.workloads) {
    const entries = input.summary.filter((entry) => entry.workload === workload.name);
    lines.push(...heading(workload, terminal), '');
    if (entries.length === 0) lines.push('no cell of this workload finished', '');
    else {
      const claims = input.claims.filter((claim) => claim.workload === workload.name);
      lines.push(...workloadTables(entries, input.cellsOf, terminal), ...claimLines(claims, terminal), '');
    }
  }
  lines.push(...closing(input, terminal));
  return `${lines.join('\n')}\n`;
}

function heading(workload: ResolvedWorkload, terminal: Terminal): string[] {
  const facts = `${workload.device}, ${workload.kernel}, measured for ${measuredText(workload)}; ${settingsText(workload)}`;
  return [
    ...wrap(`${terminal.paint.bold(workload.name)}: ${workload.about}`, terminal.width, '  '),
    ...wrap(`  ${facts}`, terminal.width, '  ').map((line) => terminal.paint.dim(line)),
  ];
}

function workloadTables(
  entries: readonly SummaryEntry[],
  cellsOf: SummaryInput['cellsOf'],
  terminal: Terminal,
): string[] {
  const wide = terminal.width >= WIDE;
  const rows = entries.map((entry) => rowOf(entry, cellsOf(entry), wide));
  const baseline = rows.find(({ entry }) => entry.strategy === entry.baseline)!;
  const failures = table(
    terminal,
    [
      left('strategy'),
      right('failed % [95 %]'),
      left(`vs ${baseline.entry.strategy}, points`),
      right(wide ? 'retries: pass/try/range/call' : 'retries'),
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
  const drawn = sum(entries, ({ seeds }) => seeds) <= MOST_DRAWN ? entries : [];
  const picture = pictureLines(
    drawn.map((entry) => ({ entry, cells: cellsOf(entry), name: strategyName(entry.strategy).split('\n') })),
    terminal,
  );
  const costs = table(
    terminal,
    [
      left('strategy'),
      right(wide ? 'full scan p50' : 'full scan'),
      right(wide ? 'ksmd CPU %' : 'CPU %'),
      right(wide ? 'rmap_items peak' : 'rmap_items'),
      right('memory'),
      right('more'),
      right('saved'),
    ],
    rows.map(({ entry, costs: { ksmdCpu, rmapItemsPeak, rmapItemsBytes, savedBytes } }) => {
      return [
        strategyName(entry.strategy),
        entry.fullScanMs.p50 === 0 ? '-' : time(entry.fullScanMs.p50),
        percent(ksmdCpu),
        count(rmapItemsPeak),
        bytes(rmapItemsBytes),
        entry === baseline.entry ? '' : signed(rmapItemsBytes - baseline.costs.rmapItemsBytes),
        bytes(savedBytes),
      ];
    }),
  );
  const requests = table(
    terminal,
    [
      left('strategy'),
      right(wide ? 'CPU of a request' : 'request CPU'),
      right('fork p99'),
      right(wide ? 'CMA not usable' : 'CMA unusable'),
      right('refaults'),
    ],
    rows.map(({ entry, costs: { requestCpuMs, forkP99Ms, unusableBytes, refaults } }) => {
      return [strategyName(entry.strategy), time(requestCpuMs), time(forkP99Ms), bytes(unusableBytes), count(refaults)];
    }),
  );
  const causes = causeLines(rows, terminal);
  const bugs = rows.flatMap((row) => bugLines(row, terminal));
  const pictured = picture.length === 0 ? [] : ['', ...picture];
  return [...failures, ...pictured, '', ...costs, '', ...requests, '', ...causes, ...bugs];
}

function rowOf(entry: SummaryEntry, cells: readonly CellRecord[], wide: boolean): Row {
  const pages = new Map<string, number>();
  for (const cell of cells)
    for (const [cause, failed] of Object.entries(cell.migration.failedByCause))
      pages.set(cause, (pages.get(cause) ?? 0) + failed);
  return {
    entry,
    costs: costsOf(cells),
    retries: retriesText(cells, wide),
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
function retriesText(cells: readonly CellRecord[], wide: boolean): string {
  const levels = retriesPerRequest(cells);
  return wide ? levels.map(digits3).join('/') : digits3(levels.reduce((a, b) => a + b, 0));
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

/** `claims, root-search: B2 held (155 before, 0 left)`; what nothing here tests is said in one line. */
function claimLines(claims: readonly ClaimCheck[], terminal: Terminal): string[] {
  const tested = claims.filter(({ verdict }) => verdict !== 'untested');
  const lines = [...groupBy(tested, ({ strategy }) => strategy)].flatMap(([strategy, own]) => {
    const texts = own.map(({ cause, verdict, baseline, left: still }) => {
      const text = `${cause} ${verdict} (${count(baseline)} before, ${count(still)} left)`;
      return verdict === 'broken' ? terminal.paint.red(text) : text;
    });
    return wrap(`claims, ${strategy}: ${texts.join(', ')}`, terminal.width, '  ');
  });
  const untested = [...groupBy(claims, ({ strategy }) => strategy)].flatMap(([strategy, own]) => {
    const causes = own.filter(({ verdict }) => verdict === 'untested').map(({ cause }) => cause);
    return causes.length === 0 ? [] : [`${strategy} (${causes.join(', ')})`];
  });
  if (untested.length > 0) {
    const text = `claims that nothing here tests, as nothing failed for that cause before: ${untested.join(', ')}`;
    lines.push(...wrap(text, terminal.width, '  ').map((line) => terminal.paint.dim(line)));
  }
  return lines.length === 0 ? [] : ['', ...lines];
}

function closing(input: SummaryInput, terminal: Terminal): string[] {
  const lines: string[] = [];
  for (const finding of findings(input.summary)) lines.push(...wrap(finding, terminal.width, '  '));
  lines.push(...wrap(confidence(input.summary), terminal.width, '  '));
  if (input.untilCi !== null) lines.push(...wrap(untilCiSentence(input.untilCi), terminal.width, '  '));
  lines.push('', ...warningLines(input.warnings, terminal));
  for (const cell of input.failed) {
    lines.push(...wrap(failedCellText(cell), terminal.width, '  ').map((line) => terminal.paint.red(line)));
  }
  for (const crossing of input.crossed) lines.push(terminal.paint.red(crossingText(crossing)));
  if (input.failed.length + input.crossed.length > 0) lines.push('');
  lines.push(`results    ${input.path}`, `digest     ${input.digest.slice(0, 16)}`, `reproduce  ${input.reproduce}`);
  return lines;
}
