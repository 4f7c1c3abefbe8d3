/**
 * A run as Markdown for a pull request, as GitHub shows it: the claim, a table a workload, causes, costs, findings and
 * warnings, details that open. Names and texts of files cannot break out of where they stand.
 */
import { CAUSES } from '../../sim/index.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import type { CellRecord } from '../run/cell.ts';
import type { StoredRun } from '../run/readRun.ts';
import { sum } from '../stats/failureRate.ts';
import { cellsIn, groupBy } from '../stats/summarize.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { CAUSE_MEANINGS } from './causes.ts';
import { bugSentence, crossingText, untilCiSentence } from './closing.ts';
import { costsOf } from './costs.ts';
import { findings, verdictOf } from './findings.ts';
import { headline } from './headline.ts';
import { code, fenced, prose } from './markdownEscape.ts';
import { markdownTable } from './markdownTable.ts';
import type { Align } from './markdownTable.ts';
import { bytes, count, digits3, percent, time } from './units.ts';

type CellsOf = (entry: SummaryEntry) => readonly CellRecord[];

/** The report as text that ends in a newline. */
export function markdownReport(run: StoredRun): string {
  const { manifest, summary, records, digest } = run;
  const cellsOf = cellsIn(records);
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

function confidence(summary: readonly SummaryEntry[]): string {
  const seeds = [...new Set(summary.map((entry) => entry.seeds))].sort((a, b) => a - b);
  if (seeds.length === 0) return 'No cell finished.';
  const counted = seeds.length === 1 ? `${seeds[0]}` : `${seeds[0]} to ${seeds[seeds.length - 1]}`;
  return `Intervals are 95 %, over ${counted} ${counted === '1' ? 'seed' : 'seeds'}; lower and higher mean that the interval of the difference leaves out 0.`;
}

function workloadPart(workload: ResolvedWorkload, summary: readonly SummaryEntry[], cellsOf: CellsOf): string[] {
  const entries = summary.filter((entry) => entry.workload === workload.name);
  const seconds = digits3(workload.description.durationNs / 1e9);
  const head = [
    `## ${code(workload.name)}`,
    `${prose(workload.about)} ${code(workload.device)}, ${code(workload.kernel)}, ${seconds} s measured.`,
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
      const { failureRate: rate, vsBaseline, latencyMs } = entry;
      const isBaseline = entry.strategy === baseline;
      return [
        code(entry.strategy),
        `${entry.failures}`,
        `${entry.attempts}`,
        `${percent(rate.mean)} [${percent(rate.low)}, ${percent(rate.high)}]`,
        isBaseline ? '' : `${points(vsBaseline.difference)} [${points(vsBaseline.low)}, ${points(vsBaseline.high)}]`,
        isBaseline ? '' : digits3(vsBaseline.pHolm),
        `${time(latencyMs.p99)} [${time(latencyMs.p99Low)}, ${time(latencyMs.p99High)}]`,
        verdictOf(entry),
      ];
    }),
    [7],
  );
}

function points(share: number): string {
  return `${share > 0 ? '+' : ''}${digits3(share * 100)}`;
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
  const rows = CAUSES.flatMap((cause) => {
    const counts = entries.map((entry) => {
      const cells = cellsOf(entry);
      const failed = sum(cells, ({ migration }) => migration.failedByCause[cause]);
      const blocking = sum(cells, ({ cma }) => cma.blockedByCause[cause]);
      return { failed, blocking };
    });
    if (counts.every(({ failed, blocking }) => failed + blocking === 0)) return [];
    const cells = counts.map(({ failed, blocking }) => `${count(failed)} (${count(blocking)})`);
    return [[`${code(cause)}: ${prose(CAUSE_MEANINGS[cause])}`, ...cells]];
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

function troublePart({ summary, warnings, failed, crossed, untilCi }: StoredRun, cellsOf: CellsOf): string[] {
  const messages = [...groupBy(warnings, ({ message }) => message)].map(([message, some]) => {
    const places = some.flatMap(({ workload, strategy }) =>
      workload === null ? [] : [strategy === null ? workload : `${workload}/${strategy}`],
    );
    return `${places.length === 0 ? '' : `${places.join(', ')}: `}${message}`;
  });
  const all = [
    ...summary.flatMap((entry) => bugSentence(`${entry.workload}: ${entry.strategy}`, cellsOf(entry)) ?? []),
    ...failed.map(
      ({ workload, strategy, seed, error }) =>
        `failed cell ${workload}/${strategy} seed ${seed}: ${error.name}: ${error.message}`,
    ),
    ...crossed.map(crossingText),
    ...(untilCi === null ? [] : [untilCiSentence(untilCi)]),
    ...messages,
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
