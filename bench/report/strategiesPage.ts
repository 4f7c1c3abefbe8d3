/**
 * The comparison of strategies as a page of the handbook: per workload who fails how often, what it claims, what it
 * costs and what to think of it, then who each of them is. Everything is computed from the run; nothing here is known
 * before.
 */
import type { StrategyInfo } from '../../sim/index.ts';
import type { CellRecord } from '../run/cell.ts';
import type { ClaimCheck } from '../stats/claims.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { sum } from '../stats/sums.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import { costsOf } from './costs.ts';
import { pointsText, pText, rateText } from './estimates.ts';
import { isConfirmed, verdictOf } from './findings.ts';
import { markdownTable } from './markdownTable.ts';
import { STRATEGY_GROUPS } from './strategyGroups.ts';
import { bytes, count, percent, time } from './units.ts';
import { measuredText } from './workloadWords.ts';

export interface PageInput {
  readonly reproduce: string;
  readonly digest: string;
  readonly tool: string;
  readonly model: string;
  readonly workloads: readonly ResolvedWorkload[];
  readonly summary: readonly SummaryEntry[];
  readonly cellsOf: (entry: SummaryEntry) => readonly CellRecord[];
  readonly claims: readonly ClaimCheck[];
  readonly infos: readonly StrategyInfo[];
}

export function strategiesPage(input: PageInput): string {
  const { reproduce, digest, tool, model, workloads } = input;
  return [
    `Written by \`${reproduce} --docs docs/strategies/README.md\`, version ${tool}, model ${model}, digest ${digest.slice(0, 16)}.`,
    ...workloads.flatMap((workload) => workloadSection(workload, input)),
    '## Who they are',
    ...STRATEGY_GROUPS.flatMap(({ group, title }) => groupSection(group, title, input)),
  ].join('\n\n');
}

function workloadSection(workload: ResolvedWorkload, input: PageInput): string[] {
  const entries = input.summary.filter((entry) => entry.workload === workload.name);
  const baseline = entries.find((entry) => entry.strategy === entry.baseline);
  if (baseline === undefined) return [];
  const before = costsOf(input.cellsOf(baseline));
  const rows = entries.map((entry) => {
    const costs = costsOf(input.cellsOf(entry));
    return [
      entry.strategy,
      claimCell(entry, input.claims),
      rateText(entry.failureRate),
      difference(entry),
      time(entry.latencyMs.p99),
      time(costs.requestCpuMs),
      withChange(costs.ksmdCpu, before.ksmdCpu, percent),
      time(costs.forkP99Ms),
      withChange(costs.rmapItemsBytes, before.rmapItemsBytes, bytes),
      bytes(costs.savedBytes),
      costs.unusableBytes === 0 ? '0' : bytes(costs.unusableBytes),
      verdict(entry, input),
    ];
  });
  const titles = [
    'strategy',
    'claims',
    'failed % [95 %]',
    `points against ${baseline.strategy} [95 %]`,
    'p99',
    'CPU a request',
    'ksmd CPU %',
    'fork p99',
    'rmap_items',
    'saved',
    'CMA not usable',
    'verdict',
  ];
  const aligns = titles.map((_, column) => (column >= 4 && column <= 10 ? ('right' as const) : ('left' as const)));
  return [
    `## ${workload.name}`,
    `${workload.about} ${workload.device}, ${workload.kernel}, ${measuredText(workload)} measured, ${baseline.seeds} seeds, ${count(baseline.attempts)} requests under ${baseline.strategy}.`,
    markdownTable(titles, aligns, rows),
  ];
}

/** `B1 held, B4 broken (6)`. */
function claimCell({ workload, strategy }: SummaryEntry, claims: readonly ClaimCheck[]): string {
  const own = claims.filter((claim) => claim.workload === workload && claim.strategy === strategy);
  const texts = own.map(({ cause, verdict: held, left }) => `${cause} ${held}${left > 0 ? ` (${count(left)})` : ''}`);
  return texts.length === 0 ? 'none' : texts.join(', ');
}

function difference({ strategy, baseline, vsBaseline }: SummaryEntry): string {
  return strategy === baseline ? '' : pointsText(vsBaseline);
}

/** The value, with how much it is more or less than the baseline's where that is 1 % or more. */
function withChange(value: number, before: number, text: (value: number) => string): string {
  const more = before === 0 ? 0 : value / before - 1;
  return Math.abs(more) < 0.01 ? text(value) : `${text(value)} (${more > 0 ? '+' : ''}${(more * 100).toFixed(0)} %)`;
}

/** Failures, broken claims and kernel bugs in a few words. */
function verdict(entry: SummaryEntry, { cellsOf, claims }: PageInput): string {
  const words: string[] = [];
  const failures = verdictOf(entry);
  if (failures === 'baseline') return 'baseline';
  words.push(failures === 'no difference' ? 'no difference' : `${failures}${confirmed(entry)}`);
  const own = claims.filter(({ workload, strategy }) => workload === entry.workload && strategy === entry.strategy);
  if (own.some((claim) => claim.verdict === 'broken')) words.push('claim broken');
  const bugs = sum(
    cellsOf(entry),
    ({ kernelBugs }) => kernelBugs.usedAfterFree + kernelBugs.doubleFree + kernelBugs.leaked,
  );
  if (bugs > 0) words.push(`unsafe: ${count(bugs)} anon_vmas freed too early, twice or never`);
  return words.join('; ');
}

/** Whether the signed-rank test agrees after Holm's correction. */
function confirmed(entry: SummaryEntry): string {
  return isConfirmed(entry) ? ` (p Holm ${pText(entry.vsBaseline.pHolm)})` : ' by the interval alone';
}

function groupSection(group: StrategyInfo['group'], title: string, { infos, summary }: PageInput): string[] {
  const named = new Set(summary.flatMap(({ strategy }) => strategy.split('+')));
  const own = infos.filter((info) => info.group === group && named.has(info.name));
  if (own.length === 0) return [];
  const rows = own.map(({ name, about, origin, claims, costs }) => [
    `\`${name}\``,
    about,
    claims.length === 0 ? 'none' : claims.join(', '),
    origin,
    costs,
  ]);
  return [`### ${title}`, markdownTable(['strategy', 'what it does', 'claims', 'from', 'costs'], [], rows)];
}
