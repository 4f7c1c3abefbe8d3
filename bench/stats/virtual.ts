/**
 * Statistics of simulated durations, computed by tinybench: each sample is handed over as `overriddenDuration`, so its
 * estimators (mean, margin of error with Student's t, percentiles) work on virtual milliseconds instead of its clock.
 */
import { Bench } from 'tinybench';
import type { FnReturnedObject } from 'tinybench';

export interface VirtualStatistics {
  readonly samples: number;
  /** ms of simulated time; `margin` is half the 95 % interval of the mean, 0 with one sample. */
  readonly mean: number;
  readonly margin: number;
  readonly sd: number;
  readonly min: number;
  readonly max: number;
}

const NOTHING: VirtualStatistics = { samples: 0, mean: 0, margin: 0, sd: 0, min: 0, max: 0 };

/** Statistics of durations in simulated milliseconds. Samples are taken as independent: give one value per seed. */
export function virtualStatistics(name: string, durationsMs: readonly number[]): VirtualStatistics {
  if (durationsMs.length === 0) return NOTHING;
  const bench = new Bench({ iterations: durationsMs.length, time: 0, warmup: false, throws: true });
  let next = 0;
  bench.add(
    name,
    () =>
      ({
        // tinybench may call a function once more than it counts, to see whether it is asynchronous.
        overriddenDuration: durationsMs[next++ % durationsMs.length],
        overriddenIterationCost: 1,
      }) satisfies FnReturnedObject,
    { async: false },
  );
  bench.runSync();
  const result = bench.tasks[0].result;
  if (result.state !== 'completed') throw new Error(`statistics of ${name}: tinybench ended as ${result.state}`);
  const latency = result.latency;
  const finite = (value: number): number => (Number.isFinite(value) ? value : 0);
  return {
    samples: latency.samplesCount,
    mean: latency.mean,
    margin: latency.samplesCount > 1 ? finite(latency.moe) : 0,
    sd: finite(latency.sd),
    min: latency.min,
    max: latency.max,
  };
}
