/** The rules by which model and recording agree, each with numbers on both sides of its border. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compare, NO_CONTEXT } from './compare.ts';
import type { Comparison, Context } from './compare.ts';
import type { Measure, Observation, Rule } from './measures/measure.ts';

function measure(rule: Rule, more: Partial<Measure> = {}): Measure {
  const unit = rule === 'rate' || rule === 'share' || rule === 'outcome' ? 'share' : 'pages';
  return { name: rule, rule, unit, of: () => null, ...more };
}

function judge(
  rule: Rule,
  recorded: readonly Observation[],
  modelled: readonly Observation[],
  more: Partial<Measure> = {},
  context: Partial<Context> = {},
): Comparison {
  const found = compare(measure(rule, more), recorded, modelled, { ...NO_CONTEXT, ...context });
  assert.ok(found, 'comparable');
  return found;
}

const rates = (...pairs: readonly (readonly [number, number])[]): Observation[] =>
  pairs.map(([hits, of]) => ({ hits, of }));
const numbers = (...values: readonly number[]): Observation[] => values.map((value) => ({ value }));
const times = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));

/** 20 runs of 60 attempts with about the given number of failures each. */
const runs = (failures: number): Observation[] => rates(...times(20, (index) => [failures + (index % 3), 60] as const));

test('rate: overlap of the recorded Wilson interval with what the model gives', () => {
  const found = judge('rate', rates([7, 67]), runs(5));
  assert.is(found.recorded.low.toFixed(3), '0.052');
  assert.is(found.recorded.high.toFixed(3), '0.200');
  assert.ok(found.agree);
  assert.not.ok(judge('rate', rates([7, 67]), runs(30)).agree);
  assert.not.ok(judge('rate', rates([30, 67]), runs(1)).agree);
});

test('rate: repeats together tell more apart than one run does', () => {
  const one = judge('rate', rates([9, 60]), runs(0));
  const eight = judge('rate', rates(...times(8, () => [9, 60] as const)), runs(0));
  assert.not.ok(one.agree);
  assert.ok(eight.modelled.high < one.modelled.high);
  assert.ok(eight.recorded.high - eight.recorded.low < one.recorded.high - one.recorded.low);
});

test('rate: a model that never fails has a bound by its attempts, wider the more these depend on each other', () => {
  const none = rates(...times(20, () => [0, 60] as const));
  const alone = judge('rate', rates([2, 60]), none);
  assert.is(alone.modelled.low, 0);
  assert.ok(alone.modelled.high > 0 && alone.modelled.high < 0.01, `${alone.modelled.high}`);
  const dependent = judge('rate', rates([2, 60]), none, {}, { runEffect: 10 });
  assert.ok(dependent.modelled.high > 8 * alone.modelled.high);
  assert.not.ok(judge('rate', rates([6, 60]), none).agree);
});

test('share: pages of one attempt are no independent evidence', () => {
  const clustered = { hits: 50, of: 1000, clusters: times(10, (index) => [index === 0 ? 50 : 0, 100] as const) };
  const spread = {
    hits: 50,
    of: 1000,
    clusters: times(10, (index) => [5 + (index % 2) - (index % 2 ? 0 : 1), 100] as const),
  };
  const model = rates(...times(20, (index) => [20 + (index % 2), 1000] as const));
  assert.ok(judge('share', [clustered], model).agree);
  assert.not.ok(judge('share', [{ ...spread, hits: 45 }], model).agree);
});

test('mean: events per attempt, above one', () => {
  const recorded = { hits: 40, of: 10, clusters: times(10, (index) => [index < 5 ? 3 : 5, 1] as const) };
  assert.ok(judge('mean', [recorded], rates(...times(20, (index) => [35 + index, 10] as const))).agree);
  assert.not.ok(judge('mean', [recorded], rates(...times(20, (index) => [100 + (index % 2), 10] as const))).agree);
});

test('level: the recorded value lies in what the model gives, or within 5 %', () => {
  const model = numbers(...times(20, (index) => 1000 + (index % 2)));
  assert.ok(judge('level', numbers(1040), model).agree);
  assert.not.ok(judge('level', numbers(1100), model).agree);
  const wide = numbers(...times(20, (index) => 800 + 20 * index));
  assert.ok(judge('level', numbers(1100), wide).agree);
  assert.not.ok(judge('level', numbers(1600), wide).agree);
  // The mean of many repeats must lie closer.
  assert.not.ok(judge('level', numbers(...times(8, () => 1200)), wide).agree);
});

test('level: a floor, where a few units mean nothing', () => {
  const model = numbers(...times(20, () => 0));
  assert.not.ok(judge('level', numbers(3), model).agree);
  assert.ok(judge('level', numbers(3), model, { floor: 4 }).agree);
});

test('settled: within 5 % of the recorded counter, or a few pages', () => {
  assert.ok(judge('settled', numbers(4096), numbers(4000, 3990)).agree);
  assert.not.ok(judge('settled', numbers(4096), numbers(3800, 3810)).agree);
  assert.not.ok(judge('settled', numbers(4096), numbers(4506)).agree);
  assert.not.ok(judge('settled', numbers(0), numbers(5), { floor: 4 }).agree);
  assert.ok(judge('settled', numbers(0), numbers(4), { floor: 4 }).agree);
});

test('exact: nine of ten modelled runs give the recorded value', () => {
  const right = (wrong: number): Observation[] => numbers(...times(20, (index) => (index < wrong ? 4095 : 4096)));
  assert.ok(judge('exact', numbers(4096), right(2)).agree);
  assert.not.ok(judge('exact', numbers(4096), right(3)).agree);
  assert.ok(judge('exact', numbers(4096), right(20), {}, { tolerance: 1 }).agree);
  assert.ok(judge('exact', numbers(4073, 4096), numbers(4080)).agree);
  assert.not.ok(judge('exact', numbers(4073, 4096), numbers(4072)).agree);
});

test('outcome: exact where the repeats agree, else a rate', () => {
  const never = rates(...times(20, () => [0, 1] as const));
  const seldom = rates(...times(20, (index) => [index === 7 ? 1 : 0, 1] as const));
  const always = rates(...times(20, () => [1, 1] as const));
  assert.ok(judge('outcome', rates([0, 1], [0, 1]), seldom).agree);
  assert.not.ok(judge('outcome', rates([0, 1], [0, 1]), always).agree);
  const differ = rates([0, 1], [1, 1], [0, 1], [0, 1]);
  assert.ok(judge('outcome', differ, seldom, {}, { tolerance: 1 }).agree);
  assert.ok(judge('outcome', differ, never, {}, { tolerance: 1 }).agree);
  assert.not.ok(judge('outcome', differ, always, {}, { tolerance: 1 }).agree);
});

test('factor: both ways', () => {
  const check = (value: number): boolean => judge('factor', numbers(10), numbers(value), { factor: 1.3 }).agree;
  assert.equal([7.6, 7.8, 12.9, 13.1].map(check), [false, true, true, false]);
});

test('what a row would have noticed', () => {
  const narrow = numbers(...times(20, (index) => 1000 + index));
  assert.is(judge('level', numbers(1000), narrow).tells, 'both');
  // 100 to 1900: twice as much is 200 to 3800, half is 50 to 950.
  const wide = numbers(...times(20, (index) => 100 + (1800 * index) / 19));
  assert.is(judge('level', numbers(1000), wide).tells, 'neither');
  assert.is(judge('exact', numbers(0), numbers(0)).tells, 'neither');
  assert.is(judge('exact', numbers(5), numbers(5)).tells, 'both');
  assert.is(judge('exact', numbers(5), numbers(5), {}, { tolerance: 3 }).tells, 'twice');
  assert.is(judge('factor', numbers(5), numbers(5), { factor: 7 }).tells, 'neither');
  assert.is(judge('rate', rates([7, 67]), runs(5)).tells, 'neither');
  assert.is(judge('rate', rates(...times(20, () => [7, 67] as const)), runs(5)).tells, 'both');
});

test('a share near 1: what doubles or halves is what is missing to 1', () => {
  const model = rates(...times(20, (index) => [900 + (index % 5), 1000] as const));
  const recorded = { hits: 900, of: 1000, clusters: times(10, (index) => [89 + 2 * (index % 2), 100] as const) };
  assert.is(judge('share', [recorded], model).tells, 'both');
});

test('nothing recorded, or too few modelled runs for a spread: nothing to compare', () => {
  assert.is(compare(measure('rate'), [], runs(1), NO_CONTEXT), null);
  assert.is(compare(measure('rate'), rates([1, 10]), rates([1, 10]), NO_CONTEXT), null);
  assert.is(compare(measure('level'), numbers(1), numbers(1), NO_CONTEXT), null);
  assert.is(compare(measure('exact'), numbers(1), [], NO_CONTEXT), null);
  assert.ok(compare(measure('exact'), numbers(1), numbers(1), NO_CONTEXT));
});

test('intervals hold their value; a model that gives just what was recorded agrees', () => {
  const cluster = fc.tuple(fc.nat(40), fc.integer({ min: 40, max: 90 }));
  const rule = fc.constantFrom<Rule>('rate', 'share', 'mean', 'level', 'settled');
  fc.assert(
    fc.property(fc.array(cluster, { minLength: 2, maxLength: 8 }), rule, (pairs, kind) => {
      const plain = kind === 'level' || kind === 'settled';
      const seen: Observation[] = pairs.map(([hits, of]) =>
        plain ? { value: hits } : { hits, of, clusters: [[hits, of]] },
      );
      const { recorded, modelled, agree } = judge(kind, seen, seen);
      for (const { value, low, high } of [recorded, modelled]) assert.ok(low <= value + 1e-9 && value <= high + 1e-9);
      return agree;
    }),
  );
});

test.run();
