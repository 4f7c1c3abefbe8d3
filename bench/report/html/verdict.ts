/** The run in three sentences: how often the baseline fails, what helps, and how far that can be trusted. */
import { rateText } from '../estimates.ts';
import { verdictOf } from '../findings.ts';
import { percent } from '../units.ts';
import type { ReportContext, WorkloadResults } from './context.ts';

/** Names that a sentence can hold. */
const MOST_NAMES = 3;

export function verdict(context: ReportContext): readonly string[] {
  if (context.workloads.length === 0) return ['No cell finished, so nothing can be said.'];
  const asked = context.workloads.filter(({ entries }) => baselineOf(entries).attempts > 0);
  if (asked.length === 0) return ['No finished cell asked for contiguous memory, so there is nothing to compare.'];
  return [problem(asked), remedy(asked), trust(context)];
}

type Entries = WorkloadResults['entries'];

function baselineOf(entries: Entries): Entries[number] {
  return entries.find((entry) => entry.strategy === entry.baseline)!;
}

function problem(asked: readonly WorkloadResults[]): string {
  const all = asked.map(({ workload, entries }) => ({ name: workload.name, entry: baselineOf(entries) }));
  const failing = all
    .filter(({ entry }) => entry.failures > 0)
    .sort((a, b) => b.entry.failureRate.mean - a.entry.failureRate.mean);
  const fine = all.filter(({ entry }) => entry.failures === 0).map(({ name }) => name);
  const [{ entry: first }] = all;
  if (failing.length === 0) return `Under ${first.strategy} no contiguous allocation failed, in ${listed(fine)}.`;
  const rates = failing.map(
    ({ name, entry }) => `${rateText(entry.failureRate)} % of ${entry.attempts} contiguous allocations in ${name}`,
  );
  const none = fine.length === 0 ? '' : `, and none in ${listed(fine)}`;
  return `Under ${failing[0].entry.strategy} ${listed(rates)} failed${none}.`;
}

function remedy(asked: readonly WorkloadResults[]): string {
  const told = asked.flatMap(({ workload, entries }) => {
    const baseline = baselineOf(entries);
    const better = entries
      .filter((entry) => verdictOf(entry) === 'lower')
      .sort((a, b) => a.failureRate.mean - b.failureRate.mean);
    if (better.length === 0) return [];
    const [{ failureRate: best }] = better;
    const equal = better.filter(({ failureRate }) => failureRate.mean === best.mean).map(({ strategy }) => strategy);
    const removed = percent((baseline.failureRate.mean - best.mean) / baseline.failureRate.mean);
    const others = better.length - equal.length;
    const more = others === 0 ? '' : `, and ${others} other ${others === 1 ? 'strategy has' : 'strategies have'} fewer`;
    const remove = equal.length === 1 ? 'removes' : 'remove';
    return [`in ${workload.name} ${listed(equal)} ${remove} ${removed} % of the failures${more}`];
  });
  const worse = asked.flatMap(({ workload, entries }) =>
    entries.flatMap((entry) => (verdictOf(entry) === 'higher' ? [`${entry.strategy} (${workload.name})`] : [])),
  );
  const harm = worse.length === 0 ? '' : `; more failures: ${listed(worse)}`;
  if (told.length > 0) return `${capital(listed(told))}${harm}.`;
  if (worse.length > 0) return `No strategy has fewer failures beyond chance${harm}.`;
  const compared = asked.some(({ entries }) => entries.length > 1);
  return compared
    ? 'No strategy differs from the baseline beyond chance.'
    : 'There is nothing to compare it with, as only one strategy ran.';
}

function trust({ run }: ReportContext): string {
  const seeds = run.summary.map((entry) => entry.seeds);
  const [least, most] = [Math.min(...seeds), Math.max(...seeds)];
  const n = least === most ? `${least} ${least === 1 ? 'seed' : 'seeds'}` : `${least} to ${most} seeds`;
  const apart = run.summary.filter((entry) => ['lower', 'higher'].includes(verdictOf(entry)));
  const unconfirmed = apart.filter(({ vsBaseline }) => vsBaseline.pHolm >= 0.05);
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
  const claims = broken === 0 ? '' : `; ${broken} claims of strategies were broken`;
  const failed = run.failed.length === 0 ? '' : `; ${run.failed.length} cells failed and are left out`;
  return `All of this comes from a model of the device, not from a phone, with ${n} a strategy${test}${claims}${failed}.`;
}

/** `a, b and c`; of many the first few and how many more. */
function listed(names: readonly string[]): string {
  if (names.length > MOST_NAMES + 1) {
    return `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
  }
  return names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}

function capital(text: string): string {
  return `${text[0].toUpperCase()}${text.slice(1)}`;
}
