/**
 * What goes through Redis: the plan, once a run, and jobs, which only say which cells of it. All of it is checked when
 * it is read, as if a stranger had written it.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { InputError, messageOf } from '../errors.ts';
import { checkBundle, type CellPlace, type WorkloadBundle } from '../plan/index.ts';
import { list, oneOf, record, refuse, text, tuple, whole, type Check } from '../plan/shape.ts';
import { NAME, type Plugin } from '../plugin/index.ts';

const PLAN_SCHEMA = 'cma-stress/queue-plan/1';

export interface PlanDocument {
  readonly schema: typeof PLAN_SCHEMA;
  readonly tool: string;
  readonly model: string;
  readonly bundles: readonly WorkloadBundle[];
  readonly strategies: readonly string[];
  readonly plugins: readonly Plugin[];
  readonly auditEveryNs: number;
}

/** A cell as a job names it: where in the plan, and the id that whoever runs it has to arrive at. */
export interface JobCell extends CellPlace {
  readonly id: string;
}

export interface JobData {
  /** Workload, strategy, seed, id. */
  readonly cells: readonly (readonly [number, number, number, string])[];
}

/** More cells than this in a job save nothing: what a job costs is a hundredth of a percent of them by then. */
export const MOST_CELLS_OF_JOB = 500;
/** Workloads in a run: more than anybody types, and few enough to check. */
const MOST_WORKLOADS = 200;
const MOST_STRATEGIES = 1000;
const MOST_PLUGINS = 100;
/** Of a plug-in's bundle with its source map. */
const MOST_SOURCE = 8 * 1024 ** 2;
/** Of the plan before compression: some workloads that replay recordings of the greatest length. */
const MOST_PLAN_BYTES = 64 * 1024 ** 2;
const LARGEST_SEED = 2 ** 32 - 1;

const CELL_ID = /^[0-9a-f]{16}$/;

const planShape: Check<PlanDocument> = record<PlanDocument>({
  schema: oneOf(PLAN_SCHEMA),
  tool: text(100),
  model: text(100),
  bundles: list(checkBundle, 1, MOST_WORKLOADS),
  strategies: list(text(1000), 1, MOST_STRATEGIES),
  plugins: list(
    record<Plugin>({
      name: text(40, NAME),
      file: text(4096),
      source: text(MOST_SOURCE),
      hash: text(64, /^[0-9a-f]{64}$/),
    }),
    0,
    MOST_PLUGINS,
  ),
  auditEveryNs: whole(0, Number.MAX_SAFE_INTEGER),
});

const jobCell = tuple<[number, number, number, string]>(
  whole(0, MOST_WORKLOADS),
  whole(0, MOST_STRATEGIES),
  whole(0, LARGEST_SEED),
  text(16, CELL_ID),
);

const jobShape = record<JobData>({ cells: list(jobCell, 1, MOST_CELLS_OF_JOB) });

export function encodePlan(plan: Omit<PlanDocument, 'schema'>): Buffer {
  return gzipSync(JSON.stringify({ schema: PLAN_SCHEMA, ...plan } satisfies PlanDocument));
}

/** Throws InputError. */
export function decodePlan(data: Buffer): PlanDocument {
  return planShape(unpacked(data, MOST_PLAN_BYTES, 'plan'), { document: 'plan', path: '' });
}

/** What tells plans apart. */
export function planHash(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex').slice(0, 16);
}

/** The cells of a job. Throws InputError. */
export function readJob(data: unknown): JobCell[] {
  return jobShape(data, { document: 'job', path: '' }).cells.map(([workload, strategy, seed, id]) => ({
    workload,
    strategy,
    seed,
    id,
  }));
}

export function jobOf(cells: readonly JobCell[]): JobData {
  return { cells: cells.map(({ workload, strategy, seed, id }) => [workload, strategy, seed, id]) };
}

/** Compressed JSON; `most` bytes before compression. Throws InputError. */
function unpacked(data: Buffer, most: number, document: string): unknown {
  try {
    return JSON.parse(gunzipSync(data, { maxOutputLength: most }).toString());
  } catch (thrown) {
    refuse({ document, path: '' }, `cannot be read: ${messageOf(thrown)}`);
  }
}

/** What is wrong, in a line. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof InputError) return thrown.message.split('\n')[0];
  return messageOf(thrown);
}
