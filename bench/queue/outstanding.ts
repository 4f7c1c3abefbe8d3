/** Cells that were handed out and whose results are not in the journal yet, and the jobs that they are in. */
import type { Cell } from '../plan/types.ts';
import type { JobCell } from './protocol.ts';

export interface Waiting {
  readonly cell: Cell;
  /** Where it is in the plan. */
  readonly place: JobCell;
  /** How often nobody ended it, or what came back was no result. */
  readonly losses: number;
}

export class Outstanding {
  readonly #cells = new Map<string, Waiting & { job: string }>();
  readonly #jobs = new Map<string, Set<string>>();

  get cells(): number {
    return this.#cells.size;
  }

  get jobs(): number {
    return this.#jobs.size;
  }

  /** They are in this job now, whichever they were in. */
  put(job: string, waiting: readonly Waiting[]): void {
    for (const one of waiting) {
      this.take(one.cell.id);
      this.#cells.set(one.cell.id, { ...one, job });
    }
    const ids = this.#jobs.get(job) ?? new Set();
    for (const { cell } of waiting) ids.add(cell.id);
    this.#jobs.set(job, ids);
  }

  get(id: string): Waiting | undefined {
    return this.#cells.get(id);
  }

  /** It is waited for no more. */
  take(id: string): void {
    const waiting = this.#cells.get(id);
    if (waiting === undefined) return;
    this.#cells.delete(id);
    const ids = this.#jobs.get(waiting.job);
    ids?.delete(id);
    if (ids?.size === 0) this.#jobs.delete(waiting.job);
  }

  ofJob(job: string): Waiting[] {
    return [...(this.#jobs.get(job) ?? [])].map((id) => this.#cells.get(id)!);
  }

  all(): Waiting[] {
    return [...this.#cells.values()];
  }
}
