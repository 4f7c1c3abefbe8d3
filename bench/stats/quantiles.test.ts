/** Quantiles over seeds: those of the merged histograms, and their limits. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { distribution, pooledPercentile } from '../run/histogram.ts';
import { pooledQuantiles } from './quantiles.ts';

const pairs = (samples: readonly number[]) => distribution(samples).pairs();

test('the value is the percentile of the merged histograms, between its limits', () => {
  const samples = fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(fc.array(samples, { minLength: 1, maxLength: 6 }), (seeds) => {
      const parts = seeds.map(pairs);
      for (const [i, percent] of [50, 90, 99].entries()) {
        const { value, low, high } = pooledQuantiles(parts, [50, 90, 99], 'x')[i];
        assert.is(value, pooledPercentile(parts, percent));
        assert.ok(low <= value && value <= high);
      }
    }),
    { numRuns: 15 },
  );
});

test('resampling the same seeds of equal histograms moves nothing', () => {
  const parts = [pairs([1000, 2000, 3000]), pairs([1000, 2000, 3000])];
  for (const { value, low, high } of pooledQuantiles(parts, [50, 99], 'x')) assert.equal([low, high], [value, value]);
});

test('seeds that differ give an interval that spans them, and the same one every time', () => {
  const parts = [10, 20, 30, 40, 50, 60].map((scale) => pairs(Array.from({ length: 50 }, (_, i) => scale * (i + 1))));
  const [median] = pooledQuantiles(parts, [50], 'x');
  assert.ok(median.low < 700 && median.high > 900, JSON.stringify(median));
  assert.equal(pooledQuantiles(parts, [50], 'x')[0], median);
});

test('one seed: ranks of the order statistics, by hand', () => {
  // 100 samples: rank of the median 50 +- 9.8, so the samples 40 and 61.
  const [median] = pooledQuantiles([pairs(Array.from({ length: 100 }, (_, i) => i + 1))], [50], 'x');
  assert.equal(median, { value: 50, low: 40, high: 61 });
});

test('no samples: 0', () => {
  assert.equal(pooledQuantiles([[], []], [99], 'x'), [{ value: 0, low: 0, high: 0 }]);
});

test.run();
