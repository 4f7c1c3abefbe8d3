/**
 * The suites of `npm run bench`: one line each, in the order they run.
 *
 * Each runs in a process of its own, so that its figures do not depend on what was measured before it.
 */
import { explorations } from './explore.ts';
import { outsideTheModel } from './harness/outside.ts';
import { emptyCells } from './harness/threads.ts';
import { twoWorkers } from './harness/twoWorkers.ts';
import { ksmdVisits } from './ksmdVisits.ts';
import { peakMemory } from './peakMemory.ts';
import { audits } from './parts/audits.ts';
import { contiguous } from './parts/contiguous.ts';
import { events } from './parts/events.ts';
import { processes } from './parts/processes.ts';
import { sharers } from './parts/sharers.ts';
import { visits } from './parts/visits.ts';
import { growthSuite } from './scaling/growth.ts';
import { heapSuite } from './scaling/heap.ts';
import { tracingSuite } from './scaling/tracing.ts';
import { deviceSpeed } from './speed.ts';
import type { SuiteResult } from './wall.ts';
import { wholeCells } from './wholeCells.ts';
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

/** Pairs of one and two workers: short ones. */
const PAIRS = 12;
/** Calls of parts take milliseconds: so many more of them. */
const PARTS = 4;

export const SUITES: readonly Suite[] = [
  {
    name: 'visits',
    group: 'parts',
    about: 'page visits of ksmd by what it finds',
    gives: [],
    run: ({ iterations, quick }) => visits(PARTS * iterations, quick),
  },
  {
    name: 'processes',
    group: 'parts',
    about: 'fault, fork, copy-on-write and exit per page',
    gives: [],
    run: ({ iterations, quick }) => processes(PARTS * iterations, quick),
  },
  {
    name: 'sharers',
    group: 'parts',
    about: 'reverse walk per mapping and migration per page, 1 to 100 sharers',
    gives: [],
    run: ({ iterations, quick }) => sharers(PARTS * iterations, quick),
  },
  {
    name: 'contiguous',
    group: 'parts',
    about: 'alloc_contig_range of 1 to 4096 pages: free, movable, KSM',
    gives: [],
    run: ({ iterations, quick }) => contiguous(PARTS * iterations, quick),
  },
  {
    name: 'events',
    group: 'parts',
    about: 'event loop per event',
    gives: [],
    run: ({ iterations, quick }) => events(PARTS * iterations, quick),
  },
  {
    name: 'audits',
    group: 'parts',
    about: 'auditor per audit of a whole device',
    gives: [],
    run: ({ iterations }) => audits(iterations),
  },
  {
    name: 'speed',
    group: 'device',
    about: 'simulated seconds per wall second of each workload, at 100/20 and 1000/20',
    gives: ['deviceSecondsPerWallSecond'],
    run: ({ iterations, quick }) => deviceSpeed(quick ? 1 : iterations, quick),
  },
  {
    name: 'cells',
    group: 'device',
    about: 'one quick cell of each workload, boot included',
    gives: [],
    run: ({ iterations }) => wholeCells(iterations),
  },
  {
    name: 'peak',
    group: 'device',
    about: 'what memory a cell takes at most',
    gives: [],
    run: ({ quick }) => peakMemory(quick),
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
    name: 'heap',
    group: 'scaling',
    about: 'growth of the heap over ten simulated minutes, and what is allocated on the way',
    gives: ['heap'],
    run: ({ quick }) => heapSuite(quick),
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
    run: ({ iterations, quick }) => explorations(Math.min(3, iterations), quick),
  },
  {
    name: 'threads',
    group: 'harness',
    about: 'a worker thread from start to end, and cells that are not run',
    gives: [],
    run: ({ iterations }) => emptyCells(iterations),
  },
  {
    name: 'outside',
    group: 'harness',
    about: 'journal, statistics, summary and page, and the share of all that is not the model',
    gives: ['shareOutsideModel'],
    run: ({ iterations, quick }) => outsideTheModel(iterations, quick),
  },
  {
    name: 'workers',
    group: 'harness',
    about: 'the same cells on one worker thread and on two, in turn',
    gives: ['twoWorkersOverOne'],
    run: ({ iterations, quick }) => twoWorkers(quick ? 1 : PAIRS * Math.min(3, iterations), quick),
  },
];
