/**
 * A run as Markdown for a pull request, as GitHub shows it: the claim, a table a workload, causes, costs, findings and
 * warnings, details that open. Names and texts of files cannot break out of where they stand.
 */
import type { ResolvedWorkload } from '../plan/types.ts';
import type { CellRecord } from '../run/cell.ts';
import type { StoredRun } from '../run/readRun.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { CAUSE_MEANINGS, causesIn, pagesOfCause } from './causes.ts';
import type { CauseCount } from './causes.ts';
import { confidence, troubleTexts, untilCiSentence, warningTexts } from './closing.ts';
import { costsOf } from './costs.ts';
import { pointsText, pText, rateText, timeText } from './estimates.ts';
import { findings, verdictOf } from './findings.ts';
import { headline } from './headline.ts';
import { code, fenced, prose } from './markdownEscape.ts';
import { markdownTable } from './markdownTable.ts';
import type { Align } from './markdownTable.ts';
import { bytes, count, percent, time } from './units.ts';
import { measuredText } from './workloadWords.ts';

type CellsOf = (entry: SummaryEntry) => readonly CellRecord[];

/** The report as text that ends in a newline. */
export function markdownReport(run: StoredRun): string {
  const { manifest, summary, cellsOf, digest } = run;
  const parts = [
    `# ${prose(headline(summary))}`,
    `Numbers of a model, not of hardware: cma-stress ${prose(manifest.tool)}, model ${code(manifest.model)}. ${prose(confidence(summary))}`,
    ...manifest.workloads.flatMap((workload) => workloadPart(workload, summary, cellsOf)),
    '## Findings',
    findings(summary).map(item).join('\n'),
    ...troublePart(run, cellsOf),
    details('Settings', settingsTable(manifest.workloads)),
    ...claimsPart(run),
    '## Reproduce',
    fenced(manifest.reproduce, 'sh'),
    `Digest of the results: ${code(digest)}. The same command gives the same digest on any machine.`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const item = (text: string): string => `- ${prose(text)}`;

function workloadPart(workload: ResolvedWorkload, summary: readonly SummaryEntry[], cellsOf: CellsOf): string[] {
  const entries = summary.filter((entry) => entry.workload === workload.name);
  const head = [
    `## ${code(workload.name)}`,
    `${prose(workload.about)} ${code(workload.device)}, ${code(workload.kernel)}, ${measuredText(workload)} measured.`,
  ];
  if (entries.length === 0) return [...head, 'No cell of this workload finished.'];
  return [...head, failureTable(entries), costTable(entries, cellsOf), causeTable(entries, cellsOf)];
}

/** A column a title; the first and those in `left` are texts. */
function named(titles: readonly string[], rows: readonly (readonly string[])[], left: readonly number[] = []): string {
  const aligns = titles.map((_, i): Align => (i === 0 || left.includes(i) ? 'left' : 'right'));
  return markdownTable(titles, aligns, rows);
}

function failureTable(entries: readonly SummaryEntry[]): string {
  const { baseline } = entries[0];
  return named(
    [
      'strategy',
      'failed',
      'of',
      'failed % [95 %]',
      `points against ${code(baseline)} [95 %]`,
      'p',
      'latency p99 [95 %]',
      'verdict',
    ],
    entries.map((entry) => {
      const { failureRate, vsBaseline, latencyMs } = entry;
      const isBaseline = entry.strategy === baseline;
      return [
        code(entry.strategy),
        `${entry.failures}`,
        `${entry.attempts}`,
        rateText(failureRate),
        ...(isBaseline ? ['', ''] : [pointsText(vsBaseline), pText(vsBaseline.pHolm)]),
        timeText(latencyMs.p99, latencyMs.p99Low, latencyMs.p99High),
        verdictOf(entry),
      ];
    }),
    [7],
  );
}

function costTable(entries: readonly SummaryEntry[], cellsOf: CellsOf): string {
  return named(
    ['costs', 'CPU of a request', 'ksmd CPU %', 'saved', 'rmap_items peak', 'fork p99', 'CMA not usable', 'refaults'],
    entries.map((entry) => {
      const costs = costsOf(cellsOf(entry));
      return [
        code(entry.strategy),
        time(costs.requestCpuMs),
        percent(costs.ksmdCpu),
        bytes(costs.savedBytes),
        `${count(costs.rmapItemsPeak)} (${bytes(costs.rmapItemsBytes)})`,
        time(costs.forkP99Ms),
        bytes(costs.unusableBytes),
        count(costs.refaults),
      ];
    }),
  );
}

/** Pages that could not be migrated, and those in the way of requests that failed. */
function causeTable(entries: readonly SummaryEntry[], cellsOf: CellsOf): string {
  const all = function* (): Generator<CellRecord> {
    for (const entry of entries) yield* cellsOf(entry);
  };
  const rows = causesIn(all()).map((cause) => {
    const pages = (entry: SummaryEntry, counted: CauseCount): string =>
      count(pagesOfCause(cellsOf(entry), cause, counted));
    const cells = entries.map((entry) => `${pages(entry, 'failed')} (${pages(entry, 'blocking')})`);
    return [`${code(cause)}: ${prose(CAUSE_MEANINGS[cause])}`, ...cells];
  });
  if (rows.length === 0) return 'No page failed to migrate.';
  return named(
    [
      'pages that could not be migrated (in the way of failed requests)',
      ...entries.map(({ strategy }) => code(strategy)),
    ],
    rows,
  );
}

function troublePart(run: StoredRun, cellsOf: CellsOf): string[] {
  const all = [
    ...troubleTexts(run, cellsOf),
    ...(run.untilCi === null ? [] : [untilCiSentence(run.untilCi)]),
    ...warningTexts(run.warnings),
  ];
  return all.length === 0 ? [] : ['## Warnings', all.map(item).join('\n')];
}

function settingsTable(workloads: readonly ResolvedWorkload[]): string {
  const rows = workloads.flatMap(({ name, settings }) =>
    Object.entries(settings).map(([knob, value]) => [code(name), code(knob), code(`${value}`)]),
  );
  return named(['workload', 'setting', 'value'], rows, [1, 2]);
}

function claimsPart({ claims }: StoredRun): string[] {
  if (claims.length === 0) return [];
  const rows = claims.map(({ workload, strategy, cause, verdict, baseline, left }) => [
    code(workload),
    code(strategy),
    code(cause),
    verdict,
    count(baseline),
    count(left),
  ]);
  return [
    details(
      'Claims: causes that a strategy says it removes',
      named(['workload', 'strategy', 'cause', 'verdict', 'under the baseline', 'left'], rows, [1, 2, 3]),
    ),
  ];
}

function details(summary: string, content: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;
}
