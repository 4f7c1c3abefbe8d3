/**
 * The recorded program as the load of a cell: its keys from a workload, the machine's kernel under the cell's
 * strategies, observations as of any other load.
 *
 * What is observed is the time from the moment at which the program itself begins to measure until it has ended.
 */
import type { CellInput, DeviceDescription, ProgramDescription } from '../description.ts';
import { auditWorld, runWithAudits } from '../load/audit.ts';
import { baselineOf, beginMeasuring, observe, takeSample, type Baseline } from '../load/observe.ts';
import { SAMPLE_NS, type Observations, type Sample } from '../observations.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { isSelfPaced, SCENARIOS } from './keys.ts';
import { startProgram, type TestbedInput } from './run.ts';
import type { Testbed } from './testbed.ts';

/**
 * What the program is given in the run with this seed, from 1. Throws RangeError for a description without a program.
 */
export function programInput(description: DeviceDescription, seed: number): TestbedInput {
  const { program, ksm } = description;
  if (program === undefined) throw new RangeError('this description has no program');
  const { seeds } = program;
  // Seed 0 is the one before the first.
  const own = seeds[(seed + seeds.length - 1) % seeds.length];
  const pace = { sleep: String(ksm.sleep_millisecs), scan: String(ksm.pages_to_scan) };
  const params = { ...program.params, ...(isPaced(program) ? pace : {}), seed: String(own) };
  return { description, params, seed };
}

function isPaced({ params }: ProgramDescription): boolean {
  const scenario = SCENARIOS.find((name) => name === params['scen']);
  return scenario !== undefined && isSelfPaced(scenario);
}

/** Without its process the program goes on, and nothing happens. Throws RangeError. */
function refuseKilled({ workers }: Testbed): void {
  if (workers.some((worker) => worker.isKilled()))
    throw new RangeError(
      "the program's process was killed for want of memory before measuring began: it needs a smaller mb or ballast",
    );
}

/** Runs the cell of a description with a program, with a pause after each simulated second; see `runCellBySeconds`. */
export function* runProgramBySeconds(
  input: CellInput,
  strategies: readonly Strategy[],
): Generator<number, Observations> {
  const { auditEveryNs } = input;
  const program = startProgram(programInput(input.description, input.seed), strategies);
  const { testbed, controller } = program;
  const { scheduler, measures } = testbed;
  const began = scheduler.now;
  const samples: Sample[] = [];
  const seen: { baseline?: Baseline; observations?: Observations } = {};
  controller.onMeasuring = () => {
    refuseKilled(testbed);
    beginMeasuring(testbed);
    seen.baseline = baselineOf(testbed);
  };
  controller.onDone = () => {
    if (seen.baseline === undefined) throw new Error('the program ended without having measured anything');
    seen.observations = observe(testbed, seen.baseline, samples);
  };
  if (auditEveryNs > 0) auditWorld(testbed, 'after boot');
  yield 0;
  for (;;) {
    const isMeasuring = seen.baseline !== undefined;
    const from = isMeasuring ? measures.since + samples.length * SAMPLE_NS : scheduler.now;
    runWithAudits(testbed, from + SAMPLE_NS, auditEveryNs);
    if (seen.observations !== undefined) return seen.observations;
    program.refuseEndless();
    if (isMeasuring) samples.push(takeSample(testbed));
    yield scheduler.now - began;
  }
}
