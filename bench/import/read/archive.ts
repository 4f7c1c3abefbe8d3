/** Files of a tar archive, read as they come: nothing is unpacked to disk, so no path of it can do harm. */
import { Parser, type ReadEntry } from 'tar';
import { asError } from '../../errors.ts';
import { Pipe } from './pipe.ts';

/** Files of one archive; a device with 500 processes has about 5000. */
const MOST_ENTRIES = 50_000;
/** Letters of a path that are kept. */
const LONGEST_PATH = 300;

export interface ArchiveEnd {
  /** Links, devices and the like. */
  readonly skipped: number;
  /** What broke the archive off or was damaged in it, a part of a sentence each. */
  readonly faults: readonly string[];
}

/**
 * Calls `each` with every regular file, one after the other; its bytes need not be read to their end. Memory: one chunk
 * of `bytes`. Damage ends the reading or skips a file, and is told at the end; what `each` throws is thrown.
 */
export async function eachFile(
  bytes: AsyncIterable<Uint8Array>,
  each: (path: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<ArchiveEnd> {
  const faults = new Set<string>();
  let skipped = 0;
  let entries = 0;
  /** `failure`: what `each` threw; `isOver`: the parser gave up. */
  const state = { failure: null as Error | null, isOver: false };
  let line: Promise<void> = Promise.resolve();
  /** Files that are not read to their end yet, in order; the last one may still be growing. */
  let open: { readonly pipe: Pipe; readonly done: Promise<void> }[] = [];
  const begin = (entry: ReadEntry): void => {
    entries++;
    if (entries > MOST_ENTRIES) faults.add(`has more than ${MOST_ENTRIES} entries; the rest is left out`);
    const isFile = ['File', 'OldFile', 'ContiguousFile'].includes(entry.type);
    if (!isFile && entry.type !== 'Directory') skipped++;
    if (!isFile || entries > MOST_ENTRIES) {
      entry.resume();
      return;
    }
    const pipe = new Pipe();
    const path = entry.path.slice(0, LONGEST_PATH);
    line = line
      .then(() => each(path, pipe))
      .then(
        () => {
          pipe.leave();
        },
        (thrown: unknown) => {
          state.failure ??= asError(thrown);
          pipe.leave();
        },
      );
    open.push({ pipe, done: line });
    entry.on('data', (chunk: Buffer) => {
      pipe.push(chunk);
    });
    entry.on('end', () => {
      pipe.end();
    });
  };
  const parser = new Parser({ brotli: false, zstd: false, onReadEntry: begin });
  parser.on('warn', (_: string, message: string) => {
    if (faults.size < 5) faults.add(`is damaged: ${message}`);
  });
  parser.on('error', (error: Error) => {
    faults.add(`is damaged: ${error.message}`);
    state.isOver = true;
  });
  /** Waits until whatever was handed out is taken. */
  const settle = async (): Promise<void> => {
    for (const { pipe, done } of open) await (pipe.ended ? done : Promise.race([pipe.drained(), done]));
    open = open.filter(({ pipe }) => !pipe.ended);
    if (state.failure !== null) throw state.failure;
  };
  let broken: Error | null = null;
  try {
    for await (const chunk of bytes) {
      parser.write(Buffer.from(chunk));
      await settle();
      if (state.isOver || entries > MOST_ENTRIES) break;
    }
  } catch (thrown) {
    if (state.failure !== null) throw thrown;
    broken = asError(thrown);
  }
  if (broken === null && !state.isOver) parser.end();
  for (const { pipe } of open) pipe.end();
  await settle();
  if (broken !== null) faults.add(`breaks off: ${broken.message}`);
  return { skipped, faults: [...faults] };
}
