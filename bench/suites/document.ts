/** The one document of a `npm run bench`: schema cma-stress/bench/1. */
import { listWorkloads } from '../plan/index.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import type { Machine } from './machine.ts';
import { SUITES, type Report } from './registry.ts';
import type { SuiteResult } from './wall.ts';

export interface BenchDocument {
  readonly schema: 'cma-stress/bench/1';
  readonly tool: string;
  readonly model: string;
  readonly machine: Machine;
  readonly suites: readonly SuiteResult[];
  readonly ratios: Readonly<Record<(typeof RATIOS)[number], number | null>>;
  /** By workload: simulated seconds per wall second and core. */
  readonly deviceSecondsPerWallSecond: Readonly<Record<string, number | null>>;
  /** Why what the contract promises is null here, by name. */
  readonly missing: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
  /** Further figures of suites. */
  readonly [figure: string]: unknown;
}

const RATIOS = ['visitsJsOverC', 'twoWorkersOverOne'] as const;
const SPEEDS = 'deviceSecondsPerWallSecond';

/** What the contract promises is there whichever suites ran: null where nothing measured it. */
export function benchDocument(machine: Machine, reports: readonly Report[]): BenchDocument {
  const figures = new Map<string, unknown>();
  for (const [name, value] of reports.flatMap((report) => Object.entries(report))) {
    if (name !== 'suite' && name !== 'notes') figures.set(name, value);
  }
  const missing = [...RATIOS, SPEEDS].filter((name) => !figures.has(name));
  const ratios = Object.fromEntries(RATIOS.map((name) => [name, (figures.get(name) ?? null) as number | null]));
  const speeds = (figures.get(SPEEDS) ?? {}) as Record<string, number | null>;
  const further = [...figures].filter(([name]) => name !== SPEEDS && !(name in ratios));
  return {
    schema: 'cma-stress/bench/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    machine,
    suites: reports.map(({ suite }) => suite),
    ratios: ratios as BenchDocument['ratios'],
    ...Object.fromEntries(further),
    [SPEEDS]: Object.fromEntries(listWorkloads().map(({ name }) => [name, speeds[name] ?? null])),
    missing: Object.fromEntries(missing.map((name) => [name, whyMissing(name)])),
    notes: reports.flatMap(({ notes = [] }) => notes),
  };
}

function whyMissing(figure: string): string {
  const suite = SUITES.find(({ gives }) => gives.includes(figure));
  return suite === undefined ? 'no suite measures it' : `its suite, ${suite.name}, was not asked for`;
}
