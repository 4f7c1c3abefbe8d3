/** `--engine bullmq`: the cells of a run on whatever workers there are at a Redis server. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, UsageError } from '../errors.ts';
import { cellPicker, type CellPlace } from '../plan/index.ts';
import { record, refuse, text, oneOf } from '../plan/shape.ts';
import type { Cell } from '../plan/types.ts';
import { isFailed } from '../run/cell.ts';
import type { CellLine } from '../run/cell.ts';
import type { Engine, EngineHandlers } from '../run/engine.ts';
import type { RunManifest } from '../run/folder.ts';
import { plainText } from '../run/lines.ts';
import { connect, type Connection } from './connect.ts';
import { Coordinator, type Counts } from './coordinator.ts';
import { keysUnder, type Keys } from './keys.ts';
import { Notices } from './notices.ts';
import { sayOnce } from './once.ts';
import { encodePlan, planHash, reasonOf, type JobCell } from './protocol.ts';
import type { RedisAddress } from './redisUrl.ts';
import { Registry, THIS_VERSION, type RunInfo, type WorkerInfo } from './registry.ts';
import { resultHash } from './results.ts';
import { RunStore } from './store.ts';
import { timesOf, type Times } from './times.ts';

export interface QueueOptions {
  readonly address: RedisAddress;
  readonly prefix: string;
  /** For the first connection, ms. */
  readonly connectTimeout: number;
  /** 1 to 100, higher first. */
  readonly priority: number;
  readonly say: (text: string) => void;
}

/** The run whose cells are run. */
export interface QueuedRun {
  /** Its folder: the key of the run is kept there. */
  readonly path: string;
  readonly manifest: () => RunManifest;
  /** Lines that the folder has. */
  readonly kept: () => Iterable<CellLine>;
  /** The command line that starts a worker for it. */
  readonly startWorker: string;
}

export interface QueueConnection {
  /** Throws UsageError for a run that cannot travel. */
  engineOf(run: QueuedRun): Engine;
  close(): void;
}

/** Where a run's folder keeps the key under which Redis has it. */
const KEY_FILE = 'queue.json';
const KEY_SCHEMA = 'cma-stress/queue/1';

/** Throws UsageError when there is no way to Redis. */
export async function connectQueue(options: QueueOptions): Promise<QueueConnection> {
  const keys = keysUnder(options.prefix);
  const times = timesOf();
  const connection = await connect(options.address, { timeout: options.connectTimeout, times, say: options.say });
  return {
    engineOf(run) {
      const { bundles, reproduce } = run.manifest();
      if (bundles === undefined)
        throw new UsageError(
          `${run.path} is of a version that did not keep the workload files: other machines cannot have them`,
          `continue it without --engine bullmq, or start anew with: ${reproduce}`,
        );
      return {
        run: (cells, handlers) => runOnQueue(cells, handlers, { ...options, ...run, connection, keys, times }),
      };
    },
    close: () => connection.close(),
  };
}

interface Setting extends QueueOptions, QueuedRun {
  readonly connection: Connection;
  readonly keys: Keys;
  readonly times: Times;
}

async function runOnQueue(cells: Iterable<Cell>, handlers: EngineHandlers, setting: Setting): Promise<void> {
  const { connection, keys, times, priority } = setting;
  const manifest = setting.manifest();
  const key = runKey(setting.path);
  const plugins = manifest.plugins ?? [];
  const { strategies, auditEveryNs } = manifest;
  const plan = encodePlan({ ...THIS_VERSION, bundles: manifest.bundles!, strategies, plugins, auditEveryNs });
  const say = sayOnce(setting.say);
  const store = new RunStore(connection, keys, key, times, setting.say);
  const registry = new Registry(connection.redis, keys, times);
  const notices = new Notices(times, say, setting.startWorker);
  const done = manifest.cells - (handlers.total ?? manifest.cells);
  const counts: Counts = { done, failed: 0, duplicates: 0, refused: 0, lost: 0, again: 0 };
  const info = (outstanding: number): RunInfo => ({
    key,
    name: manifest.name,
    ...THIS_VERSION,
    plan: planHash(plan),
    priority,
    plugins: plugins.length > 0,
    cells: manifest.cells,
    ...counts,
    outstanding,
  });
  const beat = async (outstanding: number): Promise<readonly WorkerInfo[]> => {
    const run = info(outstanding);
    await store.prepare(plan);
    await registry.putRun(run);
    return notices.look(run, await registry.workers(), Date.now());
  };
  const places = placesOf(manifest);
  const coordinator = new Coordinator(cells, {
    store,
    sitting: randomBytes(4).toString('hex'),
    handlers,
    counts,
    ...places,
    earlier: onceOnly(() => hashesOf(setting.kept())),
    beat,
    heartbeat: times.heartbeat,
    reconcile: times.reconcile,
    losses: connection.losses,
    say,
  });
  const finished = coordinator.run();
  try {
    await Promise.race([finished, drained(handlers.signal, times.drain)]);
    if (coordinator.outstanding === 0) {
      await store.remove();
      await registry.dropRun(key);
      await store.wake();
    } else await registry.leaveRun(key);
  } catch (thrown) {
    // Whatever it was: workers should not go on for nobody.
    await Promise.race([store.takeBack().then(() => registry.leaveRun(key)), after(times.retry)]).catch(
      () => undefined,
    );
    throw thrown;
  } finally {
    await store.close();
    // Given up when its time was over; what it writes at the moment it may end.
    await Promise.race([finished.catch(() => undefined), after(times.retry)]);
  }
  tellCounts(counts, setting.say);
}

/** Resolves so long after the signal: what is not here by then stays with Redis, for --resume. */
function drained(signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const begin = (): void => void setTimeout(resolve, ms).unref();
    if (signal.aborted) begin();
    else signal.addEventListener('abort', begin, { once: true });
  });
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}

/** The key of the run in this folder: the one that it has, or a new one. */
function runKey(path: string): string {
  const file = join(path, KEY_FILE);
  const shape = record<{ schema: typeof KEY_SCHEMA; run: string }>({
    schema: oneOf(KEY_SCHEMA),
    run: text(40, /^[0-9a-f]{12}$/),
  });
  if (existsSync(file)) {
    try {
      return shape(JSON.parse(readFileSync(file, 'utf8')), { document: file, path: '' }).run;
    } catch (thrown) {
      if (thrown instanceof InputError) throw thrown;
      refuse({ document: file, path: '' }, `cannot be read: ${reasonOf(thrown)}`);
    }
  }
  const run = randomBytes(6).toString('hex');
  writeFileSync(file, `${JSON.stringify({ schema: KEY_SCHEMA, run })}\n`);
  return run;
}

function placesOf({ workloads, strategies, plugins, auditEveryNs }: RunManifest): {
  placeOf: (cell: Cell) => JobCell;
  cellAt: (place: JobCell) => Cell;
} {
  const workloadIndex = new Map(workloads.map(({ name }, index) => [name, index]));
  const strategyIndex = new Map(strategies.map((name, index) => [name, index]));
  const pick = cellPicker({ workloads, strategies, plugins: plugins ?? [], auditEveryNs });
  const cellAt = (place: CellPlace & { id: string }): Cell => {
    const cell = place.workload < workloads.length && place.strategy < strategies.length ? pick(place) : null;
    if (cell?.id !== place.id) refuse({ document: 'result', path: 'id' }, 'the plan has no such cell');
    return cell;
  };
  return {
    placeOf: ({ id, workload, strategy, seed }) => ({
      workload: workloadIndex.get(workload)!,
      strategy: strategyIndex.get(strategy)!,
      seed,
      id,
    }),
    cellAt,
  };
}

function hashesOf(lines: Iterable<CellLine>): ReadonlyMap<string, number> {
  const hashes = new Map<string, number>();
  for (const line of lines) if (!isFailed(line)) hashes.set(line.id, resultHash(plainText(line)));
  return hashes;
}

function onceOnly<T>(make: () => T): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= Promise.resolve().then(make));
}

/** What did not go smoothly, for whoever wonders. */
function tellCounts({ duplicates, refused, lost, again }: Counts, say: (text: string) => void): void {
  const told = [
    duplicates > 0 ? `${duplicates} results came twice and were equal` : '',
    refused > 0 ? `${refused} were refused` : '',
    lost > 0 ? `${lost} jobs were lost with their worker` : '',
    again > 0 ? `${again} cells were handed out again after Redis had lost them` : '',
  ].filter((part) => part !== '');
  if (told.length > 0) say(`queue: ${told.join(', ')}; every cell is in the journal once`);
}
