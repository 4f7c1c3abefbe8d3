/**
 * The list of isolated pages that a caller of migrate_pages keeps, linked through page->lru in the kernel: a cluster of
 * SWAP_CLUSTER_MAX at most, in memory that is used again for each.
 */
import type { Registers } from '../registers.ts';
import { NONE } from '../memory/frames.ts';
import { SWAP_CLUSTER_MAX } from '../memory/reclaim.ts';

export class PageList {
  /** Pages in the list. */
  length = 0;
  readonly #pfns = new Int32Array(SWAP_CLUSTER_MAX);

  /** With these frames from head to tail. Throws RangeError when they are more than a cluster. */
  static of(pfns: readonly number[]): PageList {
    const list = new PageList();
    for (const pfn of pfns.toReversed()) list.add(pfn);
    return list;
  }

  /** The frame at `index` from the head, NONE behind the last. */
  at(index: number): number {
    return index < this.length ? this.#pfns[index] : NONE;
  }

  /** list_add: in front of all others. Throws RangeError when a cluster is full. */
  add(pfn: number): void {
    if (this.length === SWAP_CLUSTER_MAX) throw new RangeError(`a cluster has at most ${SWAP_CLUSTER_MAX} pages`);
    this.#pfns.copyWithin(1, 0, this.length);
    this.#pfns[0] = pfn;
    this.length++;
  }

  /** list_del. */
  removeAt(index: number): void {
    this.#pfns.copyWithin(index, index + 1, this.length);
    this.length--;
  }

  clear(): void {
    this.length = 0;
  }

  /** From the head: a copy. */
  toArray(): number[] {
    return Array.from(this.#pfns.subarray(0, this.length));
  }

  registers(registers: Registers): void {
    this.length = registers.value(this.length);
    for (let i = 0; i < this.length; i++) this.#pfns[i] = registers.page(this.#pfns[i]);
  }
}
