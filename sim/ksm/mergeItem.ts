/**
 * cmp_and_merge_page (mm/ksm.c) as a machine. A step ends wherever somebody can overtake and it matters: after the
 * search, under the page lock after a pte was replaced or a page upgraded, between the two halves of a two-page merge,
 * and before the rmap_items are appended. Long, and one file: each phase reads and leaves the same few registers.
 *
 * Later kernels: `stableSearchTrylock`, an item whose match is locked leaves its tree and is done;
 * `stableTreeRestarts`, a match that went stale meanwhile makes the search start over; `mergeableVmaOnly`;
 * `checksumFirst`, where the item leaves its tree first, then the checksum is compared, and only an unchanged page is
 * looked for in the stable tree.
 *
 * Strategies may merge at once, finish what failed half way, or keep another page (`mergesAtOnce`, `finishesUpgrade`,
 * `keptPage` of StrategyHooks).
 */
import type { Registers } from '../registers.ts';
import type { CostProfile, KernelChanges } from '../description.ts';
import type { KernelHooks } from '../strategies/strategy.ts';
import { BLOCKED } from '../clock/actor.ts';
import type { Locks } from '../clock/locks.ts';
import type { KernelEvents } from '../events.ts';
import { NONE, type Frames } from '../memory/frames.ts';
import type { AddressSpaces } from '../process/addressSpaces.ts';
import type { UserPages } from '../process/userPages.ts';
import type { Vmas } from '../process/vmas.ts';
import type { BreakCow } from './breakCow.ts';
import { checksumOf } from './checksum.ts';
import type { ItemRemoval } from './itemRemoval.ts';
import type { MergePages } from './mergePages.ts';
import { MergeUnderStrategies } from './mergeUnderStrategies.ts';
import { MergeWithPage } from './mergeWithPage.ts';
import { ITEM, type KsmObjects } from './objects.ts';
import type { PageRefs } from './pageRefs.ts';
import type { StableTree } from './stableTree.ts';
import type { UnstableTree } from './unstableTree.ts';

/** Named stopping places of a scripted test, in the order in which an item can pass them. */
export const MERGE_POINTS = [
  'match_found',
  'upgraded_null',
  'between_merges',
  'replaced',
  'before_append',
  'before_insert',
] as const;
export type MergePoint = (typeof MERGE_POINTS)[number];

const PHASE = {
  idle: 0,
  search: 1,
  lockMatch: 2,
  leaveTree: 3,
  mergeKnown: 4,
  append: 5,
  checksum: 6,
  mergeFirst: 7,
  mergeSecond: 8,
  insert: 9,
  breakTreeItem: 10,
  breakItem: 11,
  unstable: 12,
} as const;

export interface MergeParts {
  readonly frames: Frames;
  readonly vmas: Vmas;
  readonly spaces: AddressSpaces;
  readonly objects: KsmObjects;
  readonly stable: StableTree;
  readonly unstable: UnstableTree;
  readonly removal: ItemRemoval;
  readonly mergePages: MergePages;
  readonly breakCow: BreakCow;
  readonly refs: PageRefs;
  readonly userPages: UserPages;
  /** Told of a page that was made to merge others into. */
  readonly onNewPage: (mm: number, vpn: number, pfn: number) => void;
  readonly locks: Locks;
  readonly costs: CostProfile;
  readonly events: KernelEvents;
  readonly hooks: KernelHooks;
  readonly changes: KernelChanges;
  /** Mask of the modelled checksum. */
  readonly checksumMask: number;
}

export class MergeItem {
  /** The point the last step reached, or null. */
  point: MergePoint | null = null;
  /** Page whose lock it sleeps on, NONE otherwise. */
  waitingFor = NONE;
  #phase: number = PHASE.idle;
  #item = NONE;
  #page = NONE;
  #kpage = NONE;
  #node = NONE;
  #treeItem = NONE;
  #treePage = NONE;
  /** A page that both are merged into instead of upgrading one (`keptPage`), until the first is. */
  #copy = NONE;
  /** The checksum came first and had not changed. */
  #isChecked = false;
  /** The match was locked (-EBUSY). */
  #isBusy = false;
  readonly #merging: MergeWithPage;
  readonly #strategies: MergeUnderStrategies;
  readonly #p: MergeParts;

  constructor(parts: MergeParts) {
    this.#strategies = new MergeUnderStrategies(parts);
    this.#merging = new MergeWithPage(parts, this.#strategies);
    this.#p = parts;
  }

  get isIdle(): boolean {
    return this.#phase === PHASE.idle;
  }

  /** Two-page and one-page merges done. */
  get merges(): number {
    return this.#merging.merges;
  }

  registers(registers: Registers): void {
    const { mergePages, hooks } = this.#p;
    const merging = this.#merging;
    const phase = registers.value(this.#phase);
    this.#phase = phase;
    this.waitingFor = NONE;
    if (phase === PHASE.idle) {
      merging.forget();
      this.#treePage = NONE;
      return;
    }
    this.#item = registers.item(this.#item);
    this.#page = registers.page(this.#page);
    this.#isChecked = registers.value(this.#isChecked ? 1 : 0) !== 0;
    this.#isBusy = registers.value(this.#isBusy ? 1 : 0) !== 0;
    const hasMatch = phase >= PHASE.lockMatch && phase <= PHASE.append;
    this.#kpage = registers.page(hasMatch ? this.#kpage : NONE);
    this.#node = registers.node(phase === PHASE.lockMatch ? this.#node : NONE);
    const hasTreeItem = phase >= PHASE.mergeFirst && phase <= PHASE.breakTreeItem;
    this.#treeItem = registers.item(hasTreeItem ? this.#treeItem : NONE);
    this.#treePage = registers.page(phase >= PHASE.mergeFirst ? this.#treePage : NONE);
    this.#copy = registers.page(phase === PHASE.mergeFirst ? this.#copy : NONE);
    merging.registers(registers);
    const isUpgrade = hooks.takeAnonVma !== undefined && phase === PHASE.mergeFirst && merging.isUnderWay;
    mergePages.oldAnonVma = registers.anonVma(isUpgrade ? mergePages.oldAnonVma : NONE);
  }

  /** The next step changes nothing but its own phase: an item in no tree has none to leave. */
  get nextIsPrivate(): boolean {
    const { removal, objects } = this.#p;
    if (this.#phase !== PHASE.leaveTree || removal.isBusy) return false;
    return (objects.itemFlags[this.#item] & (ITEM.stable | ITEM.unstable)) === 0;
  }

  /** Starts on an rmap_item and its page, which is referenced. */
  begin(item: number, page: number): void {
    this.#item = item;
    this.#page = page;
    this.#isChecked = false;
    this.#isBusy = false;
    this.#phase = PHASE.search;
  }

  /** One step: ns, or BLOCKED. The item is done once `isIdle`. */
  step(seqnr: number, who: number, cpu: number): number {
    this.point = null;
    this.waitingFor = NONE;
    switch (this.#phase) {
      case PHASE.search:
        return this.#search(cpu);
      case PHASE.lockMatch:
        return this.#lockMatch(who, cpu);
      case PHASE.leaveTree:
        return this.#leaveTree(seqnr, who, cpu);
      case PHASE.checksum:
        return this.#checksum(seqnr, cpu);
      case PHASE.unstable:
        return this.#searchUnstable(0, seqnr, cpu);
      case PHASE.mergeKnown:
        return this.#mergeKnown(seqnr, who, cpu);
      case PHASE.mergeFirst:
        return this.#mergeFirst(seqnr, who, cpu);
      case PHASE.mergeSecond:
        return this.#mergeSecond(seqnr, who, cpu);
      case PHASE.append:
        return this.#append(who, cpu);
      case PHASE.insert:
        return this.#insert(who, cpu);
      case PHASE.breakTreeItem:
        return this.#break(this.#treeItem, PHASE.breakItem, who, cpu);
      default:
        return this.#break(this.#item, PHASE.idle, who, cpu);
    }
  }

  /** stable_tree_search, up to the page lock of what it found. */
  #search(cpu: number): number {
    const { stable, objects, refs, frames, costs } = this.#p;
    const node = stable.nodeOf(this.#page);
    // A head outlives its item's removal; a new node with the handle of a freed one must not pass for it.
    const isLinked = this.#isLinked(this.#item);
    if (node >= 0 && isLinked && objects.itemHead[this.#item] === node) return this.#finish(costs.visitLinked, cpu);
    this.#kpage = NONE;
    if (node >= 0) {
      this.#kpage = this.#page;
      refs.get(this.#page);
      this.#phase = PHASE.leaveTree;
      this.point = 'match_found';
      return costs.visitLinked;
    }
    if (this.#p.changes.checksumFirst && !this.#isChecked) {
      this.#phase = PHASE.leaveTree;
      return 0;
    }
    this.#node = stable.search(frames.content[this.#page]);
    const cost = stable.lastSteps * costs.treeStep;
    if (this.#node < 0) {
      this.#phase = PHASE.leaveTree;
      return cost;
    }
    this.#kpage = objects.kpfn[this.#node];
    refs.get(this.#kpage);
    this.#phase = PHASE.lockMatch;
    return cost + costs.pageCompare;
  }

  /** get_ksm_page(node, lock) and unlock at once: a running migration is sure to notice the raised count. */
  #lockMatch(who: number, cpu: number): number {
    const { stable, objects, refs, locks, changes } = this.#p;
    if (locks.isPageLocked(this.#kpage)) {
      if (!changes.stableSearchTrylock) return this.#waitForPage(this.#kpage, who);
      refs.put(this.#kpage, cpu);
      this.#kpage = NONE;
      this.#isBusy = true;
      this.#phase = PHASE.leaveTree;
      return 0;
    }
    const isStale = stable.isStale(this.#node);
    if (isStale || objects.kpfn[this.#node] !== this.#kpage) {
      refs.put(this.#kpage, cpu);
      this.#kpage = NONE;
      if (isStale) {
        stable.removeStale(this.#node);
        this.#phase = changes.stableTreeRestarts ? PHASE.search : PHASE.leaveTree;
        return 0;
      }
      this.#kpage = objects.kpfn[this.#node];
      refs.get(this.#kpage);
      return 0;
    }
    this.#phase = PHASE.leaveTree;
    this.point = 'match_found';
    return 0;
  }

  /** remove_rmap_item_from_tree: here the item leaves its old stable_node or the unstable tree. */
  #leaveTree(seqnr: number, who: number, cpu: number): number {
    const cost = this.#p.removal.leaveTree(this.#item, seqnr, who, cpu);
    if (cost === BLOCKED) return BLOCKED;
    if (this.#isBusy) return this.#finish(cost, cpu);
    if (this.#kpage >= 0) this.#phase = PHASE.mergeKnown;
    else this.#phase = this.#isChecked ? PHASE.unstable : PHASE.checksum;
    return cost;
  }

  #checksum(seqnr: number, cpu: number): number {
    const { objects, frames, costs, checksumMask, changes } = this.#p;
    const checksum = checksumOf(frames.content[this.#page], checksumMask);
    if (objects.oldChecksum[this.#item] !== checksum) {
      objects.oldChecksum[this.#item] = checksum;
      return this.#finish(costs.checksum, cpu);
    }
    if (!changes.checksumFirst) return this.#searchUnstable(costs.checksum, seqnr, cpu);
    this.#isChecked = true;
    this.#phase = PHASE.search;
    return costs.checksum;
  }

  /** unstable_tree_search_insert. `before`: what the step cost until then, ns. */
  #searchUnstable(before: number, seqnr: number, cpu: number): number {
    const { unstable, refs, costs } = this.#p;
    this.#treeItem = unstable.searchInsert(this.#item, this.#page, seqnr);
    const cost = before + unstable.lastSteps * costs.treeStep;
    if (this.#treeItem < 0) return this.#finish(cost, cpu);
    this.#treePage = unstable.matchedPage;
    refs.get(this.#treePage);
    this.#phase = PHASE.mergeFirst;
    this.point = 'match_found';
    return cost + costs.pageCompare;
  }

  #mergeKnown(seqnr: number, who: number, cpu: number): number {
    const result = this.#mergeWith(this.#item, this.#page, this.#kpage, seqnr, who, cpu);
    if (result < 0 || this.#merging.isUnderWay) return result;
    if (this.#merging.hasMerged && !this.#isLinked(this.#item)) {
      this.#phase = PHASE.append;
      this.point = 'before_append';
      return result;
    }
    this.#p.refs.put(this.#kpage, cpu);
    return this.#finish(result, cpu);
  }

  #mergeFirst(seqnr: number, who: number, cpu: number): number {
    const { refs, userPages, costs } = this.#p;
    if (!this.#merging.isUnderWay && this.#copy === NONE) {
      this.#copy = this.#strategies.copyOf(this.#item, this.#page, cpu);
      // A page allocated and copied takes as long as a copy-on-write fault that does the same.
      if (this.#copy !== NONE) return costs.faultCow;
    }
    const result = this.#mergeWith(this.#item, this.#page, this.#copy, seqnr, who, cpu);
    if (result < 0 || this.#merging.isUnderWay) return result;
    if (this.#merging.hasMerged) {
      this.#phase = PHASE.mergeSecond;
      this.point = 'between_merges';
      if (this.#copy !== NONE) {
        userPages.addToLru(cpu, this.#copy);
        refs.put(this.#page, cpu);
        this.#page = this.#copy;
        this.#copy = NONE;
      }
      return result;
    }
    if (this.#copy !== NONE) refs.put(this.#copy, cpu);
    this.#copy = NONE;
    refs.put(this.#treePage, cpu);
    return this.#finish(result, cpu);
  }

  #mergeSecond(seqnr: number, who: number, cpu: number): number {
    const result = this.#mergeWith(this.#treeItem, this.#treePage, this.#page, seqnr, who, cpu);
    if (result < 0 || this.#merging.isUnderWay) return result;
    const isMerged = this.#merging.hasMerged;
    const { finishesUpgrade, mergesAtOnce } = this.#p.hooks;
    if (isMerged || finishesUpgrade === true || mergesAtOnce === true) {
      this.#p.refs.put(this.#treePage, cpu);
      this.#treePage = NONE;
      if (mergesAtOnce === true) return this.#finish(result, cpu);
      if (!isMerged) this.#treeItem = NONE;
      this.#phase = PHASE.insert;
      this.point = 'before_insert';
      return result;
    }
    // The upgrade is undone for the scanned mm only; relatives keep a KSM/NULL page.
    this.#phase = PHASE.breakItem;
    return result;
  }

  /** One step of try_to_merge_with_ksm_page: ns, BLOCKED, or under way still. */
  #mergeWith(item: number, page: number, kpage: number, seqnr: number, who: number, cpu: number): number {
    const merging = this.#merging;
    const result = merging.step(item, page, kpage, kpage === this.#copy, seqnr, who, cpu);
    this.point = merging.point;
    return result;
  }

  #isLinked(item: number): boolean {
    return (this.#p.objects.itemFlags[item] & ITEM.stable) !== 0;
  }

  /** stable_tree_append under the page lock. */
  #append(who: number, cpu: number): number {
    const { locks, stable, refs, costs } = this.#p;
    if (locks.isPageLocked(this.#kpage)) return this.#waitForPage(this.#kpage, who);
    stable.append(this.#item, stable.nodeOf(this.#kpage));
    refs.put(this.#kpage, cpu);
    return this.#finish(costs.rmapItem, cpu);
  }

  /** stable_tree_insert and both appends under the page lock. */
  #insert(who: number, cpu: number): number {
    const { locks, stable, events, costs, hooks } = this.#p;
    if (locks.isPageLocked(this.#page)) return this.#waitForPage(this.#page, who);
    const node = stable.insert(this.#page, hooks.finishesUpgrade === true);
    const cost = stable.lastSteps * costs.treeStep;
    if (node < 0) {
      this.#phase = PHASE.breakTreeItem;
      return cost;
    }
    if (this.#treeItem >= 0) stable.append(this.#treeItem, node);
    stable.append(this.#item, node);
    events.nodeInserted(this.#page);
    return this.#finish(cost + 2 * costs.rmapItem, cpu);
  }

  #break(item: number, next: number, who: number, cpu: number): number {
    const { breakCow } = this.#p;
    const cost = breakCow.ofItem(item, who, cpu);
    if (cost === BLOCKED) {
      this.waitingFor = breakCow.waitingFor;
      return BLOCKED;
    }
    this.#phase = next;
    if (next !== PHASE.idle) return cost;
    if (this.#treePage !== NONE) this.#p.refs.put(this.#treePage, cpu);
    this.#treePage = NONE;
    this.#p.events.mergeAbandoned(this.#page);
    return this.#finish(cost, cpu);
  }

  #waitForPage(pfn: number, who: number): number {
    this.waitingFor = pfn;
    this.#p.locks.waitOnPage(pfn, who);
    return BLOCKED;
  }

  #finish(cost: number, cpu: number): number {
    this.#phase = PHASE.idle;
    this.#p.refs.put(this.#page, cpu);
    return cost;
  }
}
