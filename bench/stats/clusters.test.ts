/** Ratios over clusters and strata, by hand. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nearWithin } from '../testing/near.ts';
import { clusterRatio, predictMean, stratifiedRatio } from './clusters.ts';
import type { Cluster } from './clusters.ts';
import { failureRate } from './failureRate.ts';

const OF_ITSELF = { share: true, further: null, designEffect: 1 } as const;

const near = nearWithin(1e-6);

test('of itself: by hand, with the pooled value and design effect of the failure rate over seeds', () => {
  // 0, 4, 2 hits of 10: ratio 0.2, residuals -2, 2, 0, var = 3/2 * 8 / 900; t(2) = 4.302653.
  const clusters: Cluster[] = [
    [0, 10],
    [4, 10],
    [2, 10],
  ];
  const seeds = clusters.map(([failures, attempts], seed) => ({ seed, attempts, failures }));
  const found = clusterRatio(clusters, OF_ITSELF);
  assert.is(found.value, failureRate(seeds).mean);
  assert.is(found.designEffect, failureRate(seeds).designEffect);
  near(found.high, 0.2 + 4.302652729911 * Math.sqrt(12 / 900));
});

test('m further clusters: wider by sqrt(1/m + 1/n) over sqrt(1/n), by hand', () => {
  // 0, 2, 4 hits of 10: ratio 0.2, residuals -2, 0, 2, s = 2 / 10; t(2) = 4.302653; m = 1: s * sqrt(1 + 1/3).
  const clusters: Cluster[] = [
    [0, 10],
    [2, 10],
    [4, 10],
  ];
  const { value, high } = clusterRatio(clusters, { share: false, further: 1, designEffect: 1 });
  near(value, 0.2);
  near(high, 0.2 + 4.302652729911 * 0.2 * Math.sqrt(4 / 3));
});

test('events per chance may exceed one, a share may not', () => {
  const clusters: Cluster[] = [
    [10, 10],
    [28, 20],
    [30, 20],
  ];
  assert.ok(clusterRatio(clusters, { ...OF_ITSELF, share: false }).high > 1);
  const all: Cluster[] = [
    [10, 10],
    [19, 20],
    [20, 20],
  ];
  assert.is(clusterRatio(all, { ...OF_ITSELF, further: 1 }).high, 1);
});

test('no event: exact Poisson bound, divided by the design effect and by what few clusters cost', () => {
  const clusters: Cluster[] = [
    [0, 100],
    [0, 100],
    [0, 100],
  ];
  const shrink = (1.959963984540054 / 4.302652729911) ** 2;
  const { low, high } = clusterRatio(clusters, { share: false, further: null, designEffect: 2 });
  assert.is(low, 0);
  near(high, 3.688879454 / (150 * shrink));
});

test('strata weigh as their further clusters do', () => {
  const often: Cluster[] = [
    [5, 10],
    [7, 10],
  ];
  const seldom: Cluster[] = [
    [0, 10],
    [2, 10],
  ];
  near(
    stratifiedRatio(
      [
        { clusters: often, further: 3 },
        { clusters: seldom, further: 1 },
      ],
      true,
    )!.value,
    (3 * 6 + 1) / 40,
  );
  // By hand: s^2 = 2 in each, m = 1, n = 2: variance 2 * 1.5 + 2 * 1.5 = 6, over 20 chances; t(1) = 12.7062.
  const even = stratifiedRatio(
    [
      { clusters: often, further: 1 },
      { clusters: seldom, further: 1 },
    ],
    false,
  )!;
  near(even.value, 7 / 20);
  near(even.high, 7 / 20 + (12.7062047362 * Math.sqrt(6)) / 20);
});

test('differences between strata do not widen the interval: strata without any spread have none', () => {
  const strata = [
    {
      clusters: [
        [5, 10],
        [5, 10],
      ] as Cluster[],
      further: 1,
    },
    {
      clusters: [
        [0, 10],
        [0, 10],
      ] as Cluster[],
      further: 1,
    },
  ];
  assert.is(stratifiedRatio(strata, true), null);
});

test('mean of further values, by hand', () => {
  // 1, 2, 3: s = 1, n = 3, m = 1, t(2) = 4.302653.
  const { value, low } = predictMean([1, 2, 3], 1);
  assert.is(value, 2);
  near(low, 2 - 4.302652729911 * Math.sqrt(4 / 3));
});

test('the interval holds the value; more further clusters narrow it', () => {
  const cluster = fc.tuple(fc.nat(50), fc.integer({ min: 50, max: 80 }));
  fc.assert(
    fc.property(fc.array(cluster, { minLength: 2, maxLength: 12 }), fc.boolean(), (clusters, share) => {
      const one = clusterRatio(clusters, { share, further: 1, designEffect: 1 });
      const many = clusterRatio(clusters, { share, further: 8, designEffect: 1 });
      assert.ok(0 <= one.low && one.low <= one.value && one.value <= one.high);
      return one.low <= many.low && many.high <= one.high;
    }),
  );
});

test.run();
