/**
 * A small zone below the one that everything else here is about: ZONE_DMA of the recorded machine (mm/page_alloc.c:
 * get_page_from_freelist, lowmem_reserve). It is next in the zonelist, so a request takes a page from it as soon as the
 * larger zone is below the watermark that the request is tried with.
 *
 * Differences: single pages only, without buddy or per-cpu lists: last freed, first taken.
 */
import { KIND, NONE, type Frames } from './frames.ts';

export interface LowZoneOptions {
  /** Frames [first, end) that the zone gives out. */
  readonly first: number;
  readonly end: number;
  /** Watermarks and lowmem_reserve against requests that could have had a higher zone, pages. */
  readonly min: number;
  readonly low: number;
  readonly reserve: number;
}

export class LowZone {
  readonly end: number;
  readonly #options: LowZoneOptions;
  readonly #frames: Frames;
  readonly #free: number[] = [];

  constructor(frames: Frames, options: LowZoneOptions) {
    this.#frames = frames;
    this.#options = options;
    this.end = options.end;
  }

  /** Takes its frames over from boot memory, which has reserved them. */
  takeOver(): void {
    const { first, end } = this.#options;
    this.#frames.kind.fill(KIND.free, first, end);
    this.#frames.count.fill(0, first, end);
    for (let pfn = end - 1; pfn >= first; pfn--) this.#free.push(pfn);
  }

  /** Frames that it has to give. */
  get freeFrames(): readonly number[] {
    return this.#free;
  }

  get freePages(): number {
    return this.#free.length;
  }

  /** A page with count 1 if the zone stays above its `low` or, for a last try, its `min` watermark; else NONE. */
  alloc(isLastTry: boolean): number {
    const { min, low, reserve } = this.#options;
    if (this.#free.length <= (isLastTry ? min : low) + reserve) return NONE;
    const pfn = this.#free.pop()!;
    this.#frames.count[pfn] = 1;
    return pfn;
  }

  /** A frame of the zone whose count is 0. */
  free(pfn: number): void {
    this.#free.push(pfn);
  }
}
