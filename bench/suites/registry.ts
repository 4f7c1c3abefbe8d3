/**
 * The suites of `npm run bench`: one line each, in the order they run.
 *
 * Each runs in a process of its own, so that its figures do not depend on what was measured before it.
 */
import { explorations } from './explore.ts';
import { growthSuite } from './scaling/growth.ts';
import { memorySuite } from './scaling/memory.ts';
import { tracingSuite } from './scaling/tracing.ts';
import { ksmdVisits, twoWorkers, wholeCells } from './suites.ts';
import type { SuiteResult } from './wall.ts';
import { yardstickSuite } from './yardstick.ts';

/** How much is asked for. */
export interface Effort {
  /** Timed calls of each subject; suites of very short calls may take a multiple, of very long ones fewer. */
  readonly iterations: number;
  /** Smaller work where a suite has a choice: to see that everything runs, not to quote. */
  readonly quick: boolean;
}

/**
 * What a suite measured. Everything besides `suite` and `notes` goes into the document under its own name: the ratios
 * of the contract under `ratios`, the rest at the top. null says that it cannot be measured here, and a note says why.
 */
export interface Report {
  readonly suite: SuiteResult;
  /** Sentences for the reader: what could not be measured and why. */
  readonly notes?: readonly string[];
  readonly [figure: string]: unknown;
}

export interface Suite {
  /** The word that chooses it. */
  readonly name: string;
  /** A word that chooses it together with its like. */
  readonly group: 'parts' | 'device' | 'scaling' | 'explore' | 'harness';
  readonly about: string;
  /** Names of the figures of the document that come from here. */
  readonly gives: readonly string[];
  readonly run: (effort: Effort) => Promise<Report>;
}

export const SUITES: readonly Suite[] = [
  {
    name: 'cells',
    group: 'device',
    about: 'one quick cell of each workload, boot included',
    gives: ['deviceSecondsPerWallSecond'],
    run: ({ iterations }) => wholeCells(iterations),
  },
  {
    name: 'ksmd',
    group: 'device',
    about: 'ksmd scanning a device where nothing else happens',
    gives: ['ksmdVisitsPerSecond'],
    run: ({ iterations }) => ksmdVisits(iterations),
  },
  {
    name: 'yardstick',
    group: 'device',
    about: 'page visits of ksmd in JavaScript and in C, on the same state in turn',
    gives: ['visitsJsOverC'],
    run: ({ iterations, quick }) => yardstickSuite(quick ? 1 : iterations),
  },
  {
    name: 'growth',
    group: 'scaling',
    about: 'the cost of a cell against simulated time and mapped pages, of requests and reverse walks',
    gives: ['growth'],
    run: ({ iterations, quick }) => growthSuite(iterations, quick),
  },
  {
    name: 'memory',
    group: 'scaling',
    about: 'memory of a cell over ten simulated minutes',
    gives: ['memory'],
    run: ({ quick }) => memorySuite(quick),
  },
  {
    name: 'tracing',
    group: 'scaling',
    about: 'a cell with and without a tracer',
    gives: ['tracing'],
    run: ({ iterations, quick }) => tracingSuite(quick ? 1 : Math.min(iterations, 5)),
  },
  {
    name: 'explore',
    group: 'explore',
    about: 'states of litmus explore',
    gives: ['exploredStatesPerSecond', 'bytesOfMillionStates'],
    run: ({ iterations }) => explorations(Math.min(3, iterations)),
  },
  {
    name: 'workers',
    group: 'harness',
    about: 'the same cells on one worker thread and on two',
    gives: ['twoWorkersOverOne'],
    run: ({ iterations }) => twoWorkers(Math.min(3, iterations)),
  },
];
