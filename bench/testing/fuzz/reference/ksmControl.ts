/** How address spaces come to KSM and leave it: __ksm_enter, __ksm_exit, madvise, and the `run` file (mm/ksm.c). */
import type { Vma } from './anonVma.ts';
import type { Faults } from './faults.ts';
import type { KsmObjects } from './ksmObjects.ts';
import { Senseless } from './errors.ts';
import { nodeOf } from './ksmTrees.ts';
import { type Mm, split } from './mm.ts';
import { runWhole } from './steps.ts';

export class KsmControl {
  readonly #ksm: KsmObjects;
  readonly #faults: Faults;

  constructor(ksm: KsmObjects, faults: Faults) {
    this.#ksm = ksm;
    this.#faults = faults;
  }

  /** __ksm_enter: directly before the cursor's slot, so that the mm is visited last. */
  enter(mm: Mm): void {
    const { slots, cursor, run } = this.#ksm;
    const at = cursor === null || run === 2 ? slots.length : slots.indexOf(cursor);
    slots.splice(at, 0, { mm, items: [] });
    mm.isKnownToKsm = true;
  }

  /** __ksm_exit: freed if that is easy, else moved directly behind the cursor, unless it is the cursor's. */
  exit(mm: Mm): void {
    mm.isExiting = true;
    const ksm = this.#ksm;
    const slot = ksm.slots.find((one) => one.mm === mm);
    if (slot === undefined || slot === ksm.cursor) return;
    ksm.slots = ksm.slots.filter((one) => one !== slot);
    if (slot.items.length === 0) {
      mm.isKnownToKsm = false;
      return;
    }
    ksm.slots.splice(ksm.cursor === null ? 0 : ksm.slots.indexOf(ksm.cursor) + 1, 0, slot);
  }

  madviseMergeable(mm: Mm, start: number, end: number): void {
    for (const vma of overlapping(mm, start, end)) {
      if (vma.isMergeable) continue;
      if (!mm.isKnownToKsm) this.enter(mm);
      cut(vma, start, end);
      vma.isMergeable = true;
    }
  }

  madviseUnmergeable(mm: Mm, start: number, end: number): void {
    this.requireNoMigration(mm, start, end);
    for (const vma of overlapping(mm, start, end)) {
      if (!vma.isMergeable) continue;
      this.unmerge(vma, start, end);
      cut(vma, start, end);
      vma.isMergeable = false;
    }
  }

  /** ksm_madvise(MADV_UNMERGEABLE) without its effect on the flags, as mremap uses it. */
  unmerge(vma: Vma, start: number, end: number): void {
    if (!vma.isMergeable || vma.anonVma === null) return;
    this.#faults.breakKsm(vma, Math.max(start, vma.start), Math.min(end, vma.end));
  }

  /** break_ksm would sleep until the migration of a page of the range ends. */
  requireNoMigration(mm: Mm, start: number, end: number): void {
    for (const vma of overlapping(mm, start, end)) {
      if (!vma.isMergeable) continue;
      for (let at = Math.max(start, vma.start); at < Math.min(end, vma.end); at++) {
        if (mm.ptes.get(at)?.isMigration === true) throw new Senseless(`${mm.name}@${at} is under migration`);
      }
    }
  }

  setRun(value: number): void {
    if (this.#ksm.run === value) return;
    this.#ksm.run = value;
    if (value === 2) this.#unmergeAll();
  }

  /** unmerge_and_remove_all_rmap_items. */
  #unmergeAll(): void {
    const ksm = this.#ksm;
    for (const slot of [...ksm.slots]) {
      ksm.cursor = slot;
      const { mm } = slot;
      if (!mm.isExiting) for (const vma of mm.vmas) this.unmerge(vma, vma.start, vma.end);
      runWhole(ksm.removeTrailing(slot, 0));
      if (!mm.isExiting) continue;
      ksm.slots = ksm.slots.filter((one) => one !== slot);
      mm.isKnownToKsm = false;
    }
    ksm.cursor = null;
    this.#removeStableNodes();
    ksm.seqnr = 0;
  }

  /** remove_all_stable_nodes: from the root on, until one is met whose page is still mapped. */
  #removeStableNodes(): void {
    const ksm = this.#ksm;
    for (let root = ksm.stableTree.root; root !== null; root = ksm.stableTree.root) {
      const page = runWhole(ksm.getLockedPage(root.item));
      if (page === null) continue;
      const isBusy = page.mapcount > 0;
      if (!isBusy) {
        if (nodeOf(page) === root.item) page.mapping = { node: null };
        ksm.removeNode(root.item);
      }
      ksm.memory.put(page);
      if (isBusy) return;
    }
  }
}

function overlapping(mm: Mm, start: number, end: number): Vma[] {
  return mm.vmas.filter((vma) => vma.start < end && vma.end > start);
}

/** madvise_behavior: the vma itself is the part inside, what is cut off is new. */
function cut(vma: Vma, start: number, end: number): void {
  if (vma.start < start) split(vma, start, true);
  if (vma.end > end) split(vma, end, false);
}
