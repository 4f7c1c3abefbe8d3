/**
 * Migratetype of each pageblock (include/linux/mmzone.h, pageblock-flags.h; get_ and set_pageblock_migratetype).
 *
 * Differences: one zone that starts at pfn 0; which blocks were CMA at boot is remembered, so that a block under
 * isolation can still be told from ordinary memory.
 */
import { uint8 } from '../arena.ts';
import type { Registers } from '../registers.ts';

/** Migratetypes in the order of the kernel: the first three have per-cpu lists. */
export const MIGRATE = { unmovable: 0, reclaimable: 1, movable: 2, reserve: 3, cma: 4, isolate: 5 } as const;
export const MIGRATE_TYPES = 6;
export const MIGRATE_PCPTYPES = 3;

/** Frames `[first, first + pages)`. */
export interface Span {
  readonly first: number;
  readonly pages: number;
}

export class Pageblocks {
  /** log2 of the pages of a pageblock; also the highest order of the buddy allocator (MAX_ORDER - 1). */
  readonly order: number;
  /** Pages of a pageblock. */
  readonly pages: number;
  /** MIGRATE by pageblock. */
  readonly types: Uint8Array;
  /** zone->nr_isolate_pageblock. */
  isolated = 0;
  readonly #bootCma: Uint8Array;

  /** `cma` spans must begin and end on a pageblock; anything else is an Error. */
  constructor(frames: number, order: number, cma: readonly Span[]) {
    this.order = order;
    this.pages = 1 << order;
    const blocks = Math.ceil(frames / this.pages);
    this.types = uint8(blocks).fill(MIGRATE.movable);
    this.#bootCma = uint8(blocks);
    for (const span of cma) {
      if (span.first % this.pages !== 0 || span.pages % this.pages !== 0 || span.first + span.pages > frames)
        throw new Error(`CMA area at frame ${span.first}, ${span.pages} pages, does not consist of whole pageblocks`);
      this.types.fill(MIGRATE.cma, span.first >> order, (span.first + span.pages) >> order);
      this.#bootCma.fill(1, span.first >> order, (span.first + span.pages) >> order);
    }
  }

  registers(registers: Registers): void {
    this.isolated = registers.derived(this.isolated);
  }

  typeOf(pfn: number): number {
    return this.types[pfn >> this.order];
  }

  setType(pfn: number, type: number): void {
    const block = pfn >> this.order;
    const old = this.types[block];
    if (old === type) return;
    if (old === MIGRATE.isolate) this.isolated--;
    else if (type === MIGRATE.isolate) this.isolated++;
    this.types[block] = type;
  }

  /** The frame lies in a CMA area, isolated at the moment or not. */
  isInCmaArea(pfn: number): boolean {
    return this.#bootCma[pfn >> this.order] !== 0;
  }
}
