/** The run in three sentences: how often the baseline fails, what helps, and how far that can be trusted. */
import { baselineIn } from '../../stats/summarize.ts';
import type { SummaryEntry } from '../../stats/summarize.ts';
import { seedsText } from '../closing.ts';
import { rateText } from '../estimates.ts';
import { isConfirmed, verdictOf } from '../findings.ts';
import { listed } from '../listed.ts';
import { percent } from '../units.ts';
import type { ReportContext, WorkloadResults } from './context.ts';

/** Workloads that are told of one by one, and strategies besides the best of each. */
const MOST_WORKLOADS = 4;
const MOST_OTHERS = 2;

export function verdict(context: ReportContext): readonly string[] {
  if (context.workloads.length === 0) return ['No cell finished, so nothing can be said.'];
  const asked = context.workloads
    .filter(({ entries }) => baselineIn(entries).attempts > 0)
    .sort((a, b) => rate(baselineIn(b.entries)) - rate(baselineIn(a.entries)));
  if (asked.length === 0) return ['No finished cell asked for contiguous memory, so there is nothing to compare.'];
  return [problem(asked), remedy(asked), trust(context)];
}

/** `asked`: those that fail most first. */
function problem(asked: readonly WorkloadResults[]): string {
  const all = asked.map(({ workload, entries }) => ({ name: workload.name, entry: baselineIn(entries) }));
  const failing = all.filter(({ entry }) => entry.failures > 0);
  const fine = all.filter(({ entry }) => entry.failures === 0).map(({ name }) => name);
  const under = `Under ${all[0].entry.strategy}`;
  if (failing.length === 0) return `${under} no contiguous allocation failed in ${listed(fine)}.`;
  const rates = failing.map(({ name, entry }) => `in ${name} ${rateText(entry.failureRate)} % of ${entry.attempts}`);
  const none = fine.length === 0 ? '' : `; none in ${listed(fine)}`;
  return `${under} contiguous allocations failed: ${clauses(rates, 'workloads')}${none}.`;
}

function remedy(asked: readonly WorkloadResults[]): string {
  const others = asked.flatMap(({ entries }) => entries.filter((entry) => verdictOf(entry) !== 'baseline'));
  if (others.length === 0) return 'There is nothing to compare it with, as only one strategy ran.';
  const helped = asked.filter(({ entries }) => betterOf(entries).length > 0);
  const unhelped = asked.filter(
    ({ entries }) => betterOf(entries).length === 0 && baselineIn(entries).failures > 0 && entries.length > 1,
  );
  const worse = asked.flatMap(({ workload, entries }) =>
    entries.flatMap((entry) => (verdictOf(entry) === 'higher' ? [`${entry.strategy} in ${workload.name}`] : [])),
  );
  const sentences: string[] = [];
  if (helped.length > 0) {
    const none =
      unhelped.length === 0
        ? ''
        : `; in ${listed(unhelped.map(({ workload }) => workload.name))} no strategy helps beyond chance`;
    sentences.push(`${capital(clauses(helped.map(helpText), 'workloads'))}${none}.`);
  } else if (worse.length > 0) sentences.push('No strategy has fewer failures beyond chance.');
  else if ([...others, ...asked.map(({ entries }) => baselineIn(entries))].every(({ failures }) => failures === 0)) {
    sentences.push('Nor did any fail under another strategy.');
  } else sentences.push('No strategy differs from the baseline beyond chance.');
  if (worse.length > 0) sentences.push(`More fail under ${listed(worse)}.`);
  return sentences.join(' ');
}

/** The best first. */
function betterOf(entries: readonly SummaryEntry[]): SummaryEntry[] {
  return entries.filter((entry) => verdictOf(entry) === 'lower').sort((a, b) => rate(a) - rate(b));
}

/** `in fork-heavy heir-items removes all failures, retry-100ms 78 % of them`. */
function helpText({ workload, entries }: WorkloadResults): string {
  const before = rate(baselineIn(entries));
  const better = betterOf(entries);
  const best = rate(better[0]);
  const equal = better.filter((entry) => rate(entry) === best).map(({ strategy }) => strategy);
  const others = better.slice(equal.length);
  const share = (left: number): string => `${percent((before - left) / before)} %`;
  const remove = equal.length === 1 ? 'removes' : 'each remove';
  const removed = best === 0 ? 'all failures' : `${share(best)} of the failures`;
  const more =
    others.length === 0
      ? ''
      : others.length <= MOST_OTHERS
        ? others.map((entry) => `, ${entry.strategy} ${share(rate(entry))}`).join('')
        : `, ${others.length} others some of them`;
  return `in ${workload.name} ${listed(equal)} ${remove} ${removed}${more}`;
}

function rate({ failureRate }: SummaryEntry): number {
  return failureRate.mean;
}

/** Clauses that hold commas themselves. */
function clauses(all: readonly string[], what: string): string {
  if (all.length <= MOST_WORKLOADS) return all.join('; ');
  const shown = all.slice(0, MOST_WORKLOADS - 1);
  return `${shown.join('; ')}; and ${all.length - shown.length} more ${what}`;
}

function trust({ run }: ReportContext): string {
  const apart = run.summary.filter((entry) => ['lower', 'higher'].includes(verdictOf(entry)));
  const unconfirmed = apart.filter((entry) => !isConfirmed(entry));
  const isTooFew = unconfirmed.length > 0 && unconfirmed.every(({ vsBaseline }) => vsBaseline.tooFewSeeds);
  const test =
    apart.length === 0
      ? ''
      : unconfirmed.length === 0
        ? ', and the signed-rank test bears every difference out'
        : isTooFew
          ? ', too few for the signed-rank test to bear the differences out'
          : `, and the signed-rank test does not bear out ${unconfirmed.length} of ${apart.length} differences`;
  const broken = run.claims.filter((claim) => claim.verdict === 'broken').length;
  const claims = broken === 0 ? '' : `; ${broken} ${broken === 1 ? 'claim was' : 'claims were'} broken`;
  const left = run.failed.length;
  const failed = left === 0 ? '' : `; ${left} ${left === 1 ? 'cell failed and is' : 'cells failed and are'} left out`;
  return `All of this comes from a model of the device, not from a phone, with ${seedsText(run.summary)} a strategy${test}${claims}${failed}.`;
}

function capital(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}`;
}
