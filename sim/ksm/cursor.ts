/**
 * scan_get_next_rmap_item and get_next_rmap_item (mm/ksm.c), as a machine that can sleep where the kernel sleeps: on
 * mmap_sem behind a writer, and on the lock of a KSM page whose rmap_item is to be removed.
 *
 * A strategy can pass an item over, and visit mms in another order. The item is asked for where 6.7's smart scan asks
 * (should_skip_rmap_item): it is made and linked already, mmap_sem stays held, and the walk goes on behind it.
 *
 * An rmap_item is destroyed when the cursor passes its address and finds no present anonymous page there: unmapped, or
 * under migration at that moment.
 *
 * Long, and one file: all phases move the same place in the same rmap_list.
 */
import type { Registers } from '../registers.ts';
import type { CostProfile } from '../description.ts';
import { BLOCKED } from '../clock/actor.ts';
import type { Locks } from '../clock/locks.ts';
import type { KernelHooks } from '../strategies/strategy.ts';
import type { KernelEvents } from '../events.ts';
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import type { AddressSpaces } from '../process/addressSpaces.ts';
import { LEAF_PAGES, PTE, PTE_SHIFT, type PageTables } from '../process/pageTables.ts';
import { VM, type Vmas } from '../process/vmas.ts';
import type { ItemRemoval } from './itemRemoval.ts';
import { ITEM, type KsmObjects } from './objects.ts';
import type { PageRefs } from './pageRefs.ts';
import type { MmSlots } from './slots.ts';

/** What a step of the cursor came to. */
export const FOUND = { nothing: 0, item: 1, passEnd: 2, empty: 3 } as const;

/** Passes after which every mm that there is now was visited from beginning to end. */
export const FULL_ROUND = 2;

const PHASE = { start: 0, enterMm: 1, walk: 2, pickItem: 3, trailing: 4, skipItem: 5 } as const;

export interface CursorParts {
  readonly frames: Frames;
  readonly tables: PageTables;
  readonly vmas: Vmas;
  readonly spaces: AddressSpaces;
  readonly slots: MmSlots;
  readonly objects: KsmObjects;
  readonly removal: ItemRemoval;
  readonly refs: PageRefs;
  readonly locks: Locks;
  readonly costs: CostProfile;
  readonly hooks: KernelHooks;
  readonly events: KernelEvents;
  /** lru_add_drain_all at the start of each pass. */
  readonly drainAll: () => void;
}

export class Cursor {
  /** Result of the last step; with FOUND.item, `item` and `page` (referenced) are valid. */
  found: number = FOUND.nothing;
  item = NONE;
  page = NONE;
  /** Completed passes. */
  seqnr = 0;
  /** ksm_scan.address: the vpn to look at next. */
  address = 0;
  /** Last item behind the cursor in this mm: `*rmap_list` is its link, or the slot's when NONE. */
  behind = NONE;
  #phase: number = PHASE.start;
  readonly #p: CursorParts;

  constructor(parts: CursorParts) {
    this.#p = parts;
  }

  /** Between two calls of scan_get_next_rmap_item. */
  get isIdle(): boolean {
    return this.#phase === PHASE.start;
  }

  /** No mm is left: what strategies keep for a full round has been kept for long enough. Returns ns. */
  nothingToVisit(): number {
    return this.#p.hooks.passStarts?.(this.seqnr + FULL_ROUND) ?? 0;
  }

  /** unmerge_and_remove_all_rmap_items has emptied all slots: start over. */
  restart(seqnr: number): void {
    this.seqnr = seqnr;
    this.address = 0;
    this.behind = NONE;
    this.#phase = PHASE.start;
  }

  /** The function of mm/ksm.c that takes rmap_items away at this moment, for a watch; null when none does. */
  get removing(): 'get_next_rmap_item' | 'remove_trailing_rmap_items' | null {
    if (!this.#p.removal.isBusy) return null;
    if (this.#phase === PHASE.trailing) return 'remove_trailing_rmap_items';
    return this.#phase === PHASE.pickItem || this.#phase === PHASE.skipItem ? 'get_next_rmap_item' : null;
  }

  registers(registers: Registers): void {
    const { slots } = this.#p;
    this.seqnr = registers.derived(this.seqnr);
    const phase = registers.value(this.#phase);
    this.#phase = phase;
    if (phase === PHASE.start && slots.cursor === slots.head) return;
    this.address = registers.value(this.address);
    this.behind = registers.item(this.behind);
    if (phase === PHASE.pickItem || phase === PHASE.skipItem) this.page = registers.page(this.page);
  }

  /** The next step changes nothing but its own phase. */
  get nextIsPrivate(): boolean {
    return this.#phase === PHASE.start && this.#p.slots.cursor !== this.#p.slots.head;
  }

  /** One step; look at `found` afterwards. Returns ns or BLOCKED. */
  step(who: number, cpu: number): number {
    this.found = FOUND.nothing;
    switch (this.#phase) {
      case PHASE.start:
        return this.#start();
      case PHASE.enterMm:
        return this.#enterMm(who);
      case PHASE.walk:
        return this.#walk();
      case PHASE.pickItem:
        return this.#pickItem(who, cpu);
      case PHASE.skipItem:
        return this.#skipItem(0, who, cpu);
      default:
        return this.#removeTrailing(who, cpu);
    }
  }

  #start(): number {
    const { slots, objects, costs, hooks } = this.#p;
    if (slots.isEmpty) {
      this.found = FOUND.empty;
      return this.nothingToVisit();
    }
    if (slots.cursor !== slots.head) {
      this.#phase = PHASE.enterMm;
      return 0;
    }
    this.#p.drainAll();
    objects.unstable.reset();
    slots.cursor = slots.next[slots.head];
    this.#beginMm();
    return costs.lruAddDrainAll + (hooks.passStarts?.(this.seqnr) ?? 0);
  }

  #beginMm(): void {
    this.address = 0;
    this.behind = NONE;
    this.#phase = PHASE.enterMm;
  }

  #enterMm(who: number): number {
    const { slots, locks } = this.#p;
    const mm = slots.cursor;
    if (!locks.tryReadMm(mm)) {
      locks.waitOnMm(mm, who);
      return BLOCKED;
    }
    this.#phase = PHASE.walk;
    return this.#walk();
  }

  /** The walk over vmas and addresses, up to the next present anonymous page. mmap_sem is held for reading. */
  #walk(): number {
    const { slots, spaces, vmas, tables, frames, costs } = this.#p;
    const mm = slots.cursor;
    const { entries } = tables;
    let holes = 0;
    let vma = spaces.alive[mm] === 0 ? NONE : vmas.find(mm, this.address);
    for (; vma >= 0; vma = vmas.next[vma]) {
      if ((vmas.flags[vma] & VM.mergeable) === 0) continue;
      let address = Math.max(this.address, vmas.start[vma]);
      const end = vmas.end[vma];
      if (vmas.anonVma[vma] < 0) address = end;
      while (address < end) {
        const slot = tables.slot(mm, address);
        if (slot < 0) {
          const stop = Math.min(end, (address | (LEAF_PAGES - 1)) + 1);
          holes += stop - address;
          address = stop;
          continue;
        }
        const entry = entries[slot];
        if ((entry & (PTE.present | PTE.zero)) === PTE.present && frames.kind[entry >> PTE_SHIFT] !== KIND.file) {
          this.address = address;
          this.page = entry >> PTE_SHIFT;
          frames.count[this.page]++;
          frames.ksmdRefs[this.page]++;
          this.#phase = PHASE.pickItem;
          return costs.visitBase + holes * costs.visitHole;
        }
        holes++;
        address++;
      }
      this.address = address;
    }
    if (spaces.alive[mm] === 0) {
      this.address = 0;
      this.behind = NONE;
    }
    this.#phase = PHASE.trailing;
    return holes * costs.visitHole;
  }

  /** get_next_rmap_item: items of lower addresses go, the one of this address is taken or made. */
  #pickItem(who: number, cpu: number): number {
    const { slots, objects, removal, locks, costs, hooks } = this.#p;
    const mm = slots.cursor;
    let cost = 0;
    for (;;) {
      if (removal.isBusy) {
        const spent = removal.step(this.seqnr, who, cpu);
        if (spent === BLOCKED) return BLOCKED;
        cost += spent;
      }
      const next = this.#next();
      if (next >= 0 && objects.itemAddress[next] < this.address) {
        this.#relink(objects.itemNext[next]);
        removal.begin(next, true);
        continue;
      }
      if (next >= 0 && objects.itemAddress[next] === this.address) {
        this.item = next;
      } else {
        this.item = this.insertItem(mm, this.address, this.behind, next);
        cost += costs.rmapItem;
      }
      this.behind = this.item;
      this.address++;
      if (hooks.skipsItem?.(this.item, this.page) === true) return this.#beginSkip(cost, who, cpu);
      this.#phase = PHASE.start;
      locks.readUnlockMm(mm);
      this.found = FOUND.item;
      return cost;
    }
  }

  /** The item is passed over: out of its tree, unless it is a mapping of this KSM page that is found through it. */
  #beginSkip(cost: number, who: number, cpu: number): number {
    const { objects, removal, frames } = this.#p;
    const flags = objects.itemFlags[this.item];
    const isLinked =
      (flags & ITEM.stable) !== 0 &&
      frames.kind[this.page] === KIND.ksm &&
      frames.mapping[this.page] === objects.itemHead[this.item];
    if (!isLinked && (flags & (ITEM.stable | ITEM.unstable)) !== 0) removal.begin(this.item, false);
    this.#phase = PHASE.skipItem;
    return this.#skipItem(cost, who, cpu);
  }

  /** `before`: what the step cost until then, ns. */
  #skipItem(before: number, who: number, cpu: number): number {
    const { removal, refs } = this.#p;
    let cost = before;
    if (removal.isBusy) {
      const spent = removal.step(this.seqnr, who, cpu);
      if (spent === BLOCKED) return BLOCKED;
      cost += spent;
    }
    refs.put(this.page, cpu);
    this.#phase = PHASE.walk;
    return cost;
  }

  /** remove_trailing_rmap_items, and on to the next slot. */
  #removeTrailing(who: number, cpu: number): number {
    const { slots, objects, removal, locks, spaces, hooks } = this.#p;
    const mm = slots.cursor;
    let cost = 0;
    for (;;) {
      if (removal.isBusy) {
        const spent = removal.step(this.seqnr, who, cpu);
        if (spent === BLOCKED) return BLOCKED;
        cost += spent;
        // One item a step: freeing a dead app's thousands is not one indivisible moment.
        if (spent > 0) return cost;
      }
      const next = this.#next();
      if (next < 0) break;
      this.#relink(objects.itemNext[next]);
      removal.begin(next, true);
    }
    slots.cursor = hooks.nextMm?.(mm, this.address === 0) ?? slots.next[mm];
    if (this.address === 0) {
      slots.remove(mm);
      if (spaces.alive[mm] !== 0) this.#p.events.slotChanged(mm);
    }
    locks.readUnlockMm(mm);
    if (this.address === 0) spaces.dropIfUnused(mm);
    if (slots.cursor !== slots.head) {
      this.#beginMm();
      return cost;
    }
    hooks.passEnds?.(this.seqnr);
    this.seqnr++;
    this.#phase = PHASE.start;
    this.found = FOUND.passEnd;
    return cost;
  }

  /** A new rmap_item of the address, linked in between two of the mm's list (NONE: its ends). */
  insertItem(mm: number, address: number, behind: number, next: number): number {
    const { objects } = this.#p;
    const item = objects.newItem(mm, address);
    objects.itemNext[item] = next;
    this.#link(mm, behind, item);
    return item;
  }

  /** The first item not passed yet: `*rmap_list`. */
  #next(): number {
    const { slots, objects } = this.#p;
    return this.behind < 0 ? slots.rmapList[slots.cursor] : objects.itemNext[this.behind];
  }

  /** Sets `*rmap_list`. */
  #relink(item: number): void {
    this.#link(this.#p.slots.cursor, this.behind, item);
  }

  #link(mm: number, behind: number, item: number): void {
    const { slots, objects } = this.#p;
    if (behind < 0) slots.rmapList[mm] = item;
    else objects.itemNext[behind] = item;
  }
}
