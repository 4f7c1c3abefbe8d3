import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hashText, mix32, Stream } from './random.ts';

function draws<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test('numbers are pinned: a change here changes every recorded result', () => {
  const stream = new Stream(1, 'ksmd');
  assert.equal(
    draws(4, () => stream.nextUint32()),
    [3_205_895_473, 976_340_916, 973_720_766, 4_095_564_684],
  );
  assert.equal(
    draws(4, () => stream.below(1000)),
    [924, 345, 584, 852],
  );
  assert.equal(
    draws(3, () => Math.floor(stream.exponential(1e9))),
    [1_387_476_383, 2_130_602_627, 513_578_395],
  );
});

test('sfc32 step by step in exact integers', () => {
  const mask = 0xffffffffn;
  let [a, b, c, counter] = [1n, 2n, 3n, 4n];
  const next = (): bigint => {
    const sum = (a + b + counter) & mask;
    counter = (counter + 1n) & mask;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & mask;
    c = (((c << 21n) & mask) | (c >> 11n)) + sum;
    c &= mask;
    return sum;
  };
  const stream = Stream.fromState(1, 2, 3, 4);
  for (let i = 0; i < 2000; i++) assert.is(stream.nextUint32(), Number(next()));
});

test('streams of other names or seeds differ, equal ones agree', () => {
  const first = (seed: number, name: string) => new Stream(seed, name).nextUint32();
  const seen = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    for (const name of ['a', 'b', 'process 1', 'process 2', '']) seen.add(first(seed, name));
  }
  seen.add(first(2 ** 32 + 1, 'a'));
  assert.is(seen.size, 251);
  assert.is(first(7, 'x'), first(7, 'x'));
});

test('mix32 is a bijection on a sample, and hashText knows the order of letters', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (a, b) => (a | 0) === (b | 0) || mix32(a) !== mix32(b)),
    { seed: 1 },
  );
  assert.is.not(hashText('ab'), hashText('ba'));
});

test('below: in range, every value is met, evenly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 }), fc.integer(), (n, seed) => {
      const value = new Stream(Math.abs(seed), 'below').below(n);
      return Number.isInteger(value) && value >= 0 && value < n;
    }),
    { seed: 1 },
  );
  const stream = new Stream(3, 'dice');
  const counts = new Array<number>(6).fill(0);
  for (let i = 0; i < 60_000; i++) counts[stream.below(6)]++;
  // Chi-square with 5 degrees of freedom: 20.5 is passed once in a thousand.
  const chi = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  assert.ok(chi < 20.5, `chi-square ${chi}`);
});

test('unit and chance', () => {
  const stream = new Stream(4, 'unit');
  const values = draws(50_000, () => stream.unit());
  assert.ok(values.every((value) => value >= 0 && value < 1));
  assert.ok(Math.abs(mean(values) - 0.5) < 0.006);
  assert.ok(Math.abs(mean(draws(50_000, () => Number(stream.chance(0.3)))) - 0.3) < 0.01);
  assert.is(stream.chance(0), false);
  assert.is(stream.chance(1), true);
});

test('exponential: mean, variance and tail', () => {
  const stream = new Stream(5, 'exponential');
  const values = draws(100_000, () => stream.exponential(2));
  assert.ok(Math.abs(mean(values) - 2) < 0.03, `mean ${mean(values)}`);
  const square = mean(values.map((value) => value * value));
  assert.ok(Math.abs(square - 8) < 0.3, `second moment ${square}`);
  for (const [limit, share] of [
    [1, 0.6065],
    [2, 0.3679],
    [4, 0.1353],
    [10, 0.0067],
  ]) {
    const above = values.filter((value) => value > limit).length / values.length;
    assert.ok(Math.abs(above - share) < 0.006, `share above ${limit}: ${above}`);
  }
});

test('weighted and shuffle', () => {
  const stream = new Stream(6, 'weighted');
  const counts = [0, 0, 0];
  for (let i = 0; i < 40_000; i++) counts[stream.weighted([1, 2, 1], 4)]++;
  assert.ok(Math.abs(counts[1] / 40_000 - 0.5) < 0.01);
  const values = Int32Array.from({ length: 100 }, (_, i) => i);
  stream.shuffle(values);
  assert.is.not(values[0] === 0 && values[1] === 1 && values[2] === 2, true);
  assert.equal(
    [...values].sort((a, b) => a - b),
    [...Int32Array.from({ length: 100 }, (_, i) => i)],
  );
});

test.run();
