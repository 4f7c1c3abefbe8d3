/**
 * rmap_items, stable_nodes and the counters of /sys/kernel/mm/ksm (mm/ksm.c: struct rmap_item, struct stable_node).
 *
 * Difference: a strategy may leave a covering item behind on an hlist (`KEPT`); it is an rmap_item like the others, but
 * belongs to no mm_slot and is in none of the kernel's counters.
 */
import { int32, uint8 } from '../arena.ts';
import type { Registers } from '../registers.ts';
import { NONE } from '../memory/frames.ts';
import { Pool } from '../process/pool.ts';
import { RbTree } from './rbTree.ts';

/** Flags of an rmap_item; the kernel has the first two in the low bits of its address (UNSTABLE_FLAG, STABLE_FLAG). */
export const ITEM = {
  /** In the unstable tree (this pass's or, not yet revisited, the last one's). */
  unstable: 1,
  /** On the hlist of `head`. */
  stable: 2,
  /** On the hlist of `head` by a strategy only. */
  kept: 4,
} as const;

/** Bytes of struct rmap_item on 32-bit ARM: 8 words by its members in 3.10. */
export const RMAP_ITEM_BYTES = 32;

export class KsmObjects {
  /** rmap_items and kept items there can be: handles are 0 .. capacity - 1. */
  readonly capacity: number;
  /** rmap_item: mm and address (virtual page number); NONE for kept items, which belong to no mm. */
  readonly itemMm: Int32Array;
  readonly itemAddress: Int32Array;
  readonly itemFlags: Uint8Array;
  /** Low 8 bits of seqnr at insertion into the unstable tree. */
  readonly itemAge: Uint8Array;
  readonly oldChecksum: Int32Array;
  /** Where the pte of an unstable item is in the page tables; leaves are freed at exit only. */
  readonly itemSlot: Int32Array;
  /** anon_vma of a stable item, with a reference. */
  readonly itemAnonVma: Int32Array;
  /** stable_node of a stable item; stays behind when the item leaves it, as in 3.10. */
  readonly itemHead: Int32Array;
  /** Next item of the mm_slot's rmap_list. */
  readonly itemNext: Int32Array;
  readonly hlistNext: Int32Array;
  readonly hlistPrev: Int32Array;
  readonly unstable: RbTree;

  /** Stable items of each mm. */
  readonly stableOf: Int32Array;

  /** stable_node: its frame, first item, and number of items but the kept ones. */
  readonly kpfn: Int32Array;
  readonly hlist: Int32Array;
  readonly nodeItems: Int32Array;
  readonly stable: RbTree;
  /** 1: the handle is a stable_node in use. */
  readonly nodeLive: Uint8Array;

  pagesShared = 0;
  pagesSharing = 0;
  pagesUnshared = 0;
  /** ksm_rmap_items. */
  rmapItems = 0;
  keptItems = 0;
  /** Most rmap_items and kept items at once. */
  peakItems = 0;
  stableNodes = 0;
  /** Told of each rmap_item that is made for an mm; items are used again. */
  onItemMade: ((item: number) => void) | null = null;
  readonly #items: Pool;
  readonly #nodes: Pool;

  constructor(maxItems: number, maxNodes: number, maxMms: number) {
    this.stableOf = int32(maxMms);
    this.capacity = maxItems;
    this.itemMm = int32(maxItems);
    this.itemAddress = int32(maxItems);
    this.itemFlags = uint8(maxItems);
    this.itemAge = uint8(maxItems);
    this.oldChecksum = int32(maxItems);
    this.itemSlot = int32(maxItems);
    this.itemAnonVma = int32(maxItems);
    this.itemHead = int32(maxItems);
    this.itemNext = int32(maxItems);
    this.hlistNext = int32(maxItems);
    this.hlistPrev = int32(maxItems);
    this.unstable = new RbTree(maxItems);
    this.kpfn = int32(maxNodes);
    this.hlist = int32(maxNodes);
    this.nodeItems = int32(maxNodes);
    this.nodeLive = uint8(maxNodes);
    this.stable = new RbTree(maxNodes);
    this.#items = new Pool('rmap_items', maxItems);
    this.#nodes = new Pool('stable_nodes', maxNodes);
  }

  registers(registers: Registers): void {
    this.pagesShared = registers.derived(this.pagesShared);
    this.pagesSharing = registers.derived(this.pagesSharing);
    this.pagesUnshared = registers.derived(this.pagesUnshared);
    this.rmapItems = registers.derived(this.rmapItems);
    this.keptItems = registers.derived(this.keptItems);
    this.stableNodes = registers.derived(this.stableNodes);
    this.stable.registers(registers);
    this.unstable.registers(registers);
  }

  /** ksm_pages_volatile: floored at 0, as the sysfs file does. */
  get pagesVolatile(): number {
    return Math.max(0, this.rmapItems - this.pagesShared - this.pagesSharing - this.pagesUnshared);
  }

  /** alloc_rmap_item: zeroed. */
  newItem(mm: number, address: number): number {
    const item = this.#newItem(mm, address, 0);
    this.rmapItems++;
    this.#notePeak();
    this.onItemMade?.(item);
    return item;
  }

  /** free_rmap_item of an item that is in no tree. */
  freeItem(item: number): void {
    // Whoever remembers it must not take it for a live one of the mm.
    this.itemMm[item] = NONE;
    if ((this.itemFlags[item] & ITEM.kept) !== 0) this.keptItems--;
    else this.rmapItems--;
    this.#items.free(item);
  }

  newNode(pfn: number): number {
    const node = this.#nodes.alloc();
    this.kpfn[node] = pfn;
    this.hlist[node] = NONE;
    this.nodeItems[node] = 0;
    this.nodeLive[node] = 1;
    this.stableNodes++;
    return node;
  }

  freeNode(node: number): void {
    this.nodeLive[node] = 0;
    this.stableNodes--;
    this.#nodes.free(node);
  }

  /** hlist_add_head and the counters of stable_tree_append. */
  addToHlist(item: number, node: number): void {
    this.itemHead[item] = node;
    this.itemFlags[item] |= ITEM.stable;
    this.stableOf[this.itemMm[item]]++;
    const first = this.hlist[node];
    this.hlistNext[item] = first;
    this.hlistPrev[item] = NONE;
    if (first >= 0) this.hlistPrev[first] = item;
    this.hlist[node] = item;
    if (this.nodeItems[node]++ > 0) this.pagesSharing++;
    else this.pagesShared++;
  }

  /** hlist_del and the counters; the flags of the item are cleared, its anon_vma reference is the caller's to drop. */
  removeFromHlist(item: number): void {
    const node = this.itemHead[item];
    const before = this.hlistPrev[item];
    const after = this.hlistNext[item];
    if (before < 0) this.hlist[node] = after;
    else this.hlistNext[before] = after;
    if (after >= 0) this.hlistPrev[after] = before;
    if ((this.itemFlags[item] & ITEM.kept) === 0) {
      this.#uncount(node, this.itemMm[item]);
      this.itemFlags[item] = 0;
    }
  }

  /**
   * A strategy keeps the cover of a stable item: a kept item takes its place on the hlist together with the anon_vma
   * reference; `item` itself is in no tree afterwards and has no anon_vma. Returns the kept item, NONE for an item that
   * is on no hlist (any more).
   */
  leaveCover(item: number): number {
    if ((this.itemFlags[item] & ITEM.stable) === 0) return NONE;
    const kept = this.#newItem(NONE, this.itemAddress[item], ITEM.kept);
    this.keptItems++;
    this.#uncount(this.itemHead[item], this.itemMm[item]);
    this.#replaceOnHlist(item, kept);
    return kept;
  }

  /**
   * A strategy gives the place of a stable item on its hlist, with the anon_vma reference, to a new item of another mm
   * at the same address, which the caller puts into that mm's rmap_list. `item` itself is in no tree afterwards.
   */
  handOver(item: number, mm: number): number {
    const heir = this.#newItem(mm, this.itemAddress[item], ITEM.stable);
    this.rmapItems++;
    this.oldChecksum[heir] = this.oldChecksum[item];
    this.stableOf[this.itemMm[item]]--;
    this.stableOf[mm]++;
    this.#replaceOnHlist(item, heir);
    this.onItemMade?.(heir);
    return heir;
  }

  /** The successor takes the item's place on its hlist, and its anon_vma. */
  #replaceOnHlist(item: number, successor: number): void {
    this.#notePeak();
    const node = this.itemHead[item];
    this.itemAnonVma[successor] = this.itemAnonVma[item];
    this.itemHead[successor] = node;
    const before = this.hlistPrev[item];
    const after = this.hlistNext[item];
    this.hlistPrev[successor] = before;
    this.hlistNext[successor] = after;
    if (before < 0) this.hlist[node] = successor;
    else this.hlistNext[before] = successor;
    if (after >= 0) this.hlistPrev[after] = successor;
    this.itemFlags[item] = 0;
    this.itemAnonVma[item] = NONE;
  }

  #uncount(node: number, mm: number): void {
    this.stableOf[mm]--;
    if (--this.nodeItems[node] > 0) this.pagesSharing--;
    else this.pagesShared--;
  }

  #newItem(mm: number, address: number, flags: number): number {
    const item = this.#items.alloc();
    this.itemMm[item] = mm;
    this.itemAddress[item] = address;
    this.itemFlags[item] = flags;
    this.oldChecksum[item] = 0;
    this.itemAnonVma[item] = NONE;
    this.itemHead[item] = NONE;
    this.itemNext[item] = NONE;
    return item;
  }

  #notePeak(): void {
    const live = this.rmapItems + this.keptItems;
    if (live > this.peakItems) this.peakItems = live;
  }
}
