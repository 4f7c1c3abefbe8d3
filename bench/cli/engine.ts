/** `--engine`: what runs the cells of `cma-stress run`. */
import { UsageError } from '../errors.ts';
import { withoutPasswords } from '../queue/redisUrl.ts';
import { commandLine } from '../report/commandLine.ts';
import type { CellLine } from '../run/cell.ts';
import type { RunFolder } from '../run/folder.ts';
import { LIMIT_OPTIONS, parseLimits } from '../run/limits.ts';
import { parseLine, storedLines } from '../run/lines.ts';
import { localEngine } from '../run/pool.ts';
import type { LocalEngine } from '../run/pool.ts';
import { startThreads, WarmThreads } from '../run/threads.ts';
import type { StartThreads } from '../run/threads.ts';
import type { RunOptions } from './openRun.ts';
import { wholeNumber } from './options.ts';
import { REDIS_OPTIONS, redisSettings } from './redisOptions.ts';
import { say } from './stderr.ts';

const DEFAULT_PRIORITY = 50;

export interface ChosenEngine {
  /** What the progress names in place of threads; null: threads of this process. */
  readonly where: string | null;
  /** Throws UsageError for a run that it cannot run. */
  engineOf(folder: RunFolder): LocalEngine;
  /** Threads for what follows the run; where cells ran in this process, those. */
  readonly start: StartThreads;
  close(): Promise<void>;
}

/** Checks the options and connects, before there is a folder. Throws UsageError. */
export async function chooseEngine(options: RunOptions, threads: number, invoked: string): Promise<ChosenEngine> {
  const { engine = 'local' } = options;
  if (engine === 'local') {
    const given = ([...REDIS_OPTIONS, 'priority'] as const).find((name) => options[name] !== undefined);
    if (given !== undefined)
      throw new UsageError(`--${dashed(given)} is for --engine bullmq`, 'add --engine bullmq, or leave it out');
    const limits = parseLimits(options);
    const warm = new WarmThreads();
    const { start } = warm;
    return { where: null, engineOf: () => localEngine(threads, { limits, start }), start, close: () => warm.close() };
  }
  if (engine !== 'bullmq') throw new UsageError(`--engine expects local or bullmq, not '${engine}'`);
  const limit = LIMIT_OPTIONS.find((name) => options[name] !== undefined);
  if (limit !== undefined)
    throw new UsageError(
      `--${dashed(limit)} is for what runs the cells: with --engine bullmq those are the workers`,
      `cma-stress worker --${dashed(limit)} ...`,
    );
  const priority =
    options.priority === undefined ? DEFAULT_PRIORITY : wholeNumber('--priority', options.priority, 1, 100);
  const settings = redisSettings(options);
  const { connectQueue } = await import('../queue/engine.ts');
  const queue = await connectQueue({ ...settings, priority, say });
  return {
    where: `the workers at ${settings.address.host}:${settings.address.port}`,
    engineOf(folder) {
      const plugins = folder.manifest.plugins === undefined ? [] : ['--allow-plugins'];
      const engine = queue.engineOf({
        path: folder.path,
        manifest: () => folder.manifest,
        kept: () => cellsIn(folder),
        startWorker: commandLine(invoked, ['worker', ...redisWords(options), ...plugins]),
      });
      // What workers run is told by the engine, which has to ask them; they run every cell.
      return { ...engine, running: () => 0, alike: () => 0 };
    },
    start: startThreads,
    close() {
      queue.close();
      return Promise.resolve();
    },
  };
}

/** The options that choose the same engine again, without a password. */
export function engineWords(options: RunOptions): string[] {
  if (options.engine !== 'bullmq') return [];
  return ['--engine', 'bullmq', ...redisWords(options)];
}

function redisWords(options: RunOptions): string[] {
  const words = REDIS_OPTIONS.flatMap((name) => {
    const value = options[name];
    return value === undefined || name === 'connectTimeout' ? [] : [`--${dashed(name)}`, value];
  });
  return withoutPasswords(words);
}

function* cellsIn({ cellsFile }: RunFolder): Generator<CellLine> {
  for (const { text, number } of storedLines(cellsFile)) yield parseLine(text, cellsFile, number);
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
