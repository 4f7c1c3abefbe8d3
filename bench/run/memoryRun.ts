/** A run that is kept in memory alone: for programs that use its results at once. */
import type { Plan } from '../plan/index.ts';
import { isFailed } from './cell.ts';
import type { CellLine } from './cell.ts';
import { cellStore } from './cellStore.ts';
import type { CellStore } from './cellStore.ts';
import type { RunManifest } from './folder.ts';
import type { CellJournal, RunKeeper } from './keeper.ts';
import { digestOf } from './lines.ts';
import type { UntilCi } from './rounds.ts';

export class MemoryRun implements RunKeeper {
  /** Wall seconds by cell id. */
  readonly timings = new Map<string, number>();
  #manifest: RunManifest;
  /** In the order of the plan once it is complete. */
  #lines: CellLine[] = [];

  constructor(manifest: RunManifest) {
    this.#manifest = manifest;
  }

  get manifest(): RunManifest {
    return this.#manifest;
  }

  reopen(): void {
    this.#manifest = { ...this.#manifest, digest: null };
  }

  extend(untilCi: UntilCi, cells: number): void {
    this.#manifest = { ...this.#manifest, untilCi, cells, digest: null };
  }

  /** Marks the run as complete. */
  finish(digest: string): void {
    this.#manifest = { ...this.#manifest, digest };
  }

  appendTiming(id: string, wallSeconds: number): void {
    this.timings.set(id, wallSeconds);
  }

  /** The line of a failed cell has its error; its stack is for the file `errors.txt` of a folder. */
  appendError(): void {
    return;
  }

  journal(plan: Plan): CellJournal {
    const lines: (CellLine | undefined)[] = new Array<undefined>(plan.count).fill(undefined);
    let done = 0;
    const put = (line: CellLine): void => {
      lines[plan.indexOf(line)!] = line;
      done++;
    };
    // Those of an earlier round; failed cells are run again.
    for (const line of this.#lines) if (!isFailed(line)) put(line);
    return {
      damaged: 0,
      get done() {
        return done;
      },
      *missing() {
        let index = 0;
        for (const cell of plan) if (lines[index++] === undefined) yield cell;
      },
      *lines() {
        for (const line of lines) if (line !== undefined) yield line;
      },
      append: (line) => {
        put(line);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
      putInOrder: () => {
        this.#lines = lines as CellLine[];
      },
    };
  }

  stored(): { readonly cells: CellStore; readonly digest: string } {
    return { cells: cellStore(this.#lines), digest: digestOf(this.#lines) };
  }
}
