/** A run as a worker sees it: its plan, checked and resolved here, and its jobs. */
import { Worker, type Job } from 'bullmq';
import { cellPicker, loadBundle } from '../plan/index.ts';
import { refuse } from '../plan/shape.ts';
import type { Cell } from '../plan/types.ts';
import { checkRecorded } from '../plugin/index.ts';
import { insist, type Connection } from './connect.ts';
import { QUEUE, type Keys, type RunKeys } from './keys.ts';
import { decodePlan, reasonOf, type JobCell, type JobData, type PlanDocument } from './protocol.ts';
import { mismatch, type RunInfo, type WorkerInfo } from './registry.ts';
import { entryFields, type Entry } from './results.ts';
import type { Times } from './times.ts';

/** BullMQ gives a job up by itself after so many losses; here the coordinator decides, after fewer. */
const NEVER = 1_000_000;

export type TakenJob = Job<JobData>;

export interface TakenRunOptions {
  readonly connection: Connection;
  readonly keys: Keys;
  readonly times: Times;
  readonly token: string;
  readonly say: (text: string) => void;
}

export class TakenRun {
  readonly info: RunInfo;
  readonly #cell: (place: JobCell) => Cell;
  readonly #jobs: Worker<JobData>;
  readonly #options: TakenRunOptions;
  readonly #keys: RunKeys;
  readonly #held = new Set<string>();
  readonly #renewal: NodeJS.Timeout;
  #closed = false;
  /** False after nothing was found, until somebody says that there is something. */
  mayHaveJobs = true;
  /** When a job of it was begun last: a number that grows. */
  turn = 0;

  private constructor(info: RunInfo, cell: (place: JobCell) => Cell, options: TakenRunOptions) {
    const { connection, keys, times } = options;
    this.info = info;
    this.#cell = cell;
    this.#options = options;
    this.#keys = keys.run(info.key);
    this.#jobs = new Worker<JobData>(QUEUE, null, {
      connection: connection.redis,
      prefix: this.#keys.prefix,
      skipVersionCheck: true,
      autorun: false,
      lockDuration: times.lock,
      stalledInterval: times.stalled,
      maxStalledCount: NEVER,
    });
    // Of connections, which tell by themselves; what is asked for is answered where it was asked.
    this.#jobs.on('error', () => undefined);
    this.#jobs.on('stalled', () => (this.mayHaveJobs = true));
    void this.#jobs.startStalledCheckTimer();
    this.#renewal = setInterval(() => void this.#renew(), times.lock / 2);
  }

  /** Fetches the plan and makes what is in it. Throws InputError or UsageError for a plan that is not taken. */
  static async open(
    info: RunInfo,
    worker: Pick<WorkerInfo, 'tool' | 'model' | 'allowPlugins'>,
    options: TakenRunOptions,
  ): Promise<TakenRun | null> {
    const data = await options.connection.redis.getBuffer(options.keys.run(info.key).plan);
    // It ended in the meantime.
    if (data === null) return null;
    const plan = decodePlan(data);
    const why = mismatch({ ...info, tool: plan.tool, model: plan.model, plugins: plan.plugins.length > 0 }, worker);
    if (why !== null) refuse({ document: 'plan', path: '' }, why);
    return new TakenRun(info, cellsOf(plan), options);
  }

  /** Jobs of it that run here. */
  get running(): number {
    return this.#held.size;
  }

  /** A job of the run, or null when none waits. */
  async take(): Promise<TakenJob | null> {
    const job = (await this.#insist(() => this.#jobs.getNextJob(this.#options.token, { block: false }))) as
      | TakenJob
      | undefined;
    if (job === undefined) return null;
    this.#held.add(job.id!);
    return job;
  }

  /** The cells that the job means, made here. Throws InputError when they are not those of the plan. */
  cells(places: readonly JobCell[]): Cell[] {
    return places.map(this.#cell);
  }

  /** Sends it to the coordinator. */
  async send(entry: Entry): Promise<void> {
    // Nothing is made anew for a run that is over: then it is for nobody.
    await this.#insist(() =>
      this.#options.connection.redis.xadd(this.#keys.results, 'NOMKSTREAM', '*', ...entryFields(entry)),
    );
  }

  /** The job is over: everything of it was sent. */
  async end(job: TakenJob): Promise<void> {
    try {
      await this.#insist(() => job.moveToCompleted(undefined as never, this.#options.token, false));
    } catch (thrown) {
      // The run is over, or another worker has taken the job over: its results will be equal.
      if (!/Missing (?:key|lock)|Lock mismatch|not in the active state/i.test(reasonOf(thrown))) throw thrown;
    } finally {
      this.#held.delete(job.id!);
    }
  }

  /** One command for all jobs that run here. */
  async #renew(): Promise<void> {
    const ids = [...this.#held];
    if (ids.length === 0) return;
    const tokens = ids.map(() => this.#options.token);
    // A lock that is not renewed in time is lost, which is found out at the end of the job.
    await this.#jobs.extendJobLocks(ids, tokens, this.#options.times.lock).catch(() => undefined);
  }

  #insist<T>(ask: () => Promise<T>): Promise<T> {
    const { say, times } = this.#options;
    return insist(ask, { say, times, isOver: () => this.#closed });
  }

  /**
   * After `close`, of a run that is over: a look for stalled jobs may have come after its keys were removed, and makes
   * one.
   */
  async sweep(): Promise<void> {
    await this.#options.connection.redis.del(`${this.#keys.prefix}:${QUEUE}:meta`).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#renewal);
    await this.#jobs.close(true).catch(() => undefined);
  }
}

function cellsOf(plan: PlanDocument): (place: JobCell) => Cell {
  const { bundles, strategies, plugins, auditEveryNs } = plan;
  if (plugins.length > 0) checkRecorded(plugins, 'plan');
  const pick = cellPicker({ workloads: bundles.map(loadBundle), strategies, plugins, auditEveryNs });
  return (place) => {
    const known = place.workload < bundles.length && place.strategy < strategies.length;
    if (!known) refuse({ document: 'job', path: 'cells' }, 'the plan has no such cell');
    const cell = pick(place);
    if (cell.id !== place.id)
      refuse({ document: 'job', path: 'cells' }, `cell ${place.id} comes out as ${cell.id} here`);
    return cell;
  };
}
