/** ksmd's cursor: which item comes next, and what goes on the way (mm/ksm.c: scan_get_next_rmap_item). */
import type { KsmObjects, RmapItem, Slot } from './ksmObjects.ts';
import type { Merger } from './ksmMerge.ts';
import type { Page } from './memory.ts';
import { presentPage } from './mm.ts';
import type { Steps } from './steps.ts';

export class Scanner {
  readonly #ksm: KsmObjects;
  readonly #merger: Merger;
  /** Next address to look at, and the position of the next item in the list of the cursor's slot. */
  #address = 0;
  #position = 0;
  /** The item in work, or the last one. */
  item: RmapItem | null = null;

  constructor(ksm: KsmObjects, merger: Merger) {
    this.#ksm = ksm;
    this.#merger = merger;
  }

  /** One iteration of ksmd's loop: what was processed, null at the end of the pass or without any slot. */
  *step(): Steps<RmapItem | null> {
    const next = yield* this.#next();
    if (next === null) return null;
    this.item = next.item;
    yield { point: 'scanned' };
    yield* this.#merger.visit(next.item, next.page);
    this.#ksm.memory.put(next.page);
    return next.item;
  }

  *#next(): Steps<{ item: RmapItem; page: Page } | null> {
    const ksm = this.#ksm;
    if (ksm.slots.length === 0) return null;
    if (ksm.cursor === null) {
      ksm.memory.drain();
      ksm.unstableTree.clear();
      this.#enter(ksm.slots[0]);
    }
    for (;;) {
      const slot: Slot = ksm.cursor!;
      ksm.reading = slot.mm;
      const found = yield* this.#nextIn(slot);
      if (found === null) yield* this.#leave(slot);
      ksm.reading = null;
      if (found !== null) return found;
      if (ksm.cursor !== null) continue;
      ksm.seqnr++;
      return null;
    }
  }

  #enter(slot: Slot | null): void {
    this.#ksm.cursor = slot;
    this.#address = 0;
    this.#position = 0;
  }

  /** The next present page of the slot's mm, with a reference more. */
  *#nextIn(slot: Slot): Steps<{ item: RmapItem; page: Page } | null> {
    const { mm } = slot;
    if (mm.isExiting) return null;
    for (const vma of mm.vmas) {
      // find_vma: nothing that ends before the cursor.
      if (vma.end <= this.#address || !vma.isMergeable) continue;
      this.#address = Math.max(this.#address, vma.start);
      if (vma.anonVma === null) this.#address = vma.end;
      for (; this.#address < vma.end; this.#address++) {
        const page = presentPage(mm, this.#address);
        if (page === null) continue;
        this.#ksm.memory.get(page);
        const item = yield* this.#itemAt(slot, this.#address);
        this.#address++;
        return { item, page };
      }
    }
    return null;
  }

  /** get_next_rmap_item: items of lower addresses have lost their page. */
  *#itemAt(slot: Slot, at: number): Steps<RmapItem> {
    while (this.#position < slot.items.length) {
      const item = slot.items[this.#position];
      if (item.at > at) break;
      if (item.at === at) {
        this.#position++;
        return item;
      }
      yield* this.#ksm.freeItem(slot, this.#position);
    }
    const made = this.#ksm.newItem(slot.mm, at);
    slot.items.splice(this.#position++, 0, made);
    return made;
  }

  /** No more pages in this mm: its trailing items go, and its slot when nothing mergeable was met. */
  *#leave(slot: Slot): Steps {
    const ksm = this.#ksm;
    if (slot.mm.isExiting) {
      this.#address = 0;
      this.#position = 0;
    }
    yield* ksm.removeTrailing(slot, this.#position);
    const next = ksm.slots[ksm.slots.indexOf(slot) + 1] ?? null;
    if (this.#address === 0) {
      ksm.slots = ksm.slots.filter((other) => other !== slot);
      slot.mm.isKnownToKsm = false;
    }
    this.#enter(next);
  }
}
