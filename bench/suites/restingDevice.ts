/**
 * A device on which nobody but ksmd acts, and on which nothing is left to merge: every page it visits is linked
 * already, or has a content of its own. What ksmd does then again and again is its hot loop.
 */
import { Stream, startCell } from '../../sim/index.ts';
import type { CellInput, DeviceDescription, LoadDescription, World } from '../../sim/index.ts';
import { frameAt, unlinkedPtes, writeThrough, type Changes } from './snapshot.ts';

/** Passes after which it must have found its peace: one for the checksums, one for the trees, and some to spare. */
const MOST_SETTLING = 8;
/**
 * A run of the scheduler between two looks, ns: shorter than ksmd's sleep after a pass, so that no pass begins unseen.
 */
const LOOK_NS = 5_000_000_000;

/** Pages that a pass visits, by what it finds. */
export interface VisitMix {
  readonly linked: number;
  /**
   * Pages that several ptes of processes map since a fork: all but one are met again on the way down the unstable tree.
   */
  readonly forkShared: number;
  readonly unique: number;
  readonly total: number;
}

export class RestingDevice {
  readonly world: World;
  /** Slots of the ptes of pages that are alone and can be written between two passes. */
  readonly #writable: readonly number[];
  readonly #used: Set<number>;
  readonly #stream: Stream;

  /** The device of a cell with its load stopped; `seed` draws what is written. Throws Error when it finds no peace. */
  constructor(input: CellInput) {
    this.world = startCell({ ...input, description: stopped(input.description) });
    this.#stream = new Stream(input.seed, 'yardstick');
    this.#used = new Set(this.world.kernel.frames.content);
    this.#tellApart();
    this.#settle();
    const { mapcount } = this.world.kernel.frames;
    this.#writable = unlinkedPtes(this.world).filter((slot) => mapcount[frameAt(this.world, slot)] === 1);
  }

  /** Runs the scheduler until ksmd has ended a pass. */
  makePass(): void {
    const { scheduler, kernel } = this.world;
    const { seqnr } = kernel.cursor;
    while (kernel.cursor.seqnr === seqnr) scheduler.run(scheduler.now + LOOK_NS);
  }

  /** New contents, never seen before, for a share (0..1) of the pages that are alone, drawn anew before each pass. */
  planChanges(passes: number, share: number): Changes {
    const from = [0];
    const ptes: number[] = [];
    for (let pass = 0; pass < passes; pass++) {
      for (const slot of this.#writable) if (this.#stream.unit() < share) ptes.push(slot);
      from.push(ptes.length);
    }
    const contents = ptes.map(() => this.#unusedContent());
    return { from: Int32Array.from(from), ptes: Int32Array.from(ptes), contents: Int32Array.from(contents) };
  }

  write({ from, ptes, contents }: Changes, pass: number): void {
    for (let at = from[pass]; at < from[pass + 1]; at++) writeThrough(this.world, ptes[at], contents[at]);
  }

  get mix(): VisitMix {
    const { objects, frames } = this.world.kernel;
    const linked = objects.pagesShared + objects.pagesSharing;
    const total = objects.rmapItems;
    const unlinked = new Set(unlinkedPtes(this.world).map((slot) => frameAt(this.world, slot)));
    const forkShared = [...unlinked].reduce((sum, pfn) => sum + frames.mapcount[pfn] - 1, 0);
    return { linked, forkShared, unique: total - linked - forkShared, total };
  }

  /** No page that is not linked keeps a content that another one has. */
  #tellApart(): void {
    const contents = new Map<number, number>();
    for (const slot of unlinkedPtes(this.world)) {
      const pfn = frameAt(this.world, slot);
      const content = contents.get(pfn) ?? this.#unusedContent();
      contents.set(pfn, content);
      writeThrough(this.world, slot, content);
    }
  }

  #settle(): void {
    const { mergeItem, objects } = this.world.kernel;
    for (let pass = 0; pass < MOST_SETTLING; pass++) {
      const before = [mergeItem.merges, objects.pagesSharing, objects.pagesUnshared].join();
      this.makePass();
      if (pass > 0 && before === [mergeItem.merges, objects.pagesSharing, objects.pagesUnshared].join()) return;
    }
    throw new Error(`ksmd still merges after ${MOST_SETTLING} passes over a device at rest`);
  }

  #unusedContent(): number {
    for (;;) {
      const content = this.#stream.nextUint32() | 0;
      if (content === 0 || this.#used.has(content)) continue;
      this.#used.add(content);
      return content;
    }
  }
}

/** The description with nobody who acts but ksmd, which scans. */
function stopped(description: DeviceDescription): DeviceDescription {
  const { load } = description;
  const groups = load.groups.map((group) => ({
    ...group,
    inheritedWrites: { ...group.inheritedWrites, perSecond: 0 },
    regions: group.regions.map((region) => ({ ...region, writes: { ...region.writes, perSecond: 0 } })),
  }));
  const pageCache = { ...load.pageCache, readsPerSecond: 0, dirtiesPerSecond: 0 };
  const still: LoadDescription = {
    groups,
    spawners: [],
    cmaClients: [],
    pins: [],
    pageCache,
    contentEpochNs: load.contentEpochNs,
  };
  return { ...description, load: still };
}
