/** Wall-clock measuring with tinybench: one warm-up call, then a fixed number of timed ones. */
import { Bench } from 'tinybench';

export interface Timing {
  readonly name: string;
  readonly samples: number;
  /** Wall ms of one call; rme is the relative margin of error of the mean, per cent, 95 %. */
  readonly p50Ms: number;
  readonly meanMs: number;
  readonly minMs: number;
  readonly rmePercent: number;
}

export interface SuiteResult {
  readonly name: string;
  /** What one call does. */
  readonly about: string;
  readonly timings: readonly Timing[];
}

export interface Subject {
  readonly name: string;
  readonly run: () => unknown;
}

/** Times each subject `iterations` times, one subject after the other. Errors of a subject are thrown. */
export async function measure(
  name: string,
  about: string,
  subjects: readonly Subject[],
  iterations: number,
): Promise<SuiteResult> {
  const bench = new Bench({ name, iterations, time: 0, warmupIterations: 1, warmupTime: 0, throws: true });
  for (const subject of subjects) bench.add(subject.name, subject.run);
  await bench.run();
  const timings = bench.tasks.map((task): Timing => {
    const { result } = task;
    if (result.state !== 'completed')
      throw new Error(`suite ${name}, ${task.name}: tinybench ended as ${result.state}`);
    const { latency } = result;
    return {
      name: task.name,
      samples: latency.samplesCount,
      p50Ms: latency.p50,
      meanMs: latency.mean,
      minMs: latency.min,
      rmePercent: Number.isFinite(latency.rme) ? latency.rme : 0,
    };
  });
  return { name, about, timings };
}
