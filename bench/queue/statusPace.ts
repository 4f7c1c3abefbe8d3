/**
 * How fast cells are done, from looks at the queue. Workers and coordinators write their counts every few seconds, so
 * looks tell something only when the counts were written in between.
 */
import type { QueueLook } from './statusLook.ts';

/** What counts as now: some heartbeats, so that the jitter of one does not matter. */
const WINDOW_SECONDS = 30;

interface Sample {
  /** Seconds. */
  readonly at: number;
  readonly cells: number;
}

interface RunSeen {
  readonly cells: number;
  /** When its count was seen to be another: soon after it was written, which the first look cannot know. */
  readonly changes: readonly Sample[];
}

export class Pace {
  #workers: ReadonlyMap<string, readonly Sample[]> = new Map();
  #runs: ReadonlyMap<string, RunSeen> = new Map();
  #now = 0;

  /** `now`: seconds on a clock that never goes back. */
  see({ workers, runs }: QueueLook, now: number): void {
    this.#now = now;
    this.#workers = new Map(
      workers.map(({ id, age, done, failed }) => {
        const known = this.#workers.get(id) ?? [];
        // A worker's own clock: the age that it writes beside its counts.
        return [id, known.at(-1)?.at === age ? known : recent([...known, { at: age, cells: done + failed }])];
      }),
    );
    this.#runs = new Map(
      runs.map(({ key, done }) => {
        const known = this.#runs.get(key);
        // A run that is continued may count from less.
        if (known === undefined || done < known.cells) return [key, { cells: done, changes: [] }];
        if (done === known.cells) return [key, known];
        return [key, { cells: done, changes: recent([...known.changes, { at: now, cells: done }]) }];
      }),
    );
  }

  /** Cells a second of a worker, null when it wrote only once since the first look. */
  worker(id: string): number | null {
    return slope(this.#workers.get(id) ?? []);
  }

  /** Cells a second of a run, null when its count did not change twice since the first look. */
  run(key: string): number | null {
    const changes = this.#runs.get(key)?.changes ?? [];
    const last = changes.at(-1);
    // Once it stands still it slows down, instead of keeping its last speed.
    const isQuiet = last !== undefined && changes.length > 1 && this.#now - last.at > WINDOW_SECONDS;
    return slope(isQuiet ? [...changes, { at: this.#now, cells: last.cells }] : changes);
  }
}

/** Those of the window; always two, however long ago. */
function recent(samples: readonly Sample[]): Sample[] {
  const now = samples.at(-1)!.at;
  return samples.filter(({ at }, index) => index >= samples.length - 2 || now - at <= WINDOW_SECONDS);
}

function slope(samples: readonly Sample[]): number | null {
  const [first, last] = [samples.at(0), samples.at(-1)];
  if (first === undefined || last === undefined || last.at <= first.at) return null;
  return (last.cells - first.cells) / (last.at - first.at);
}
