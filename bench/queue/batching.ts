/**
 * How many cells a job has: so many that it takes some seconds, since a job costs some forty Redis operations however
 * long it takes; and no more, since a lost job is run again and the last jobs of a run leave threads idle. What cells
 * take is learned from those that were run.
 */
import { MOST_CELLS_OF_JOB } from './protocol.ts';

/** Wall seconds of a job: from here on the engine takes under 1 % of the time (docs/sizing.md). */
const JOB_SECONDS = 3;
/**
 * Of the results of a job, before compression: what a worker holds before it sends them, and Redis until they are read.
 */
const JOB_BYTES = 4 * 1024 ** 2;
/** Of all results that are under way together, compressed as they lie in Redis. */
const WAITING_BYTES = 64 * 1024 ** 2;
/** Results compress to a fifth or less; this errs on the safe side. */
const COMPRESSION = 3;
/**
 * Weight of one more cell in the mean: cells of a workload differ by strategy, and those of the last strategy count.
 */
const WEIGHT = 0.1;
/** Jobs a thread: one it runs, one it takes next, one whose result is under way. */
const JOBS_A_THREAD = 3;
/** Jobs that wait for the first worker. */
const LEAST_JOBS = 4;

interface Seen {
  cells: number;
  seconds: number;
  bytes: number;
}

export class Batching {
  /** By workload. */
  readonly #seen = new Map<number, Seen>();

  /** A cell of the workload took so many wall seconds, and its result is so many bytes of JSON. */
  learn(workload: number, seconds: number, bytes: number): void {
    const seen = this.#seen.get(workload);
    if (seen === undefined) {
      this.#seen.set(workload, { cells: 1, seconds, bytes });
      return;
    }
    const weight = Math.max(WEIGHT, 1 / (seen.cells + 1));
    seen.cells++;
    seen.seconds += weight * (seconds - seen.seconds);
    seen.bytes += weight * (bytes - seen.bytes);
  }

  /** Cells of the next job of the workload. `left`: cells of the plan still to be handed out, Infinity when unknown. */
  size(workload: number, threads: number, left: number): number {
    const seen = this.#seen.get(workload);
    if (seen === undefined) return 1;
    const bySeconds = JOB_SECONDS / Math.max(seen.seconds, 1e-6);
    const byBytes = JOB_BYTES / Math.max(seen.bytes, 1);
    // At the end jobs get shorter, so that threads end together.
    const byRest = left / (2 * Math.max(1, threads));
    // A few cells say little about the next hundred.
    const byTrust = 2 * seen.cells;
    return Math.max(
      1,
      Math.min(MOST_CELLS_OF_JOB, Math.floor(Math.min(bySeconds, byBytes, byTrust)), Math.ceil(byRest)),
    );
  }

  /** Whether one more job may be handed out. */
  hasRoom(jobs: number, cells: number, threads: number): boolean {
    if (jobs < LEAST_JOBS) return true;
    if (jobs >= Math.max(LEAST_JOBS, JOBS_A_THREAD * threads)) return false;
    return (cells * this.#meanBytes()) / COMPRESSION < WAITING_BYTES;
  }

  #meanBytes(): number {
    return Math.max(0, ...[...this.#seen.values()].map(({ bytes }) => bytes));
  }
}
