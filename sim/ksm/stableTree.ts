/**
 * The stable tree and what hangs on it (mm/ksm.c: get_ksm_page, remove_node_from_stable_tree, stable_tree_search,
 * stable_tree_insert, stable_tree_append, remove_rmap_item_from_tree for stable items).
 *
 * A stable_node holds no reference on its page: it is stale once the page was freed, and found out to be so only by
 * somebody who walks over it. 3.10 gives up a search or an insertion at the first stale node; later kernels start over,
 * and keep several nodes of equal content (stableChains.ts).
 */
import type { Clock } from '../clock/clock.ts';
import type { KernelHooks } from '../strategies/strategy.ts';
import type { KernelEvents } from '../events.ts';
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import type { AnonVmas } from '../process/anonVmas.ts';
import type { KernelChanges } from '../description.ts';
import { ITEM, type KsmObjects } from './objects.ts';
import { StableChains } from './stableChains.ts';

export class StableTree {
  /** Nodes compared by the last search or insertion. */
  lastSteps = 0;
  /** Null where nothing limits the sharers of a page. */
  readonly chains: StableChains | null;
  readonly #objects: KsmObjects;
  readonly #frames: Frames;
  readonly #anonVmas: AnonVmas;
  readonly #events: KernelEvents;
  readonly #hooks: KernelHooks;
  readonly #restarts: boolean;

  constructor(
    objects: KsmObjects,
    frames: Frames,
    anonVmas: AnonVmas,
    events: KernelEvents,
    hooks: KernelHooks,
    changes: KernelChanges,
    clock: Readonly<Clock>,
  ) {
    this.#restarts = changes.stableTreeRestarts;
    const isStale = (node: number) => this.isStale(node);
    const removeStale = (node: number) => this.removeStale(node);
    const limit = changes.maxPageSharing;
    const chainParts = { objects, isStale, removeStale, clock };
    this.chains = limit > 0 ? new StableChains(limit, objects.kpfn.length, chainParts) : null;
    this.#objects = objects;
    this.#frames = frames;
    frames.ksmFreed = (node) => {
      objects.stable.doubt(node);
    };
    this.#anonVmas = anonVmas;
    this.#events = events;
    this.#hooks = hooks;
  }

  /** page_stable_node: NONE for a KSM/NULL page and for every other page. */
  nodeOf(pfn: number): number {
    return this.#frames.kind[pfn] === KIND.ksm ? this.#frames.mapping[pfn] : NONE;
  }

  /** The test of get_ksm_page: whether the node's page is gone. */
  isStale(node: number): boolean {
    const pfn = this.#objects.kpfn[node];
    return this.#frames.kind[pfn] !== KIND.ksm || this.#frames.mapping[pfn] !== node;
  }

  /** remove_node_from_stable_tree: a stale node goes, with every item on it. */
  removeStale(node: number): void {
    const objects = this.#objects;
    while (objects.hlist[node] >= 0) {
      const item = objects.hlist[node];
      const isKept = (objects.itemFlags[item] & ITEM.kept) !== 0;
      objects.removeFromHlist(item);
      this.#anonVmas.put(objects.itemAnonVma[item]);
      objects.itemAnonVma[item] = NONE;
      if (!isKept) continue;
      this.#hooks.coverGone?.(item);
      objects.freeItem(item);
    }
    if (this.chains?.unlink(node) !== true) objects.stable.erase(node);
    objects.freeNode(node);
  }

  /**
   * The walk of stable_tree_search: the node whose page has that content and that has room, or NONE; in 3.10 also NONE,
   * after removing it, at the first stale node.
   */
  search(content: number): number {
    if (this.chains !== null) return this.#searchChains(this.chains, content);
    const { stable } = this.#objects;
    let steps = 0;
    for (;;) {
      // By the keys, without a look at pages, to an equal key or a node in doubt, whose page was freed. Gain: 3 to 6 %
      // of the time of a cell.
      stable.descend(stable.root, content, steps);
      const node = stable.at;
      steps = stable.steps;
      if (node < 0 || !this.isStale(node)) {
        this.lastSteps = node < 0 ? steps : steps + 1;
        return node;
      }
      this.removeStale(node);
      this.lastSteps = steps;
      if (!this.#restarts) return NONE;
    }
  }

  /** The same where a node of the tree may be a chain of dups. */
  #searchChains(chains: StableChains, content: number): number {
    const { stable, kpfn } = this.#objects;
    const contents = this.#frames.content;
    this.lastSteps = 0;
    let node = stable.root;
    while (node >= 0) {
      const compared = this.#compared(node, true);
      if (compared < 0) {
        if (!this.#restarts) return NONE;
        node = stable.root;
        continue;
      }
      this.lastSteps++;
      const other = contents[kpfn[compared]];
      if (content === other) return chains.candidate;
      node = chains.treeNode;
      node = content < other ? stable.leftOf(node) : stable.rightOf(node);
    }
    return NONE;
  }

  /**
   * stable_tree_insert: the new node of the KSM/NULL page, or NONE (in 3.10: stale node on the path, or equal node
   * found; with chains an equal node is joined). `anyway`: it starts over at a stale node and stands beside an equal
   * one.
   */
  insert(pfn: number, anyway = false): number {
    const objects = this.#objects;
    const { stable, kpfn } = objects;
    const { chains } = this;
    const contents = this.#frames.content;
    const content = contents[pfn];
    this.lastSteps = 0;
    let parent = NONE;
    let isLeft = false;
    let node = stable.root;
    while (node >= 0) {
      const compared = this.#compared(node, false);
      if (compared < 0) {
        if (!this.#restarts && !anyway) return NONE;
        parent = NONE;
        node = stable.root;
        continue;
      }
      this.lastSteps++;
      const other = contents[kpfn[compared]];
      if (content === other && (chains !== null || !anyway)) {
        if (chains === null) return NONE;
        const joined = this.#newNode(pfn);
        chains.join(node, joined);
        return joined;
      }
      parent = node;
      isLeft = content < other;
      node = isLeft ? stable.leftOf(node) : stable.rightOf(node);
    }
    const inserted = this.#newNode(pfn);
    stable.insert(inserted, content, parent, isLeft);
    return inserted;
  }

  /** remove_stable_node with run = 2: false while its page is still mapped. An unmapped page is left KSM/NULL. */
  removeUnmapped(node: number): boolean {
    if (this.chains?.isChain(node) === true) {
      for (const dup of this.chains.dupsOf(node)) if (!this.removeUnmapped(dup)) return false;
      this.chains.free(node);
      return true;
    }
    if (!this.isStale(node)) {
      const pfn = this.#objects.kpfn[node];
      if (this.#frames.mapcount[pfn] > 0) return false;
      this.#frames.mapping[pfn] = NONE;
    }
    this.removeStale(node);
    return true;
  }

  /** stable_tree_append. The page lock is held. */
  append(item: number, node: number): void {
    this.#objects.addToHlist(item, node);
    this.#events.appended(item, this.#objects.kpfn[node]);
    this.#hooks.merged?.(item);
  }

  /**
   * The second half of remove_rmap_item_from_tree for a stable item whose node is not stale; the page lock is held. A
   * strategy may leave a cover behind instead; `seqnr` is the current pass. Returns what the strategy spent, ns.
   */
  removeItem(item: number, seqnr: number): number {
    const extra = this.#hooks.itemLeaves?.(item, seqnr) ?? 0;
    if ((this.#objects.itemFlags[item] & ITEM.stable) !== 0) this.#takeOff(item);
    return extra;
  }

  /** A cover whose node is not stale goes. */
  dropCover(item: number): void {
    this.#takeOff(item);
    this.#objects.freeItem(item);
  }

  #takeOff(item: number): void {
    const objects = this.#objects;
    const pfn = objects.kpfn[objects.itemHead[item]];
    objects.removeFromHlist(item);
    this.#events.itemRemoved(item, pfn);
    this.#anonVmas.put(objects.itemAnonVma[item]);
    objects.itemAnonVma[item] = NONE;
  }

  /** The node to compare with at `node`; NONE: something stale was met and removed. */
  #compared(node: number, prune: boolean): number {
    if (this.chains !== null) return this.chains.compared(node, prune);
    if (!this.isStale(node)) return node;
    this.removeStale(node);
    return NONE;
  }

  #newNode(pfn: number): number {
    const node = this.#objects.newNode(pfn);
    this.#frames.mapping[pfn] = node;
    return node;
  }
}
