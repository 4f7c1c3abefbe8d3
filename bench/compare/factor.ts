/** The one thing that a comparison is about; refuses, or lists, whatever else its sides differ in. */
import { UsageError } from '../errors.ts';
import { nearestHint } from '../plan/suggest.ts';
import { differencesBetween, isBelow, NONE } from './differences.ts';
import type { Difference } from './differences.ts';
import { describedFacts, factsOf } from './facts.ts';
import type { Side } from './sides.ts';

/** More are counted only: a list of fifty paths helps nobody. */
const MOST_SHOWN = 12;

export interface Factor {
  /** null: the sides differ in nothing. */
  readonly name: string | null;
  /** Of each side; null when several paths under the name differ. */
  readonly values: readonly string[] | null;
  /** Further differences that `--force` lets pass. */
  readonly further: readonly Difference[];
}

export interface FactorOptions {
  /** `--factor`. */
  readonly factor: string | null;
  readonly force: boolean;
}

/** All differences of the sides, the coarsest first. `workloads`: what each side calls each matched workload. */
export function differencesOf(sides: readonly Side[], workloads: readonly (readonly string[])[]): Difference[] {
  const found: Difference[] = [];
  const add = (name: string, values: readonly string[]): void => {
    if (new Set(values).size > 1 && !found.some((one) => one.name === name)) found.push({ name, values });
  };
  // The model says what results depend on: a tool that only prints otherwise is no difference.
  const newer = new Set(sides.map(({ manifest }) => manifest.model)).size > 1;
  if (newer) {
    add(
      'version',
      sides.map(({ manifest }) => `${manifest.tool} with model ${manifest.model}`),
    );
  }
  for (const names of workloads) add('workload', names);
  if (sides.every(({ strategies }) => strategies.length === 1)) {
    add(
      'strategy',
      sides.map(({ strategies }) => strategies[0]),
    );
  }
  if (found.some(({ name }) => name === 'workload')) return found;
  for (const names of workloads) {
    const resolved = sides.map(({ manifest }, index) => manifest.workloads.find(({ name }) => name === names[index])!);
    const settings = [...new Set(resolved.flatMap((workload) => Object.keys(workload.settings)))];
    for (const { name, values } of differencesBetween(resolved.map(factsOf), resolved.map(describedFacts), settings)) {
      // A field that only one version has came with it.
      if (!(newer && values.includes(NONE))) add(name, values);
    }
  }
  return found;
}

/** Chooses the factor. Throws UsageError when more differs than it and there is no `--force`. */
export function chooseFactor(sides: readonly Side[], found: readonly Difference[], options: FactorOptions): Factor {
  const named =
    options.factor === null ? found.slice(0, 1) : found.filter(({ name }) => isBelow(options.factor!, name));
  if (options.factor !== null && named.length === 0) refuseFactor(options.factor, found);
  const further = found.filter((one) => !named.includes(one));
  if (further.length > 0 && !options.force) refuse(sides, found, further, options.factor);
  if (named.length === 0) return { name: null, values: null, further };
  return { name: options.factor ?? named[0].name, values: named.length === 1 ? named[0].values : null, further };
}

function refuseFactor(factor: string, found: readonly Difference[]): never {
  const names = found.map(({ name }) => name);
  const known =
    names.length === 0 ? 'they differ in nothing' : `they differ in ${names.slice(0, MOST_SHOWN).join(', ')}`;
  throw new UsageError(`these runs do not differ in '${factor}'`, nearestHint(factor, names, known));
}

function refuse(
  sides: readonly Side[],
  found: readonly Difference[],
  further: readonly Difference[],
  factor: string | null,
): never {
  const what =
    factor === null
      ? `these runs differ in ${found.length} things, so that what they show cannot be put down to one:`
      : `these runs differ in more than '${factor}':`;
  const listed = factor === null ? found : further;
  throw new UsageError(
    [what, ...listed.slice(0, MOST_SHOWN).map((one) => `  ${differenceText(sides, one)}`), ...rest(listed)].join('\n'),
    factor === null
      ? 'make all but one equal; --force compares anyway, --factor NAME says which of them it is about'
      : 'make the others equal; --force compares anyway',
  );
}

function rest(listed: readonly Difference[]): string[] {
  return listed.length <= MOST_SHOWN ? [] : [`  and ${listed.length - MOST_SHOWN} more`];
}

/** `ksm.sleep_millisecs: 20 in a, 500 in b`. */
export function differenceText(sides: readonly Side[], { name, values }: Difference): string {
  return `${name}: ${values.map((value, index) => `${value} in ${sides[index].name}`).join(', ')}`;
}
