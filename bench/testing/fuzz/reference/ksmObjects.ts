/** KSM's objects: slots, rmap_items, stable nodes, both trees and the counters; how items leave trees (mm/ksm.c). */
import type { AnonVma } from './anonVma.ts';
import type { Memory, Page } from './memory.ts';
import type { Mm } from './mm.ts';
import { RbTree, type RbNode } from './rbTree.ts';
import { type Steps, whileLocked } from './steps.ts';

export interface StableNode {
  /** What kpfn says: the page, which may be free by now. */
  page: Page;
  /** rmap_items, newest first. */
  hlist: RmapItem[];
  rb: RbNode<StableNode> | null;
}

export interface RmapItem {
  readonly mm: Mm;
  readonly at: number;
  /** Contents at the last visit that computed a checksum; null: never. */
  checksum: string | null;
  tree: 'none' | 'unstable' | 'stable';
  /** Low byte of seqnr when it entered the unstable tree. */
  seqnr: number;
  rb: RbNode<RmapItem> | null;
  /** Not cleared when the item leaves the stable tree, as in 3.10. */
  head: StableNode | null;
  anonVma: AnonVma | null;
}

export interface Slot {
  readonly mm: Mm;
  /** Ascending addresses. */
  items: RmapItem[];
}

export class KsmObjects {
  readonly memory: Memory;
  readonly stableTree = new RbTree<StableNode>();
  readonly unstableTree = new RbTree<RmapItem>();
  /** mm_slots in list order, without the head. */
  slots: Slot[] = [];
  /** The slot under the cursor; null: the head. */
  cursor: Slot | null = null;
  run = 1;
  /** mm whose mmap_sem ksmd holds for reading. */
  reading: Mm | null = null;
  seqnr = 0;
  shared = 0;
  sharing = 0;
  unshared = 0;
  itemCount = 0;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  get volatile(): number {
    return Math.max(0, this.itemCount - this.shared - this.sharing - this.unshared);
  }

  newItem(mm: Mm, at: number): RmapItem {
    this.itemCount++;
    return { mm, at, checksum: null, tree: 'none', seqnr: 0, rb: null, head: null, anonVma: null };
  }

  /** remove_trailing_rmap_items: from the given position of the slot's list on. */
  *removeTrailing(slot: Slot, from: number): Steps {
    while (slot.items.length > from) yield* this.freeItem(slot, from);
  }

  /** Off its list first, then out of its tree. */
  *freeItem(slot: Slot, position: number): Steps {
    const [item] = slot.items.splice(position, 1);
    yield* this.leaveTree(item);
    this.itemCount--;
  }

  /** get_ksm_page: the page with a reference more, or null for a stale node, which is removed. */
  getPage(node: StableNode): Page | null {
    const { page } = node;
    if (!isPageOf(page, node)) {
      this.removeNode(node);
      return null;
    }
    this.memory.get(page);
    return page;
  }

  /** get_ksm_page under the page lock, which the caller drops before anybody else acts. */
  *getLockedPage(node: StableNode): Steps<Page | null> {
    for (;;) {
      const page = this.getPage(node);
      if (page === null) return null;
      yield* whileLocked(page);
      if (page === node.page && isPageOf(page, node)) return page;
      // It was migrated or freed meanwhile: look again.
      this.memory.put(page);
    }
  }

  /** remove_node_from_stable_tree: with all its items, the last one of which was the shared one. */
  removeNode(node: StableNode): void {
    for (const [i, item] of node.hlist.entries()) {
      if (i < node.hlist.length - 1) this.sharing--;
      else this.shared--;
      item.tree = 'none';
    }
    node.hlist = [];
    this.stableTree.erase(node.rb!);
  }

  /** remove_rmap_item_from_tree. */
  *leaveTree(item: RmapItem): Steps {
    if (item.tree === 'stable') {
      const node = item.head!;
      const page = yield* this.getLockedPage(node);
      if (page === null) return;
      node.hlist = node.hlist.filter((other) => other !== item);
      this.memory.put(page);
      if (node.hlist.length > 0) this.sharing--;
      else this.shared--;
    } else if (item.tree === 'unstable') {
      const age = (this.seqnr - item.seqnr) & 0xff;
      if (age > 1) throw new Error(`item ${item.mm.name}@${item.at} is ${age} passes old`);
      // Of the last pass: the root was reset since.
      if (age === 0) this.unstableTree.erase(item.rb!);
      this.unshared--;
    }
    item.tree = 'none';
  }

  /** stable_tree_append, for which the page must be locked. */
  append(item: RmapItem, node: StableNode): void {
    item.head = node;
    item.tree = 'stable';
    if (node.hlist.length > 0) this.sharing++;
    else this.shared++;
    node.hlist = [item, ...node.hlist];
  }
}

function isPageOf({ count, mapping }: Page, node: StableNode): boolean {
  return count > 0 && mapping !== null && 'node' in mapping && mapping.node === node;
}
