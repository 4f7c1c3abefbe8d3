/** A CMA area: its frames and bitmap (drivers/base/dma-contiguous.c: struct cma). */
import { NONE } from '../memory/frames.ts';

/** CONFIG_CMA_ALIGNMENT: largest alignment order of a request, 256 pages. */
export const CMA_ALIGNMENT = 8;

export class CmaArea {
  readonly name: string;
  readonly base: number;
  readonly pages: number;
  readonly #bitmap: Uint8Array;

  constructor(name: string, base: number, pages: number) {
    this.name = name;
    this.base = base;
    this.pages = pages;
    this.#bitmap = new Uint8Array(pages);
  }

  /** bitmap_find_next_zero_area from `start`, indexes relative to the base; NONE when there is none. */
  findZeroArea(start: number, count: number, mask: number): number {
    let index = (start + mask) & ~mask;
    search: while (index + count <= this.pages) {
      for (let i = index + count - 1; i >= index; i--) {
        if (this.#bitmap[i] !== 0) {
          index = (i + 1 + mask) & ~mask;
          continue search;
        }
      }
      return index;
    }
    return NONE;
  }

  set(index: number, count: number): void {
    this.#bitmap.fill(1, index, index + count);
  }

  clear(index: number, count: number): void {
    this.#bitmap.fill(0, index, index + count);
  }

  /** dma_release_from_contiguous: the caller frees the frames, this the bitmap. */
  release(pfn: number, count: number): void {
    this.clear(pfn - this.base, count);
  }

  /** Length of the longest run of clear bits. */
  get longestFree(): number {
    let longest = 0;
    for (let i = 0, run = 0; i < this.pages; i++) {
      run = this.#bitmap[i] === 0 ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  get used(): number {
    let used = 0;
    for (let i = 0; i < this.pages; i++) used += this.#bitmap[i];
    return used;
  }
}

/** get_order(pages), limited to CONFIG_CMA_ALIGNMENT. */
export function alignmentOrder(pages: number): number {
  let order = 0;
  while (1 << order < pages && order < CMA_ALIGNMENT) order++;
  return order;
}
