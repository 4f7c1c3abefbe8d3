/** Wall-clock measuring with tinybench: warm-up calls, mostly one, then a fixed number of timed ones. */
import { Bench } from 'tinybench';
import { medianLimits } from '../stats/medianLimits.ts';

export interface Timing {
  readonly name: string;
  readonly samples: number;
  /** Wall ms of one call: median with its 95 % limits (bench/stats/medianLimits.ts), mean, fastest. */
  readonly p50Ms: number;
  readonly lowMs: number;
  readonly highMs: number;
  readonly meanMs: number;
  readonly minMs: number;
  /** Relative margin of error of the mean, per cent, 95 %. */
  readonly rmePercent: number;
  /** One of many equal pieces of work that a call does; left out: the call is one piece. */
  readonly perUnit?: PerUnit;
}

/** Wall ns of one piece of work: the median call's, with its 95 % limits. */
export interface PerUnit {
  /** What one is: `visit`, `page`, `pte`. */
  readonly unit: string;
  /** Pieces in one call. */
  readonly count: number;
  readonly ns: number;
  readonly lowNs: number;
  readonly highNs: number;
}

/** A number that is no wall time of a call, or is made of several. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** 95 % limits; left out where the number is exact. */
  readonly low?: number;
  readonly high?: number;
  /** `MB`, `device s / wall s`, `x`: words for the table. */
  readonly unit: string;
  /** Which way is better. */
  readonly better: 'less' | 'more';
  /** Calls or runs it comes from. */
  readonly samples: number;
}

export interface SuiteResult {
  readonly name: string;
  /** What one call does. */
  readonly about: string;
  readonly timings: readonly Timing[];
  readonly figures?: readonly Figure[];
}

export interface Subject {
  readonly name: string;
  readonly run: () => unknown;
  /**
   * Before and after each call, outside the timed span: to set up what the call uses up, to check what it did. For a
   * `run` that returns no promise. Errors are thrown.
   */
  readonly before?: () => void;
  readonly after?: () => void;
  /** Pieces of work in a call, and what one is. */
  readonly work?: { readonly unit: string; readonly count: number };
}

function addTo(bench: Bench, { name, run, before, after }: Subject): void {
  if (before === undefined && after === undefined) {
    bench.add(name, run);
    return;
  }
  // tinybench comes to afterEach also when what went before threw, and then keeps the error of afterEach alone.
  let isDone = false;
  const timed = (): unknown => {
    const result = run();
    isDone = true;
    return result;
  };
  bench.add(name, timed, {
    // Else tinybench makes a call more, without these two, to see whether a promise comes back.
    async: false,
    beforeEach: () => {
      isDone = false;
      before?.();
    },
    afterEach: () => {
      if (isDone) after?.();
    },
  });
}

/**
 * Times each subject `iterations` times, one subject after the other, after `warm` calls that are not timed. Errors of
 * a subject are thrown.
 */
export async function measure(
  name: string,
  about: string,
  subjects: readonly Subject[],
  iterations: number,
  warm = 1,
): Promise<SuiteResult> {
  const options = { iterations, time: 0, warmupIterations: warm, warmupTime: 0, throws: true, retainSamples: true };
  const bench = new Bench({ name, ...options });
  for (const subject of subjects) addTo(bench, subject);
  await bench.run();
  const timings = bench.tasks.map((task, index): Timing => {
    const { result } = task;
    if (result.state !== 'completed')
      throw new Error(`suite ${name}, ${task.name}: tinybench ended as ${result.state}`);
    const { latency } = result;
    const { median, low, high } = medianLimits(latency.samples ?? []);
    const timing = {
      name: task.name,
      samples: latency.samplesCount,
      p50Ms: median,
      lowMs: low,
      highMs: high,
      meanMs: latency.mean,
      minMs: latency.min,
      rmePercent: Number.isFinite(latency.rme) ? latency.rme : 0,
    };
    const { work } = subjects[index];
    if (work === undefined) return timing;
    const ns = (ms: number): number => (ms * 1e6) / work.count;
    return { ...timing, perUnit: { ...work, ns: ns(median), lowNs: ns(low), highNs: ns(high) } };
  });
  return { name, about, timings };
}
