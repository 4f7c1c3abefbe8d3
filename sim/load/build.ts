/** Builds a world from its description: physical memory, the kernel rooms, and every actor of the load. */
import { Stream } from '../clock/random.ts';
import { SECOND } from '../clock/units.ts';
import { CmaArea } from '../cma/cmaArea.ts';
import type { DeviceDescription } from '../description.ts';
import { deviceMemory } from '../deviceMemory.ts';
import { scheduledKernel } from '../scheduledKernel.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { ledgerFor, type Watch } from '../watch/watch.ts';
import { boot, bootProcesses } from './boot.ts';
import { CmaClient } from './cmaClient.ts';
import { DrawnRequests } from './cmaRequests.ts';
import { Contents } from './contents.ts';
import { FileReader } from './fileReader.ts';
import { Flusher } from './flusher.ts';
import { planGroup } from './groupPlan.ts';
import { HeldBuffers } from './heldBuffers.ts';
import { Kswapd } from './kswapd.ts';
import { layOut, type Layouts } from './layout.ts';
import { limitsOf, mostProcesses } from './limits.ts';
import { LowMemory } from './lowMemory.ts';
import { Measures } from './measures.ts';
import { PinHolder } from './pinHolder.ts';
import { ProcessTable } from './processTable.ts';
import { addReplayActors, countReplayActors } from './replayActors.ts';
import { Spawner } from './spawner.ts';
import type { World } from './world.ts';

/** Actors besides processes: ksmd, kswapd, reader, flusher, buffer release. */
const FIXED_ACTORS = 5;
/** What is done by hand: a request and a write to ksmd's files, and those before them that are not quite gone. */
const HAND_ACTORS = 4;

/** A booted device whose actors wait for time to begin. */
export function buildWorld(
  description: DeviceDescription,
  seed: number,
  strategies: readonly Strategy[],
  watch: Watch | null = null,
): World {
  const { load } = description;
  const layouts = layOut(load);
  const limits = limitsOf(description, layouts, strategies);
  const memory = deviceMemory(description);
  for (const file of layouts.files) memory.cache.addFile(file.pages);
  const cacheFile = memory.cache.addFile(cacheFilePages(description));
  const others = load.spawners.length + load.cmaClients.length + load.pins.length + countReplayActors(load);
  const { kernel, scheduler } = scheduledKernel({
    description,
    memory,
    limits,
    strategies,
    actors: limits.mms + FIXED_ACTORS + HAND_ACTORS + others,
    jitter: new Stream(seed, 'wake-ups'),
    ledger: (parts) => ledgerFor(parts, watch),
  });
  scheduler.onStep = watch?.stepped?.bind(watch) ?? null;
  scheduler.mayRunAhead = watch?.stepped === undefined || watch.joinsSteps === true;
  const processes = new ProcessTable(load.groups.length);
  const measures = new Measures();
  const contents = new Contents(load, bootProcesses(load.groups));
  const world: World = {
    description,
    seed,
    kernel,
    memory,
    scheduler,
    contents,
    plans: planGroups(layouts, contents),
    processes,
    lowMemory: new LowMemory({
      table: description.memory.lowmemorykiller,
      kernel,
      memory,
      scheduler,
      processes,
      measures,
      retryNs: Math.ceil(SECOND / description.hz),
      watch,
    }),
    measures,
    areas: new Map(description.memory.cma.map((area) => [area.name, new CmaArea(area.name, area.first, area.pages)])),
    held: new HeldBuffers(memory, scheduler, description.costs, watch),
    watch,
  };
  watch?.built?.(world);
  boot(world, cacheFile);
  addActors(world, cacheFile, mostProcesses(load, layouts));
  return world;
}

function planGroups(layouts: Layouts, contents: Contents) {
  return layouts.groups.map((layout) => planGroup(layout, contents));
}

/** The file of the page-cache load: what is cached at the start, and what is read in the whole run. */
function cacheFilePages(description: DeviceDescription): number {
  const { pageCache } = description.load;
  const seconds = (description.warmupNs + description.durationNs) / SECOND;
  const reads = Math.min(2 * description.memory.frames, Math.ceil(pageCache.readsPerSecond * seconds));
  return Math.max(1, pageCache.pages + reads + 1024);
}

/** Every actor gets its first step; the order decides ties at time 0. */
function addActors(world: World, cacheFile: number, most: number): void {
  const { scheduler, kernel, memory, description, lowMemory, plans, areas, held } = world;
  const { load, costs } = description;
  kernel.ksmd.who = scheduler.add(kernel.ksmd, 0);
  lowMemory.kswapd = scheduler.add(new Kswapd(memory, lowMemory, costs, scheduler.clock), 0);
  for (const process of world.processes.all()) process.begin(0);
  const bootOwners = bootProcesses(load.groups);
  const ownerStep = load.spawners.length + (load.events === undefined ? 0 : 1);
  load.spawners.forEach((spawner, index) => {
    const plan = plans.find((one) => one.layout.group.name === spawner.group)!;
    new Spawner(world, spawner, plan, bootOwners + index, ownerStep).begin();
  });
  held.begin();
  for (const client of load.cmaClients) {
    const requests = new DrawnRequests(client, areas.get(client.area)!, world.seed, description.warmupNs);
    new CmaClient(world, requests).begin();
  }
  for (const pin of load.pins) {
    if (pin.perSecond > 0) new PinHolder(world, pin, cacheFile).begin();
  }
  if (load.pageCache.readsPerSecond > 0) new FileReader(world, cacheFile, load.pageCache.pages).begin();
  if (load.pageCache.dirtiesPerSecond > 0) new Flusher(world, cacheFile).begin();
  addReplayActors(world, { firstOwner: bootOwners + load.spawners.length, ownerStep, most });
}
