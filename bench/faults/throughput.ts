/** Cells per second of 1, 2 and 4 worker processes, and of threads of the run itself. */
import assert from 'node:assert/strict';
import { availableParallelism, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';
import { EXIT } from '../errors.ts';
import { markdownTable } from '../report/markdownTable.ts';
import { digits3 } from '../report/units.ts';
import { start, type Started } from '../testing/command.ts';
import { listen, says, TINY_RUN } from '../testing/queue.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';
import type { Site } from './site.ts';

/** About ten milliseconds each: what the queue costs is to be seen, but is not all that there is. */
const CELLS = 200;
/** Before the first measurement, so that every thread has begun. */
const WARMING = 20;
/** The median of an odd number is one that was measured. */
const TIMES = 3;
const PROCESSES = [1, 2, 4];

export interface Rate {
  readonly what: string;
  /** Cells per second, ascending. */
  readonly rates: readonly number[];
}

/** `TIMES` measurements of each. */
export async function measureThroughput(site: Site): Promise<Rate[]> {
  writeTinyWorkload(site.dir);
  const rates: Rate[] = [];
  for (const threads of [1, 2]) {
    const what = `local, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    rates.push(await measured(what, () => rateOf(site, (words) => local(site, threads, words))));
  }
  const scene = await site.queue();
  for (const processes of PROCESSES) {
    const workers = Array.from({ length: processes }, () => scene.worker());
    await Promise.all(workers.map((worker) => says(worker, ' for the runs at ')));
    const run = (words: readonly string[]): Started => scene.coordinator(...words);
    await rateOf(site, run, WARMING * processes);
    const what = `queue, ${processes} ${processes === 1 ? 'worker' : 'workers'} of 1 thread`;
    rates.push(await measured(what, () => rateOf(site, run)));
    await site.clear();
  }
  return rates;
}

function local(site: Site, threads: number, words: readonly string[]): Started {
  const started = site.keep(start([...words, '--threads', String(threads)], site.dir));
  listen(started);
  return started;
}

async function measured(what: string, measure: () => Promise<number>): Promise<Rate> {
  const rates: number[] = [];
  for (let i = 0; i < TIMES; i++) rates.push(await measure());
  return { what, rates: rates.sort((a, b) => a - b) };
}

/** From when the command says that cells are run until it says that they were. */
async function rateOf(site: Site, run: (words: readonly string[]) => Started, cells = CELLS): Promise<number> {
  const started = run([...TINY_RUN, '--seeds', String(cells / 2), '--out', site.newRun()]);
  await says(started, `running ${cells} cells`);
  const begin = performance.now();
  await says(started, `${cells} of ${cells} cells in`);
  const seconds = (performance.now() - begin) / 1e3;
  const { code, stderr } = await started.finished;
  assert.equal(code, EXIT.done, stderr);
  return cells / seconds;
}

export function throughputTable(rates: readonly Rate[]): string {
  const median = ({ rates: sorted }: Rate): number => sorted[Math.floor(sorted.length / 2)];
  const base = median(rates.find(({ what }) => what.startsWith('queue'))!);
  return markdownTable(
    ['what runs the cells', 'cells per second', 'least to most', 'ratio to one worker'],
    ['left', 'right', 'right', 'right'],
    rates.map((rate) => [
      rate.what,
      digits3(median(rate)),
      `${digits3(rate.rates[0])} to ${digits3(rate.rates.at(-1)!)}`,
      digits3(median(rate) / base),
    ]),
  );
}

export function throughputNote(): string {
  const cores = availableParallelism();
  const busy = digits3(loadavg()[1]);
  return `Median of ${TIMES} runs of ${CELLS} cells of about 10 ms, all processes on one machine with ${cores} processors, where coordinator, Redis and workers share them: more workers than processors cannot be faster. A local run starts its threads within the time that is measured, workers have run cells before. Load average of the last five minutes, these measurements among it: ${busy}; above ${cores} others used the machine too, and ratios are as uncertain as their ranges.`;
}
