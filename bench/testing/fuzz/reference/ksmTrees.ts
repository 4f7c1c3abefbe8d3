/** The searches of both trees, with what ends them early (mm/ksm.c: stable_tree_search, _insert, unstable_tree_…). */
import type { KsmObjects, RmapItem, StableNode } from './ksmObjects.ts';
import type { Page } from './memory.ts';
import { presentPage, vmaAt } from './mm.ts';
import type { RbNode, Side } from './rbTree.ts';
import type { Steps } from './steps.ts';

/** Where a walk down a tree ended. */
interface Leaf<T> {
  readonly parent: RbNode<T> | null;
  readonly side: Side;
}

/** memcmp of two pages: null when they are equal. */
function sideOf(page: Page, other: Page): Side | null {
  if (page.data === other.data) return null;
  return page.data < other.data ? 'left' : 'right';
}

export function nodeOf(page: Page): StableNode | null {
  return page.mapping !== null && 'node' in page.mapping ? page.mapping.node : null;
}

/** The KSM page with the same contents, with a reference more. A stale node on the way ends the search. */
export function* searchStable(ksm: KsmObjects, page: Page): Steps<Page | null> {
  if (nodeOf(page) !== null) {
    ksm.memory.get(page);
    return page;
  }
  for (let at = ksm.stableTree.root; at !== null;) {
    const treePage = ksm.getPage(at.item);
    if (treePage === null) return null;
    const side = sideOf(page, treePage);
    ksm.memory.put(treePage);
    if (side === null) return yield* ksm.getLockedPage(at.item);
    at = at[side];
  }
  return null;
}

/** A node for a page that was just upgraded; null when a stale node or an equal page is met. */
export function insertStable(ksm: KsmObjects, page: Page): StableNode | null {
  let leaf: Leaf<StableNode> = { parent: null, side: 'left' };
  for (let at = ksm.stableTree.root; at !== null;) {
    const treePage = ksm.getPage(at.item);
    if (treePage === null) return null;
    const side = sideOf(page, treePage);
    ksm.memory.put(treePage);
    if (side === null) return null;
    leaf = { parent: at, side };
    at = at[side];
  }
  const node: StableNode = { page, hlist: [], rb: null };
  node.rb = ksm.stableTree.insert(node, leaf.parent, leaf.side);
  page.mapping = { node };
  return node;
}

/** get_mergeable_page: what the item's address maps now, with a reference more. */
function mergeablePage(ksm: KsmObjects, item: RmapItem): Page | null {
  if (item.mm.isExiting) return null;
  const vma = vmaAt(item.mm, item.at);
  if (vma === undefined || !vma.isMergeable || vma.anonVma === null) return null;
  const page = presentPage(item.mm, item.at);
  if (page !== null) ksm.memory.get(page);
  return page;
}

/** The item with an equal page, and that page with a reference more; else inserts, unless the walk was cut short. */
export function searchUnstable(ksm: KsmObjects, item: RmapItem, page: Page): { item: RmapItem; page: Page } | null {
  let leaf: Leaf<RmapItem> = { parent: null, side: 'left' };
  for (let at = ksm.unstableTree.root; at !== null;) {
    const treePage = mergeablePage(ksm, at.item);
    if (treePage === null) return null;
    const side = sideOf(page, treePage);
    if (treePage !== page && side === null) return { item: at.item, page: treePage };
    ksm.memory.put(treePage);
    // "Don't substitute a ksm page for a forked page."
    if (treePage === page || side === null) return null;
    leaf = { parent: at, side };
    at = at[side];
  }
  item.tree = 'unstable';
  // `head` and the rb node are one union.
  item.head = null;
  item.seqnr = ksm.seqnr & 0xff;
  item.rb = ksm.unstableTree.insert(item, leaf.parent, leaf.side);
  ksm.unshared++;
  return null;
}
