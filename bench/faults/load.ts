/** Many tiny cells through the queue: what Redis and the coordinator hold at most must not grow with the run. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../errors.ts';
import { bytes, count } from '../report/units.ts';
import { QueueScene, says } from '../testing/queue.ts';
import { startRedis } from '../testing/redis.ts';
import type { Toll } from './fault.ts';
import { planWords, type Site } from './site.ts';
import { tollOf } from './toll.ts';

/** As short as a cell can be: about two milliseconds, nearly all of them to boot. */
const SHORTEST = ['--set', 'warm_up=1ms', '--duration', '1ms'];
/**
 * Of Redis, above what it takes when it is empty. A thread has three jobs of 500 cells at most under way, whose results
 * are some 2 kB each and compress to a third: 1 MB. Buffers of connections and of the append-only file take the rest;
 * the results of 20,000 cells would take 40 MB.
 */
const MOST_REDIS = 8 * 1024 ** 2;
/**
 * Of the coordinator: Node with its modules takes about 100 MB, and its heap grows to some multiple of what it uses
 * before it is collected. For each cell there is an entry of a hundred bytes: 2 MB.
 */
const MOST_COORDINATOR = 400 * 1024 ** 2;
/** How often the coordinator's peak is read, ms: it only grows. */
const LOOK_MS = 100;

export interface Load {
  readonly cells: number;
  readonly toll: Toll;
  /** Bytes: peak of Redis above what it takes when it is empty, of the coordinator, and of the results. */
  readonly redis: number;
  /** null where the system does not tell. */
  readonly coordinator: number | null;
  readonly results: number;
}

/** Runs so many cells with one worker, on a Redis of their own, whose peak is theirs. */
export async function measureLoad(site: Site, cells: number): Promise<Load> {
  const words = [...planWords(cells), ...SHORTEST];
  const reference = await site.reference(words);
  const scene = new QueueScene(site.dir, await startRedis(join(site.dir, 'redis-of-load')));
  try {
    const worker = scene.worker();
    await says(worker, ' for the runs at ');
    const run = site.newRun();
    const before = await memoryOf(scene, 'used_memory_startup');
    const coordinator = scene.coordinator(...words, '--out', run);
    let peak: number | null = null;
    const look = setInterval(() => (peak = peakOf(coordinator.child.pid!) ?? peak), LOOK_MS);
    const { code, stderr } = await coordinator.finished.finally(() => clearInterval(look));
    assert.equal(code, EXIT.done, stderr);
    return {
      cells,
      toll: tollOf(reference, site.path(run)),
      redis: (await memoryOf(scene, 'used_memory_peak')) - before,
      coordinator: peak,
      results: reference.bytes.length,
    };
  } finally {
    await scene.end();
  }
}

async function memoryOf({ client }: QueueScene, field: string): Promise<number> {
  const found = new RegExp(`^${field}:(\\d+)`, 'm').exec(await client.info('memory'));
  if (found === null) throw new Error(`Redis does not say ${field}`);
  return Number(found[1]);
}

/** Most memory that a process has had, bytes; null when it is gone, or where there is no /proc. */
function peakOf(pid: number): number | null {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return null;
  const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(file, 'utf8'));
  return found === null ? null : Number(found[1]) * 1024;
}

/** What is wrong; null when nothing is. */
export function loadTrouble({ toll, redis, coordinator }: Load): string | null {
  if (toll.lost > 0 || toll.doubled > 0 || !toll.equal) return `cells: ${JSON.stringify(toll)}`;
  if (redis > MOST_REDIS) return `Redis took ${bytes(redis)}, more than ${bytes(MOST_REDIS)}`;
  if (coordinator !== null && coordinator > MOST_COORDINATOR)
    return `the coordinator took ${bytes(coordinator)}, more than ${bytes(MOST_COORDINATOR)}`;
  return null;
}

export function loadText(load: Load): string {
  const { cells, toll, redis, coordinator, results } = load;
  const took = coordinator === null ? '' : `, the coordinator ${bytes(coordinator)} (${bytes(MOST_COORDINATOR)})`;
  return `${count(cells)} cells, whose results are ${bytes(results)}, through the queue to one worker: ${toll.lost} lost, ${toll.doubled} doubled, result ${toll.equal ? 'equal' : 'not equal'}. At its peak Redis held ${bytes(redis)} more than when it is empty (allowed: ${bytes(MOST_REDIS)})${took}.`;
}
