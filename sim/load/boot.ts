/**
 * The device as it stands when simulated time begins: kernel memory taken, all processes of the groups started and
 * populated, the page cache filled. Everything goes through the allocator and the faults of the running device, so that
 * pages lie where those put them.
 *
 * Assumption: generation by generation (exec'ed processes, those forked from them, ...), small chunks of all processes
 * and of the page cache follow each other in random order, on all CPUs in turn, so that neighbouring frames belong to
 * different owners as after some uptime.
 */
import { Stream } from '../clock/random.ts';
import { NONE } from '../memory/frames.ts';
import { GFP } from '../memory/physical.ts';
import { cachePage } from './cachePage.ts';
import type { GroupPlan } from './groupPlan.ts';
import { drawLife, endlessLife, type LifePlan } from './life.ts';
import { Process } from './process.ts';
import type { World } from './world.ts';

/** Page accesses of one owner in a row. */
const CHUNK = 16;

/** Processes that live when simulated time begins. */
export function bootProcesses(groups: readonly { readonly count: number }[]): number {
  return groups.reduce((total, group) => total + group.count, 0);
}

/** Boots the device. Throws RangeError when the description does not fit into its memory. */
export function boot(world: World, cacheFile: number): void {
  takeKernelMemory(world);
  const stream = new Stream(world.seed, 'boot');
  const depths = world.plans.map((plan) => plan.layout.depth);
  const owners = firstOwners(world.plans);
  const cache = { done: 0, pages: world.description.load.pageCache.pages };
  const accesses = (depth: number) =>
    world.plans.reduce((sum, { layout, startAccesses }) => {
      return layout.depth === depth ? sum + layout.group.count * startAccesses : sum;
    }, 0);
  const generations = Math.max(0, ...depths) + 1;
  let left = Array.from({ length: generations }, (_, depth) => accesses(depth)).reduce((sum, n) => sum + n, 0);
  for (let depth = 0; depth < generations; depth++) {
    const processes = startGeneration(world, depth, owners);
    // Each generation comes with its share of the page cache, the last one with what is left.
    const own = accesses(depth);
    const share = own >= left ? cache.pages - cache.done : Math.floor(((cache.pages - cache.done) * own) / left);
    left -= own;
    populate(world, processes, cacheFile, cache, share, stream);
  }
}

function takeKernelMemory(world: World): void {
  const { unmovablePages, reclaimablePages } = world.description.memory;
  const { memory } = world.memory;
  const got = memory.allocKernelPages(unmovablePages, GFP.noWatermark);
  const slab = memory.allocKernelPages(reclaimablePages, GFP.noWatermark | GFP.reclaimable);
  if (got < unmovablePages || slab < reclaimablePages) throw new RangeError('kernel memory does not fit outside CMA');
}

function firstOwners(plans: readonly GroupPlan[]): number[] {
  let next = 0;
  return plans.map((plan) => {
    const first = next;
    next += plan.layout.group.count;
    return first;
  });
}

function startGeneration(world: World, depth: number, owners: readonly number[]): Process[] {
  const { spaces } = world.kernel;
  const started: Process[] = [];
  for (const plan of world.plans) {
    const { layout } = plan;
    if (layout.depth !== depth) continue;
    for (let i = 0; i < layout.group.count; i++) {
      const parent = layout.parent === NONE ? null : world.processes.oldest(layout.parent);
      if (layout.parent !== NONE && parent === null) throw new RangeError(`nobody can fork ${layout.group.name}`);
      const mm = parent === null ? spaces.create() : spaces.fork(parent.mm);
      const process = new Process(world, plan, lifeOf(world, plan, owners[layout.index] + i), mm);
      world.watch?.born?.(process, mm, parent?.mm ?? NONE, 0, 0);
      process.mapRegions();
      world.processes.add(process);
      started.push(process);
    }
  }
  return started;
}

/** A process of a spawner's group that lives already when time begins: the rest of its life. */
function lifeOf(world: World, plan: GroupPlan, owner: number): LifePlan {
  const endless = endlessLife(owner, 0, 0);
  const spawner = world.description.load.spawners.find((one) => one.group === plan.layout.group.name);
  if (spawner === undefined) return endless;
  const stream = new Stream(world.seed, `life ${owner}`);
  const { diesAt } = drawLife({ ...spawner, grandchildren: 0 }, stream, owner, 0);
  // An exponential life has no memory; of a fixed one a random part is over.
  return { ...endless, diesAt: spawner.lifeKind === 'fixed' ? Math.ceil(diesAt * stream.unit()) : diesAt };
}

function populate(
  world: World,
  processes: readonly Process[],
  cacheFile: number,
  cache: { done: number; readonly pages: number },
  cachePages: number,
  stream: Stream,
): void {
  const { cpus } = world.description;
  const order = chunks(processes, cachePages);
  stream.shuffle(order);
  const cacheEnd = cache.done + cachePages;
  for (let turn = 0; turn < order.length; turn++) {
    const owner = order[turn];
    const cpu = turn % cpus;
    if (owner < processes.length) {
      const process = processes[owner];
      for (let i = 0; i < CHUNK && !process.start.isDone; i++) process.startAtBoot(cpu);
      continue;
    }
    for (let i = 0; i < CHUNK && cache.done < cacheEnd; i++) {
      const hasBuffers = stream.chance(world.description.load.pageCache.buffers);
      if (cachePage(world.memory, cpu, cacheFile, cache.done++, hasBuffers) === NONE) {
        throw new RangeError('the page cache of this description does not fit into its memory');
      }
    }
  }
}

/** One entry for each chunk: the index of its process, or the number of processes for the page cache. */
function chunks(processes: readonly Process[], cachePages: number): Int32Array {
  const counts = processes.map((process) => Math.ceil(process.start.total / CHUNK));
  const ofCache = Math.ceil(cachePages / CHUNK);
  const order = new Int32Array(counts.reduce((sum, count) => sum + count, 0) + ofCache).fill(processes.length);
  let at = 0;
  counts.forEach((count, owner) => {
    order.fill(owner, at, at + count);
    at += count;
  });
  return order;
}
