/**
 * remove_rmap_item_from_tree (mm/ksm.c) as a machine: for a stable item it needs the page lock, takes a reference on
 * the page first and sleeps. That reference is what makes a migration of the page fail meanwhile.
 */
import type { Registers } from '../registers.ts';
import type { CostProfile } from '../description.ts';
import { BLOCKED } from '../clock/actor.ts';
import type { Locks } from '../clock/locks.ts';
import { NONE } from '../memory/frames.ts';
import { ITEM, type KsmObjects } from './objects.ts';
import type { PageRefs } from './pageRefs.ts';
import type { StableTree } from './stableTree.ts';
import type { UnstableTree } from './unstableTree.ts';

export class ItemRemoval {
  /** Page whose lock it sleeps on, referenced; NONE otherwise. */
  waitingFor = NONE;
  #item = NONE;
  #freeAfterwards = false;
  /** What strategies added to the removal, ns. */
  #extra = 0;
  readonly #objects: KsmObjects;
  readonly #stable: StableTree;
  readonly #unstable: UnstableTree;
  readonly #refs: PageRefs;
  readonly #locks: Locks;
  readonly #costs: CostProfile;

  constructor(
    objects: KsmObjects,
    stable: StableTree,
    unstable: UnstableTree,
    refs: PageRefs,
    locks: Locks,
    costs: CostProfile,
  ) {
    this.#objects = objects;
    this.#stable = stable;
    this.#unstable = unstable;
    this.#refs = refs;
    this.#locks = locks;
    this.#costs = costs;
  }

  get isBusy(): boolean {
    return this.#item !== NONE;
  }

  registers(registers: Registers): void {
    this.#item = registers.item(this.#item);
    if (this.#item === NONE) {
      this.waitingFor = NONE;
      return;
    }
    this.#freeAfterwards = registers.value(this.#freeAfterwards ? 1 : 0) !== 0;
    this.waitingFor = registers.page(this.waitingFor);
  }

  /** Starts the removal of `item` from its tree; it is freed afterwards on request. */
  begin(item: number, freeAfterwards: boolean): void {
    this.#item = item;
    this.#freeAfterwards = freeAfterwards;
  }

  /** Begins or goes on with taking `item` out of its tree, if it is in one: ns, or BLOCKED. */
  leaveTree(item: number, seqnr: number, who: number, cpu: number): number {
    if (!this.isBusy) {
      if ((this.#objects.itemFlags[item] & (ITEM.stable | ITEM.unstable)) === 0) return 0;
      this.begin(item, false);
    }
    return this.step(seqnr, who, cpu);
  }

  /** Returns ns (the removal is done) or BLOCKED. */
  step(seqnr: number, who: number, cpu: number): number {
    const item = this.#item;
    const flags = this.#objects.itemFlags[item];
    let cost = 0;
    if ((flags & ITEM.stable) !== 0) {
      this.#extra = 0;
      if (!this.#removeStable(item, seqnr, who, cpu)) return BLOCKED;
      cost = this.#costs.rmapItem + this.#extra;
    } else if ((flags & ITEM.unstable) !== 0) {
      this.#unstable.remove(item, seqnr);
      cost = this.#costs.treeStep;
    }
    this.#item = NONE;
    if (this.#freeAfterwards) {
      this.#objects.freeItem(item);
      cost += this.#costs.rmapItem;
    }
    return cost;
  }

  /** At once, without any page lock: unmerging everything holds off ksmd and nobody else removes items. */
  removeNow(item: number, seqnr: number): void {
    const flags = this.#objects.itemFlags[item];
    if ((flags & ITEM.stable) !== 0) {
      const node = this.#objects.itemHead[item];
      if (this.#stable.isStale(node)) this.#stable.removeStale(node);
      else this.#stable.removeItem(item, seqnr);
    } else if ((flags & ITEM.unstable) !== 0) {
      this.#unstable.remove(item, seqnr);
    }
    this.#objects.freeItem(item);
  }

  /** get_ksm_page(node, lock) and what follows; false: sleeps on the page lock, with a reference. */
  #removeStable(item: number, seqnr: number, who: number, cpu: number): boolean {
    const node = this.#objects.itemHead[item];
    for (;;) {
      const held = this.waitingFor;
      if (held === NONE) {
        if (this.#stable.isStale(node)) {
          this.#stable.removeStale(node);
          return true;
        }
        const pfn = this.#objects.kpfn[node];
        this.#refs.get(pfn);
        this.waitingFor = pfn;
        continue;
      }
      if (this.#locks.isPageLocked(held)) {
        this.#locks.waitOnPage(held, who);
        return false;
      }
      this.waitingFor = NONE;
      const isStill = this.#objects.kpfn[node] === held && !this.#stable.isStale(node);
      if (isStill) this.#extra = this.#stable.removeItem(item, seqnr);
      this.#refs.put(held, cpu);
      // Not its page any more: migrated meanwhile, look again.
      if (isStill) return true;
    }
  }
}
