/**
 * A device put together from its description and run: boot, settling of ksmd, warm-up, measured time, observations.
 *
 * Boot and settling lie outside simulated time. Everything that happens is a function of the input alone.
 */
import { BLOCKED } from './clock/actor.ts';
import { Stream } from './clock/random.ts';
import type { CellInput } from './description.ts';
import { auditWorld, runWithAudits } from './load/audit.ts';
import { buildWorld } from './load/build.ts';
import { baselineOf, beginMeasuring, observe, takeSample } from './load/observe.ts';
import type { World } from './load/world.ts';
import type { Observations, Sample } from './observations.ts';
import { combinedDevice } from './strategies/combine.ts';
import { strategiesNamed, type Strategy } from './strategies/index.ts';
import { runProgramBySeconds } from './testbed/cell.ts';
import type { Watch } from './watch/watch.ts';

/** Period of samples, ns. */
const SAMPLE_NS = 1_000_000_000;
const CPU = 0;

/**
 * Runs one cell. `plugins`: strategies besides the built-in ones. `watch`: told of everything on the way. Throws RangeError when the description does not fit into its memory or a pool is used up, Error for an
 * unknown strategy, and InvariantError when an audit (every `auditEveryNs`) finds the model broken.
 */
export function runCell(input: CellInput, plugins: readonly Strategy[] = [], watch: Watch | null = null): Observations {
  const seconds = runCellBySeconds(input, plugins, watch);
  for (;;) {
    const { done, value } = seconds.next();
    if (done === true) return value;
  }
}

/**
 * The same with a pause after each simulated second, warm-up included, for those who have to look up in between. Yields
 * the time since the start, ns; the first time when the device is booted.
 */
export function* runCellBySeconds(
  input: CellInput,
  plugins: readonly Strategy[] = [],
  watch: Watch | null = null,
): Generator<number, Observations> {
  const { auditEveryNs } = input;
  if (input.description.program !== undefined) {
    refuseWatch(watch);
    return yield* runProgramBySeconds(input, strategiesNamed(input.strategies, plugins));
  }
  const world = startCell(input, plugins, watch);
  const { warmupNs, durationNs } = world.description;
  yield 0;
  for (let at = SAMPLE_NS; at < warmupNs; at += SAMPLE_NS) {
    runWithAudits(world, at, auditEveryNs);
    yield at;
  }
  runWithAudits(world, warmupNs, auditEveryNs);
  beginMeasuring(world);
  watch?.sampled?.(world);
  const baseline = baselineOf(world);
  const samples: Sample[] = [];
  const end = warmupNs + durationNs;
  for (let at = warmupNs + SAMPLE_NS; at <= end; at += SAMPLE_NS) {
    runWithAudits(world, at, auditEveryNs);
    samples.push(takeSample(world));
    watch?.sampled?.(world);
    yield at;
  }
  runWithAudits(world, end, auditEveryNs);
  return { ...observe(world, baseline, samples), ...replayed(world) };
}

function replayed({ description, measures }: World): Pick<Observations, 'replay'> {
  const { events } = description.load;
  return events === undefined ? {} : { replay: { events: events.length, missed: measures.missedEvents } };
}

/** A watch is told of the load's actors, and the recorded program is none of them. Throws RangeError. */
function refuseWatch(watch: Watch | null): void {
  if (watch !== null) throw new RangeError('a run of the recorded program cannot be watched');
}

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

/** Full scans of ksmd while nothing else happens, and a part of one more, so that it does not start in step with the load. */
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
