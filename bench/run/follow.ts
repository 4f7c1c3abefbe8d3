/**
 * The folder of a run that another process may be writing, looked at again and again: what it has by now, without
 * reading again what was read before. A last line without its newline is still being written and waits for the next
 * look.
 */
import { closeSync, existsSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../errors.ts';
import { duration } from '../report/units.ts';
import { cellStanding } from '../stats/standing.ts';
import type { CellStanding } from '../stats/standing.ts';
import { RunFolder } from './folder.ts';
import type { RunManifest } from './folder.ts';
import { parseLine, storedLines } from './lines.ts';
import { liveDisplay } from './liveDisplay.ts';

/** A run is called quiet when no cell ended for that long, or for so many times as long as its longest cell took. */
const QUIET_SECONDS = 60;
const QUIET_CELLS = 5;

export interface Followed {
  readonly manifest: RunManifest;
  /** Cells that have ended, in that order. */
  readonly cells: readonly CellStanding[];
  /** When the last of them was written, or before the first the run was begun: ms since 1970. */
  readonly writtenAt: number;
}

export class RunFollower {
  readonly path: string;
  #cells: CellStanding[] = [];
  /** Of the file whose lines up to the byte `#offset` were read; a finished or continued run has another one. */
  #inode = -1;
  #offset = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** What the run has by now. Throws InputError when there is none or it cannot be read. */
  look(): Followed {
    const { manifest } = RunFolder.open(this.path);
    const file = join(this.path, 'cells.ndjson');
    if (!existsSync(file)) return { manifest, cells: [], writtenAt: Date.parse(manifest.startedAt) };
    const descriptor = openSync(file, 'r');
    try {
      const { ino, size, mtimeMs } = fstatSync(descriptor);
      if (ino !== this.#inode || size < this.#offset) this.#begin(ino);
      this.#readOn(descriptor, file);
      return { manifest, cells: this.#cells, writtenAt: mtimeMs };
    } finally {
      closeSync(descriptor);
    }
  }

  /** Seconds without a cell after which the run is called quiet. */
  quietSeconds(): number {
    const longest = Math.max(0, ...RunFolder.open(this.path).readTimings().values());
    return Math.max(QUIET_SECONDS, QUIET_CELLS * longest);
  }

  #begin(inode: number): void {
    this.#inode = inode;
    this.#offset = 0;
    this.#cells = [];
  }

  #readOn(descriptor: number, file: string): void {
    for (const { text, offset, length } of storedLines(descriptor, this.#offset)) {
      this.#cells.push(cellStanding(parseLine(text, file, this.#cells.length + 1)));
      this.#offset = offset + length;
    }
  }
}

export interface WatchOptions {
  readonly stream: NodeJS.WriteStream;
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  /** The command line that continues the run. */
  readonly resume: string;
}

/**
 * Shows live figures of the run in `path` until it is complete; false when the signal was aborted before. Throws
 * UsageError when the folder disappears meanwhile.
 */
export async function watchRun(path: string, options: WatchOptions): Promise<boolean> {
  const follower = new RunFollower(path);
  let seen = follower.look();
  const display = liveDisplay(path, options.stream);
  try {
    while (seen.manifest.digest === null) {
      display.show({ plan: seen.manifest, cells: seen.cells, note: quietNote(follower, seen, options.resume) });
      await sleep(options.intervalMs, undefined, { signal: options.signal }).catch(() => undefined);
      if (options.signal.aborted) return false;
      seen = lookAgain(follower, seen);
    }
    return true;
  } finally {
    display.end();
  }
}

function lookAgain(follower: RunFollower, last: Followed): Followed {
  const { path } = follower;
  try {
    return follower.look();
  } catch (thrown) {
    if (existsSync(join(path, 'run.json'))) throw thrown;
    throw new UsageError(
      `${path} has disappeared while it was watched, after ${last.cells.length} of ${last.manifest.cells} cells`,
    );
  }
}

/** null as long as cells end as often as they may be expected to. */
function quietNote(follower: RunFollower, { writtenAt }: Followed, resume: string): string | null {
  const seconds = (Date.now() - writtenAt) / 1e3;
  if (seconds < QUIET_SECONDS || seconds < follower.quietSeconds()) return null;
  return `no cell has ended since ${timeOfDay(writtenAt)} (${duration(seconds)}): if nobody is running it any more, continue it with: ${resume}`;
}

/** Local time of day, `07:12:03`. */
export function timeOfDay(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}
