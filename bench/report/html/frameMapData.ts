/** What the frame map of a page is drawn from: plain data, embedded in the page as JSON. */

export interface EmbeddedMaps {
  /** By index. */
  readonly kinds: readonly EmbeddedKind[];
  readonly maps: readonly EmbeddedMap[];
}

/** `name`: of its colour `--k-<name>` and its row in the table. */
export interface EmbeddedKind {
  readonly name: string;
  readonly title: string;
}

/** One cell of the run. */
export interface EmbeddedMap {
  readonly title: string;
  /** Frames of a pageblock. */
  readonly pageblock: number;
  readonly spaces: readonly EmbeddedSpace[];
  /** In order of time. */
  readonly moments: readonly EmbeddedMoment[];
  /** Those that are shown. */
  readonly failures: readonly EmbeddedFailure[];
  /** Requests of the cell that failed, shown or not. */
  readonly failed: number;
  /** As that of a failure, of the one with the most pages in its way. */
  readonly explain: string;
}

/** Frames [first, first + frames), `perCell` of them a cell of the picture. */
export interface EmbeddedSpace {
  readonly title: string;
  readonly first: number;
  readonly frames: number;
  readonly perCell: number;
}

export interface EmbeddedMoment {
  /** s after measuring began. */
  readonly at: number;
  /** By space: cells as `encodeFrames` leaves them, after those of the moment before. */
  readonly cells: readonly string[];
  /** By space: frames by kind. */
  readonly counts: readonly (readonly number[])[];
  /** Index of the failure that this moment shows, or null. */
  readonly failure: number | null;
}

export interface EmbeddedFailure {
  readonly title: string;
  /** What there is to say of it, a sentence or two. */
  readonly about: string;
  /** The command that explains it; `RUN` stands for the directory of the run. */
  readonly explain: string;
  /** The range that was tried last, frames [first, end); null where there was none. */
  readonly lastRange: readonly [first: number, end: number] | null;
  /** Pages in the way: frame, cause, index of the kind. */
  readonly blockers: readonly (readonly [pfn: number, cause: string, kind: number])[];
}
