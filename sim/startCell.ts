/** The device of a cell as its time begins: put together from its description, booted, and scanned by ksmd. */
import { BLOCKED } from './clock/actor.ts';
import { Stream } from './clock/random.ts';
import type { CellInput } from './description.ts';
import { auditWorld } from './load/audit.ts';
import { buildWorld } from './load/build.ts';
import type { World } from './load/world.ts';
import { combinedDevice } from './strategies/combine.ts';
import { strategiesNamed, type Strategy } from './strategies/index.ts';
import type { Watch } from './watch/watch.ts';

const CPU = 0;

/** The device of a cell with a load, booted and settled: its time is 0. Throws as `runCell` does. */
export function startCell(input: CellInput, plugins: readonly Strategy[] = [], watch: Watch | null = null): World {
  if (input.description.program !== undefined) throw new RangeError('the recorded program is no load to start here');
  const strategies = strategiesNamed(input.strategies, plugins);
  const description = combinedDevice(strategies, input.description);
  const world = buildWorld(description, input.seed, strategies, watch);
  if (input.auditEveryNs > 0) auditWorld(world, 'after boot');
  settle(world);
  watch?.booted?.(world);
  return world;
}

/**
 * Full scans of ksmd while nothing else happens, and a part of one more, so that it does not start in step
 * with the load.
 */
function settle(world: World): void {
  const { ksmd, objects } = world.kernel;
  if (ksmd.run !== 1) return;
  for (let scan = 0; scan < world.description.settleScans; scan++) {
    if (scanUntil(world, Infinity) === 0) return;
  }
  if (world.description.settleScans > 0) {
    scanUntil(world, new Stream(world.seed, 'settle').below(objects.rmapItems + 1));
  }
}

/** Items up to the end of the pass, `most` at most. Returns how many. */
function scanUntil(world: World, most: number): number {
  const { ksmd } = world.kernel;
  let items = 0;
  while (items < most) {
    if (ksmd.isBetweenItems) items += ksmd.visitQuietly(most - items, Infinity);
    if (items === most) break;
    if (ksmd.advance(CPU) === BLOCKED) throw new Error('ksmd sleeps before time begins');
    if (ksmd.finished === 'item') items++;
    else if (ksmd.finished !== null) break;
  }
  return items;
}
