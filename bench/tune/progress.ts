/** Progress of a search on stderr: a spinner on a terminal, a line for each step anywhere else. */
import { performance } from 'node:perf_hooks';
import { percent, time } from '../report/units.ts';
import { canSpin, spin } from '../run/progress.ts';
import { labelOf } from './setting.ts';
import type { BestSoFar, TuneProgress } from './tune.ts';

export function startTuneProgress(
  strategy: string,
  threads: number,
  stream: NodeJS.WriteStream,
): TuneProgress & { stop(): void } {
  const start = performance.now();
  const workers = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const spinner = canSpin(stream) ? spin(`searching on ${workers}`, stream) : null;
  if (spinner === null) stream.write(`searching on ${workers}\n`);
  let cells = 0;
  let last = '';
  const text = (): string => `${cells} cells${last}`;
  return {
    cell() {
      cells++;
      if (spinner !== null) spinner.text = text();
    },
    stage(stage, best, share) {
      last = `, ${percent(Math.min(1, share))} % of the budget: ${stage}; best so far ${bestText(best, strategy)}`;
      if (spinner === null) stream.write(`${text()}\n`);
      else spinner.text = text();
    },
    stop() {
      spinner?.stop();
      stream.write(`${cells} cells in ${((performance.now() - start) / 1e3).toFixed(1)} s\n`);
    },
  };
}

/** `256 / 1500 ms: 0.4 % of 480 failed, p99 150 ms`. */
export function bestText({ candidate, score }: BestSoFar, strategy: string): string {
  const { failureRate, attempts, p99Us } = score;
  return `${labelOf(candidate.setting, strategy)}: ${percent(failureRate)} % of ${attempts} failed, p99 ${time(p99Us / 1e3)}`;
}
