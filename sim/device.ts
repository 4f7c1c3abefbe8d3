/**
 * A device put together from its description and run: boot, settling of ksmd, warm-up, measured time, observations.
 *
 * Boot and settling lie outside simulated time. Everything that happens is a function of the input alone.
 */
import type { ReusedArena } from './arena.ts';
import { SECOND } from './clock/units.ts';
import type { CellInput } from './description.ts';
import type { Observations } from './observations.ts';
import { SteppedDevice } from './steppedDevice.ts';
import { strategiesNamed, type Strategy } from './strategies/index.ts';
import { runProgramBySeconds } from './testbed/cell.ts';
import type { Watch } from './watch/watch.ts';

/**
 * Runs one cell. `plugins`: strategies besides the built-in ones. `watch`: told of everything on the way. `memory`: of
 * cells that are over, for the device of this one; the machine of a recorded program has its own. Throws RangeError
 * when the description does not fit into its memory or a pool is used up, Error for an unknown strategy, and
 * InvariantError when an audit (every `auditEveryNs`) finds the model broken.
 */
export function runCell(
  input: CellInput,
  plugins: readonly Strategy[] = [],
  watch: Watch | null = null,
  memory: ReusedArena | null = null,
): Observations {
  const seconds = runCellBySeconds(input, plugins, watch, memory);
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
  memory: ReusedArena | null = null,
): Generator<number, Observations> {
  if (input.description.program !== undefined) {
    refuseWatch(watch);
    return yield* runProgramBySeconds(input, strategiesNamed(input.strategies, plugins));
  }
  const build = () => new SteppedDevice(input, plugins, watch);
  const device = memory === null ? build() : memory.build(build);
  const { measuredFrom, end } = device;
  yield 0;
  for (let at = SECOND; at < measuredFrom; at += SECOND) {
    device.runTo(at);
    yield at;
  }
  for (let at = measuredFrom + SECOND; at <= end; at += SECOND) {
    device.runTo(at);
    yield at;
  }
  device.runTo(end);
  return device.observe();
}

/** A watch is told of the load's actors, and the recorded program is none of them. Throws RangeError. */
function refuseWatch(watch: Watch | null): void {
  if (watch !== null) throw new RangeError('a run of the recorded program cannot be watched');
}
