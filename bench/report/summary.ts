/**
 * The summary of a run for people: per workload who fails how often, what it costs and why pages failed, then what was
 * found, where the results are and how to do it again.
 */
import type { ResolvedWorkload } from '../plan/types.ts';
import type { CellRecord, FailedCell } from '../run/cell.ts';
import type { StoredRun } from '../run/readRun.ts';
import type { UntilCiReport } from '../run/rounds.ts';
import type { Crossing } from '../run/threshold.ts';
import type { ClaimCheck } from '../stats/claims.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { groupBy } from '../stats/sums.ts';
import type { Warning } from '../stats/warnings.ts';
import { confidence, crossingText, failedCellText, untilCiSentence, warningLines } from './closing.ts';
import { findings } from './findings.ts';
import { workloadTables } from './summaryTables.ts';
import { wrap } from './table.ts';
import type { Terminal } from './terminal.ts';
import { count } from './units.ts';
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
