/** One run of the program on the model of its machine. */
import type { DeviceDescription } from '../description.ts';
import { combinedDevice } from '../strategies/combine.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { Controller } from './controller.ts';
import { runsLoad } from './keys.ts';
import { Params, type TestbedParams } from './params.ts';
import type { TestbedRecord } from './record.ts';
import { Cost } from './scenarios/cost.ts';
import { GRAB } from './scenarios/costProcesses.ts';
import { ForkFree, ForkHeavy } from './scenarios/forkLoad.ts';
import { GreaterNatural, GreaterScripted } from './scenarios/greater.ts';
import { LesserNatural, LesserScripted } from './scenarios/lesser.ts';
import { naturalPages } from './scenarios/natural.ts';
import { Testbed, type TestbedSizes } from './testbed.ts';

export interface TestbedInput {
  /** The machine: memory with one CMA area, kernel and cost profiles, CPUs. Its load is not used. */
  readonly description: DeviceDescription;
  /** Keys of the program's command line. */
  readonly params: TestbedParams;
  /** Of everything that the program's own seed does not fix: phases, wake-up times, process ids. */
  readonly seed: number;
}

const SECOND = 1e9;
/** A run that takes longer than this beyond what its parameters say, in simulated seconds, is broken. */
const MOST_SECONDS = 1200;
/** Processes besides the workers and their children: ballast, and dead ones whose rmap_items wait for ksmd. */
const SPARE = 24;

/** A program that has been started and runs whenever its machine's scheduler does. */
export interface StartedProgram {
  readonly testbed: Testbed;
  readonly controller: Controller;
  /** Throws Error when it has run for longer than it may. */
  readonly refuseEndless: () => void;
}

/** Throws RangeError for parameters that make no sense or do not fit. `strategies`: acting on the machine's kernel. */
export function startProgram(input: TestbedInput, strategies: readonly Strategy[] = []): StartedProgram {
  const params = new Params(input.params);
  const description = combinedDevice(strategies, input.description);
  const sizes = sizesOf(params, description.memory.cma[0].pages);
  const testbed = new Testbed(description, sizes, input.seed, strategies);
  const controller = controllerOf(testbed, params);
  controller.begin(testbed.scheduler.now);
  const limit = MOST_SECONDS + params.seconds + params.warmSeconds + params.longestDelay;
  const refuseEndless = (): void => {
    if (testbed.secondsNow > limit) throw new Error(`the run did not end in ${limit} s`);
  };
  return { testbed, controller, refuseEndless };
}

/**
 * Runs the program to its end. Throws RangeError for parameters that make no sense or do not fit, Error for a run that
 * does not end.
 */
export function runTestbed(input: TestbedInput): TestbedRecord {
  const { testbed, controller, refuseEndless } = startProgram(input);
  while (!controller.isDone) {
    testbed.scheduler.run(testbed.scheduler.now + SECOND);
    refuseEndless();
  }
  return controller.record(input.params);
}

function controllerOf(testbed: Testbed, params: Params): Controller {
  switch (params.scenario) {
    case 'fork_heavy':
      return new ForkHeavy(testbed, params);
    case 'fork_free':
      return new ForkFree(testbed, params);
    case 'greater_det':
    case 'greater_exit_det':
      return new GreaterScripted(testbed, params);
    case 'greater_nat':
    case 'greater_exit_nat':
      return new GreaterNatural(testbed, params);
    case 'lesser_nat':
      return new LesserNatural(testbed, params);
    case 'cost':
      return new Cost(testbed, params);
    default:
      return new LesserScripted(testbed, params);
  }
}

function sizesOf(params: Params, area: number): TestbedSizes {
  // The largest map is that of a grabbing process, and ten processes share it at most.
  if (params.scenario === 'cost')
    return { processes: SPARE, forks: 0, pages: GRAB.most, classes: 1, share: 0, tmpfsInArea: false };
  const isHeavy = params.scenario === 'fork_heavy';
  const isLoad = runsLoad(params.scenario);
  const isNatural = params.scenario.endsWith('_nat');
  const total = isNatural ? naturalPages(params).pages : params.mappedPages;
  const share = isLoad ? params.number('share', 60) : 100;
  const copies = params.number('copies', isLoad ? 4 : 2);
  const processes = isHeavy
    ? 2 * params.maxLive + SPARE
    : params.scenario === 'fork_free'
      ? params.workers + SPARE
      : params.nkids + SPARE;
  // A dead process keeps its mm until ksmd comes by.
  const forks = isHeavy ? Math.ceil(4 * params.forkRate * (params.seconds + params.warmSeconds)) : 0;
  return {
    processes,
    forks,
    pages: params.scenario === 'fork_free' ? Math.ceil(total / params.workers) : total,
    classes: Math.max(1, Math.trunc(isLoad ? (total * share) / 100 / copies : total / copies)),
    share,
    tmpfsInArea: isLoad && params.sizes(area).every((pages) => pages < area),
  };
}
