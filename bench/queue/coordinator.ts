/**
 * The coordinator of a run: hands cells out as jobs, takes their results into the journal, and sees to it that each is
 * there once. Nothing in Redis is needed to be right: what was handed out and is neither queued, running nor delivered
 * is handed out again, and what is delivered twice has to be equal.
 */
import { performance } from 'node:perf_hooks';
import { DeterminismError, InputError } from '../errors.ts';
import type { Cell } from '../plan/types.ts';
import type { EngineHandlers } from '../run/engine.ts';
import type { WorkerReply } from '../run/worker.ts';
import { sum } from '../stats/sums.ts';
import { Batching } from './batching.ts';
import { Outstanding, type Waiting } from './outstanding.ts';
import { reasonOf, type JobCell } from './protocol.ts';
import type { RunInfo, WorkerInfo } from './registry.ts';
import { checkRecord, readDelivery, readEntry, resultHash, type CellResult } from './results.ts';
import type { RunStore, StoredEntry } from './store.ts';

/** A cell that was lost or refused so often is recorded as failed: it may be what kills the workers. */
const MOST_LOSSES = 3;
/** In place of the hash of a result: failures (out of memory, a lost worker) need not happen twice in the same way. */
const FAILED = -1;

/** As RunInfo says them, growing. */
export type Counts = { -readonly [K in 'done' | 'failed' | 'duplicates' | 'refused' | 'lost' | 'again']: RunInfo[K] };

/** What the coordinator asks of Redis. */
export type Store = Pick<RunStore, 'addJob' | 'wake' | 'jobs' | 'takeBack' | 'read' | 'forget'>;

export interface CoordinatorOptions {
  readonly store: Store;
  /** Jobs of this sitting are named after it. */
  readonly sitting: string;
  readonly handlers: EngineHandlers;
  readonly counts: Counts;
  /** Where a cell is in the plan, and the cell at a place. */
  readonly placeOf: (cell: Cell) => JobCell;
  readonly cellAt: (place: JobCell) => Cell;
  /** Hashes of the results that were in the journal before, by id. */
  readonly earlier: () => Promise<ReadonlyMap<string, number>>;
  /** Enters the run into the registry; hands back the workers that take it. Called now and then. */
  readonly beat: (outstanding: number) => Promise<readonly WorkerInfo[]>;
  readonly heartbeat: number;
  readonly reconcile: number;
  /** How often the connection was lost. */
  readonly losses: () => number;
  readonly say: (name: string, text: string) => void;
}

export class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #outstanding = new Outstanding();
  readonly #batching = new Batching();
  /** Hashes of results that this sitting kept, by id; FAILED for those of cells that failed. */
  readonly #kept = new Map<string, number>();
  /** To be handed out again. */
  #again: Waiting[] = [];
  /** Cells of jobs of an earlier sitting that are still queued, and the job. */
  #queued = new Map<string, string>();
  #cells: Iterator<Cell>;
  #next: Cell | null = null;
  #left: number;
  #jobs = 0;
  #threads = 0;
  #draining = false;

  constructor(cells: Iterable<Cell>, options: CoordinatorOptions) {
    this.#options = options;
    this.#cells = cells[Symbol.iterator]();
    this.#left = options.handlers.total ?? Infinity;
    this.#advance();
  }

  /** Resolves when every cell was handed on; after the signal, those that workers had begun. */
  async run(): Promise<void> {
    const { store, heartbeat, reconcile, handlers, losses } = this.#options;
    await this.#attach();
    let lastBeat = performance.now();
    let lastLook = lastBeat;
    let seenLosses = losses();
    for (;;) {
      if (handlers.signal.aborted && !this.#draining) await this.#drain();
      if (this.#draining ? this.#outstanding.cells === 0 : !(await this.#feed())) return;
      await this.#takeAll(await store.read(true));
      const now = performance.now();
      if (now - lastBeat >= heartbeat) {
        await this.#beat();
        lastBeat = now;
      }
      if (now - lastLook >= reconcile || losses() > seenLosses) {
        seenLosses = losses();
        await this.#reconcile();
        lastLook = now;
      }
    }
  }

  get outstanding(): number {
    return this.#outstanding.cells;
  }

  /** What an earlier coordinator of the run left behind. */
  async #attach(): Promise<void> {
    await this.#beat();
    const jobs = await this.#options.store.jobs();
    this.#queued = new Map(jobs.flatMap(({ id, cells }) => cells.map((cell) => [cell.id, id])));
    await this.#takeWhatIsThere();
  }

  async #beat(): Promise<void> {
    const workers = await this.#options.beat(this.#outstanding.cells);
    this.#threads = sum(workers, ({ threads }) => threads);
  }

  #advance(): void {
    const { done, value } = this.#cells.next() as IteratorResult<Cell, undefined>;
    this.#next = done === true ? null : value;
  }

  /** Hands out as much as there is room for. False when everything is done. */
  async #feed(): Promise<boolean> {
    let added = false;
    const again = this.#again.filter(({ cell }) => !this.#kept.has(cell.id));
    this.#again = [];
    for (let i = 0; i < again.length; added = true) {
      // Alone when it was lost, so that one that kills its worker takes no other with it.
      const together = again[i].losses > 0 ? 1 : this.#batching.size(again[i].place.workload, this.#threads, Infinity);
      const lost = again.findIndex(({ losses }, index) => index > i && losses > 0);
      const end = Math.min(i + together, lost < 0 ? again.length : lost);
      await this.#hand(again.slice(i, end));
      i = end;
    }
    while (
      this.#next !== null &&
      this.#batching.hasRoom(this.#outstanding.jobs, this.#outstanding.cells, this.#threads)
    ) {
      const batch = this.#nextBatch();
      if (batch.length === 0) continue;
      await this.#hand(batch);
      added = true;
    }
    if (added) await this.#options.store.wake();
    return this.#next !== null || this.#outstanding.cells > 0;
  }

  /**
   * The next cells of the plan, of one workload. Those that an earlier sitting handed out only go among the
   * outstanding.
   */
  #nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    let size = 1;
    while (this.#next !== null && batch.length < size) {
      const cell = this.#next;
      const place = this.#options.placeOf(cell);
      if (batch.length === 0) size = this.#batching.size(place.workload, this.#threads, this.#left);
      else if (batch[0].place.workload !== place.workload) break;
      this.#advance();
      this.#left--;
      if (this.#kept.has(cell.id)) continue;
      const waiting = { cell, place, losses: 0 };
      const job = this.#queued.get(cell.id);
      if (job === undefined) batch.push(waiting);
      else this.#outstanding.put(job, [waiting]);
    }
    return batch;
  }

  async #hand(waiting: readonly Waiting[]): Promise<void> {
    const job = `${this.#options.sitting}-${++this.#jobs}`;
    this.#outstanding.put(job, waiting);
    await this.#options.store.addJob(
      job,
      waiting.map(({ place }) => place),
    );
  }

  async #takeWhatIsThere(): Promise<void> {
    for (;;) {
      const entries = await this.#options.store.read(false);
      if (entries.length === 0) return;
      await this.#takeAll(entries);
    }
  }

  /** Only what is in the journal is deleted. */
  async #takeAll(entries: readonly StoredEntry[]): Promise<void> {
    if (entries.length === 0) return;
    for (const entry of entries) await this.#take(entry);
    await this.#options.store.forget(entries);
  }

  async #take({ fields }: StoredEntry): Promise<void> {
    const { counts, say } = this.#options;
    let worker = 'unknown';
    let job = '';
    try {
      const entry = readEntry(fields);
      ({ worker, job } = entry);
      const delivery = readDelivery(entry);
      if (delivery.kind === 'results') {
        await Promise.all(delivery.results.map((result) => this.#takeResult(worker, result)));
        return;
      }
      counts[delivery.kind]++;
      if (delivery.kind === 'refused') say(`refusal ${worker}`, `worker ${worker} does not run a job: ${delivery.why}`);
      await this.#lose(
        delivery.cells.flatMap(({ id }) => this.#outstanding.get(id) ?? []),
        delivery.why,
      );
    } catch (thrown) {
      if (!(thrown instanceof InputError)) throw thrown;
      counts.refused++;
      say(`refused ${worker}`, `refused a result of worker ${worker}: ${reasonOf(thrown)}; its cells are run again`);
      await this.#lose(this.#outstanding.ofJob(job), `what came back was refused: ${reasonOf(thrown)}`);
    }
  }

  async #takeResult(worker: string, { cell: place, reply }: CellResult): Promise<void> {
    const { id } = place;
    const line = reply.ok ? JSON.stringify(reply.record) : '';
    const hash = reply.ok ? resultHash(line) : FAILED;
    const known =
      this.#kept.get(id) ?? (this.#outstanding.get(id) === undefined ? await this.#hashOfEarlier(id) : null);
    if (known !== null) {
      this.#options.counts.duplicates++;
      if (known !== hash && known !== FAILED && hash !== FAILED) throw alarm(place, worker, known, hash);
      return;
    }
    // Of an earlier sitting, and not reached in the plan yet.
    const cell = this.#outstanding.get(id)?.cell ?? this.#options.cellAt(place);
    checkRecord(cell, reply);
    this.#batching.learn(place.workload, reply.wallSeconds, line.length);
    await this.#keep(cell, reply, hash);
  }

  async #keep(cell: Cell, reply: WorkerReply, hash: number): Promise<void> {
    const { counts, handlers } = this.#options;
    // Before it is written: of two equal results that come at once the second is a duplicate.
    this.#kept.set(cell.id, hash);
    await handlers.onCell(cell, reply);
    this.#outstanding.take(cell.id);
    counts.done++;
    if (!reply.ok) counts.failed++;
  }

  async #hashOfEarlier(id: string): Promise<number | null> {
    return (await this.#options.earlier()).get(id) ?? null;
  }

  /** Nobody ended them. They are handed out once more, until it has happened too often. */
  async #lose(lost: readonly Waiting[], why: string): Promise<void> {
    for (const waiting of lost) {
      if (this.#kept.has(waiting.cell.id)) continue;
      const losses = waiting.losses + 1;
      if (this.#draining) this.#outstanding.take(waiting.cell.id);
      else if (losses < MOST_LOSSES) this.#again.push({ ...waiting, losses });
      else await this.#keep(waiting.cell, lostReply(why, losses), FAILED);
    }
  }

  /** Finds what Redis has lost (it was restarted, or emptied) and hands it out again. */
  async #reconcile(): Promise<void> {
    const before = this.#outstanding.all();
    await this.#beat();
    const queued = new Set((await this.#options.store.jobs()).flatMap(({ cells }) => cells.map(({ id }) => id)));
    // A worker sends results before it ends a job, so what is in neither by now is nowhere.
    await this.#takeWhatIsThere();
    const again = new Set(this.#again.map(({ cell }) => cell.id));
    const gone = before.filter(
      ({ cell }) => !queued.has(cell.id) && !again.has(cell.id) && this.#outstanding.get(cell.id) !== undefined,
    );
    this.#options.counts.again += gone.length;
    this.#again.push(...gone);
  }

  /** Takes back what no worker has begun, and waits for the rest. */
  async #drain(): Promise<void> {
    const { store, say } = this.#options;
    this.#draining = true;
    this.#again = [];
    await store.takeBack();
    const running = new Set((await store.jobs()).flatMap(({ cells }) => cells.map(({ id }) => id)));
    await this.#takeWhatIsThere();
    for (const { cell } of this.#outstanding.all()) if (!running.has(cell.id)) this.#outstanding.take(cell.id);
    const { cells } = this.#outstanding;
    if (cells > 0) say('drain', `waiting for the ${cells} cells that workers have begun`);
  }
}

function lostReply(why: string, times: number): WorkerReply {
  const message = `no worker ended it in ${times} attempts: ${why}`;
  return { ok: false, error: { name: 'WorkerLost', message, stack: message }, wallSeconds: 0 };
}

function alarm({ id }: JobCell, worker: string, kept: number, got: number): DeterminismError {
  const hex = (hash: number): string => hash.toString(16).padStart(12, '0');
  return new DeterminismError(
    `cell ${id} has two results: ${hex(kept)} is in the journal, worker ${worker} got ${hex(got)}`,
  );
}
