/** Every field of an entry of `summary`, in its order: unit, meaning, and the line that makes it. */
import { metric, type MetricSection } from './metric.ts';

const SUMMARIZE = 'bench/stats/summarize.ts';
const RATE = 'bench/stats/failureRate.ts';
const PAIRED = 'bench/stats/paired.ts';

export const SUMMARY_METRICS: MetricSection = {
  heading: 'An entry of `summary`: a workload under a strategy, over its seeds',
  metrics: [
    metric('workload', '', 'name of the workload', SUMMARIZE, '    workload,'),
    metric('strategy', '', 'strategies, joined by `+`', SUMMARIZE, 'strategy: name,'),
    metric('seeds', 'cells', 'cells with results', SUMMARIZE, 'seeds: counts.length'),
    metric('attempts', 'attempts', 'over all of them', SUMMARIZE, 'attempts: sum(counts'),
    metric('failures', 'attempts', 'those that returned no memory', SUMMARIZE, 'failures: sum(counts'),
    metric('failureRate.mean', '0..1', 'failures / attempts over all seeds', RATE, 'mean: rate,'),
    metric('failureRate.low', '0..1', 'lower end of its 95 % interval', RATE, 'low: rate === 0 ? 0 : Math.max'),
    metric('failureRate.high', '0..1', 'upper end', RATE, 'high: rate === 1 ? 1 : Math.min'),
    metric(
      'failureRate.designEffect',
      'ratio',
      'variance over that of independent attempts; `null` where it cannot be seen',
      RATE,
      'const designEffect = spread',
    ),
    metric(
      'failureRate.method',
      '',
      '[how the interval was made](results.md#how-the-intervals-are-made): `seeds`, `bound`, `one-seed`, `no-attempts`',
      RATE,
      "method: n === 1 ? 'one-seed'",
    ),
    metric(
      'baseline',
      '',
      'the strategy compared with: `stock`, or the first when `stock` is not run',
      SUMMARIZE,
      'function baselineOf(',
    ),
    metric(
      'vsBaseline.difference',
      '-1..1',
      "failure rate less the baseline's, over the seeds that both have",
      PAIRED,
      'pairs.map(({ a }) => a), designEffect)',
    ),
    metric('vsBaseline.low', '-1..1', 'lower end of its 95 % interval', PAIRED, 'const limits = limitsOf('),
    metric('vsBaseline.high', '-1..1', 'upper end', PAIRED, 'const limits = limitsOf('),
    metric('vsBaseline.p', '0..1', 'of the signed-rank test, two-sided', PAIRED, 'const { p, effect } = signedRank('),
    metric(
      'vsBaseline.effect',
      '-1..1',
      'matched-pairs rank-biserial correlation: -1 where no seed has more failures than under the baseline',
      PAIRED,
      'const { p, effect } = signedRank(',
    ),
    metric(
      'vsBaseline.cohensH',
      '-pi..pi',
      "Cohen's h: 0.2 is called small, 0.5 medium, 0.8 large",
      PAIRED,
      'return 2 * Math.asin(',
    ),
    metric('vsBaseline.pairs', 'seeds', 'seeds that both have', PAIRED, 'pairs: n,'),
    metric(
      'vsBaseline.seedsNeeded',
      'seeds',
      'seeds that would do to tell a difference of this size; `null` when it is told, or when nothing says how many',
      PAIRED,
      'seedsNeeded: told',
    ),
    metric(
      'vsBaseline.method',
      '',
      'how the interval was made: `bootstrap`, `few-seeds`, `square-and-add`; `baseline` for the baseline itself',
      PAIRED,
      'const method = variance',
    ),
    metric(
      'vsBaseline.pHolm',
      '0..1',
      "`p` after Holm's correction over the strategies of the workload",
      SUMMARIZE,
      'pHolm: corrected[',
    ),
    metric(
      'vsBaseline.tooFewSeeds',
      'true or false',
      'however clear the difference, `pHolm` could not be below 0.05',
      SUMMARIZE,
      'tooFewSeeds: cannotTell(',
    ),
    metric(
      'latencyMs.mean',
      'ms',
      'latency of an attempt, mean over seeds',
      SUMMARIZE,
      'const { mean, margin } = virtualStatistics(',
    ),
    metric('latencyMs.low', 'ms', 'lower end of its 95 % interval', SUMMARIZE, 'low: Math.max(0, mean - margin)'),
    metric('latencyMs.high', 'ms', 'upper end', SUMMARIZE, 'high: mean + margin'),
    ...['50', '90', '99'].flatMap((of) => [
      metric(
        `latencyMs.p${of}`,
        'ms',
        `percentile ${of} of the attempts of all seeds together`,
        SUMMARIZE,
        `p${of}: p${of}.value`,
      ),
      metric(`latencyMs.p${of}Low`, 'ms', 'lower end of its 95 % interval', SUMMARIZE, `p${of}Low: p`),
      metric(`latencyMs.p${of}High`, 'ms', 'upper end', SUMMARIZE, `p${of}High: p`),
    ]),
    metric(
      'fullScanMs.p50',
      'ms',
      'median full scan of ksmd, all seeds together',
      SUMMARIZE,
      'pooledPercentile(fullScans, 50)',
    ),
  ],
};
