/** What an importer is: one kind of file, how it is told from others, and how it is read into the facts. */
import type { Facts, Snapshot } from './facts.ts';

/** One file to be read: on disk, inside an archive, or stdin. */
export interface Source {
  /** For messages: the path as given; inside an archive `capture.tar.gz:proc/meminfo`. */
  readonly file: string;
  /** The path inside its capture, `proc/123/smaps`; for a file given by itself its base name, for stdin ''. */
  readonly name: string;
  /** The whole content, once. To be read to its end, or left with break. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Where an importer puts what it reads. */
export interface Target {
  readonly facts: Facts;
  /** The moment that the file belongs to. */
  readonly snapshot: Snapshot;
}

export interface Importer {
  /** For `--as` and for `inputs` of the document: `smaps`, `ftrace`. */
  readonly kind: string;
  /** One line for the help. */
  readonly about: string;
  /** What a file of this kind is known by, for the message about an unknown file: `lines "MemTotal: ... kB"`. */
  readonly knownBy: string;
  /** One moment has one of it: a second one, given by itself, is another moment. */
  readonly once?: true;
  /**
   * Whether a file is of this kind. `head`: its first bytes (at most HEAD_BYTES) as Latin-1, so that every byte is one
   * letter; `name` as in Source. The first importer of the list that says true gets the file.
   */
  sniff(head: string, name: string): boolean;
  /**
   * Reads the file into the facts. What cannot be used is said in `facts.partial` (at most a few sentences a file) and
   * skipped; throws InputError when nothing can be made of the file at all. Memory must stay bounded whatever its
   * length.
   */
  parse(source: Source, target: Target): Promise<void>;
}

/** Bytes at the beginning of a file that `sniff` is given. */
export const HEAD_BYTES = 16 * 1024;
