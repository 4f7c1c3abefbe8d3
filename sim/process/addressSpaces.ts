/**
 * mm_struct from exec or fork to the last reference (kernel/fork.c: dup_mmap, mmput, mmdrop; mm/memory.c:
 * copy_page_range; mm/mmap.c: mmap, do_munmap, exit_mmap).
 *
 * Every function is one indivisible change; the caller holds mmap_sem for writing from before the call until the time
 * it cost has passed. `lastPtes`, `lastVmas` say how much was done, for the cost profile.
 */
import { uint8 } from '../arena.ts';
import type { KernelEvents } from '../events.ts';
import type { MmSlots } from '../ksm/slots.ts';
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import type { Faults } from './faults.ts';
import { LEAF_PAGES, PTE, PTE_SHIFT, type PageTables } from './pageTables.ts';
import { Pool } from './pool.ts';
import type { KernelHooks } from '../strategies/strategy.ts';
import type { UserPages } from './userPages.ts';
import { VM, type Vmas } from './vmas.ts';

export class AddressSpaces {
  /** 1 while the process lives (mm_users > 0). */
  readonly alive: Uint8Array;
  /** Entries that the last fork copied or the last exit or munmap zapped, and vmas that the last fork copied. */
  lastPtes = 0;
  lastVmas = 0;
  /** What strategies added to the last fork, ns. */
  lastForkExtra = 0;
  /** The sysfs knob `run` is 2: new slots go to the end of the list. */
  unmerging = false;
  /** Between beginExit and endExit. */
  readonly #exiting: Uint8Array;
  readonly #pool: Pool;
  readonly #frames: Frames;
  readonly #tables: PageTables;
  readonly #vmas: Vmas;
  readonly #faults: Faults;
  readonly #slots: MmSlots;
  readonly #pages: UserPages;
  readonly #events: KernelEvents;
  readonly #hooks: KernelHooks;

  constructor(
    maxMm: number,
    frames: Frames,
    tables: PageTables,
    vmas: Vmas,
    faults: Faults,
    slots: MmSlots,
    pages: UserPages,
    events: KernelEvents,
    hooks: KernelHooks,
  ) {
    this.#hooks = hooks;
    this.alive = uint8(maxMm);
    this.#exiting = uint8(maxMm);
    this.#pool = new Pool('mm_structs', maxMm);
    this.#frames = frames;
    this.#tables = tables;
    this.#vmas = vmas;
    this.#faults = faults;
    this.#slots = slots;
    this.#pages = pages;
    this.#events = events;
  }

  /** A fresh mm, as after exec. */
  create(): number {
    const mm = this.#pool.alloc();
    this.alive[mm] = 1;
    this.#vmas.shrunk[mm] = 0;
    return mm;
  }

  /**
   * mmap at a fixed free address, of a file from its beginning. `file` NONE: anonymous. Private unless `shared`.
   * Returns the vma.
   */
  mmap(mm: number, start: number, pages: number, file: number, shared: boolean): number {
    const pgoff = file < 0 ? start : 0;
    return this.#vmas.create(mm, start, start + pages, pgoff, shared ? VM.shared : 0, file);
  }

  /** dup_mmap: returns the child. `lastPtes`, `lastVmas`: entries and vmas copied. */
  fork(parent: number): number {
    const vmas = this.#vmas;
    const child = this.create();
    this.lastPtes = 0;
    this.lastVmas = 0;
    if (this.#slots.present[parent] !== 0) this.#slots.enter(child, this.unmerging);
    for (let vma = vmas.first[parent]; vma >= 0; vma = vmas.next[vma]) {
      const copy = vmas.create(child, vmas.start[vma], vmas.end[vma], vmas.pgoff[vma], vmas.flags[vma], vmas.file[vma]);
      vmas.forkAnonVma(copy, vma);
      this.lastVmas++;
      if (vmas.anonVma[vma] >= 0) this.#copyPageRange(vma, parent, child);
    }
    this.#events.forked(parent, child);
    this.lastForkExtra = this.#hooks.forked?.(parent, child) ?? 0;
    return child;
  }

  /** mmput of the last user: ksm_exit, exit_mmap, mmdrop. `lastPtes`: entries zapped. */
  exit(mm: number, cpu: number): void {
    this.#leave(mm, cpu);
    const vmas = this.#vmas;
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma])
      this.zapRange(mm, vmas.start[vma], vmas.end[vma], cpu);
    this.endExit(mm);
  }

  /** The part of exit before anything is unmapped: ksm_exit, and the lru_add_drain of exit_mmap. */
  beginExit(mm: number, cpu: number): void {
    const vmas = this.#vmas;
    this.#leave(mm, cpu);
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma])
      this.#tables.unrankRange(mm, vmas.start[vma], vmas.end[vma]);
  }

  #leave(mm: number, cpu: number): void {
    this.alive[mm] = 0;
    this.#exiting[mm] = 1;
    if (this.#slots.present[mm] !== 0) this.#slots.exit(mm);
    this.#pages.drain(cpu);
    this.lastPtes = 0;
  }

  /** Between beginExit and endExit: it has ptes still. */
  isExiting(mm: number): boolean {
    return this.#exiting[mm] !== 0;
  }

  /** The part of exit after everything is unmapped: free_pgtables, mmdrop. */
  endExit(mm: number): void {
    const vmas = this.#vmas;
    while (vmas.first[mm] >= 0) vmas.destroy(vmas.first[mm]);
    this.#tables.release(mm);
    this.#exiting[mm] = 0;
    this.dropIfUnused(mm);
  }

  /** do_munmap. `lastPtes`: entries zapped. */
  munmap(mm: number, start: number, pages: number, cpu: number): void {
    const vmas = this.#vmas;
    const end = start + pages;
    this.lastPtes = 0;
    const first = vmas.find(mm, start);
    if (first < 0 || vmas.start[first] >= end) return;
    if (vmas.start[first] < start) vmas.split(first, start, false);
    const last = vmas.find(mm, end);
    if (last >= 0 && vmas.start[last] < end) vmas.split(last, end, true);
    this.zapRange(mm, start, end, cpu);
    for (let vma = vmas.find(mm, start); vma >= 0 && vmas.start[vma] < end; vma = vmas.find(mm, start))
      vmas.destroy(vma);
  }

  /** zap_page_range: MADV_DONTNEED and the first half of munmap. Adds to `lastPtes`. */
  zapRange(mm: number, start: number, end: number, cpu: number): void {
    this.#vmas.shrunk[mm] = 1;
    for (let vpn = start; vpn < end;) {
      const slot = this.#tables.slot(mm, vpn);
      const stop = Math.min(end, (vpn | (LEAF_PAGES - 1)) + 1);
      if (slot >= 0) this.lastPtes += this.#faults.zapRange(mm, vpn, slot, slot + stop - vpn, cpu);
      vpn = stop;
    }
  }

  /** The old range of mremap: entries move as they are (move_page_tables). The new vma is linked already. */
  movePtes(mm: number, from: number, to: number, pages: number): void {
    const { entries } = this.#tables;
    for (let i = 0; i < pages; i++) {
      const slot = this.#tables.slot(mm, from + i);
      if (slot < 0 || entries[slot] === 0) continue;
      const entry = entries[slot];
      this.#tables.set(mm, to + i, entry & ~PTE.ranked);
      this.#tables.change(slot, 0);
      const isMapped = (entry & (PTE.present | PTE.zero)) === PTE.present;
      const pfn = entry >> PTE_SHIFT;
      if (isMapped && this.#frames.kind[pfn] === KIND.ksm) this.#events.moved(mm, from + i, to + i, pfn);
    }
  }

  /** mmdrop: the handle is free when the process is dead and ksmd holds no slot of it. */
  dropIfUnused(mm: number): void {
    if (this.alive[mm] === 0 && this.#exiting[mm] === 0 && this.#slots.present[mm] === 0) this.#pool.free(mm);
  }

  /** copy_page_range of one vma whose child is linked already. */
  #copyPageRange(vma: number, parent: number, child: number): void {
    const { entries } = this.#tables;
    const { count, mapcount, kind, mappedKsm } = this.#frames;
    const isCow = (this.#vmas.flags[vma] & VM.shared) === 0;
    const end = this.#vmas.end[vma];
    let copied = 0;
    for (let vpn = this.#vmas.start[vma]; vpn < end;) {
      const stop = Math.min(end, (vpn | (LEAF_PAGES - 1)) + 1);
      let from = this.#tables.slot(parent, vpn);
      let to = NONE;
      for (; from >= 0 && vpn < stop; vpn++, from++) {
        let entry = entries[from];
        if (entry === 0) {
          if (to >= 0) to++;
          continue;
        }
        if (to < 0) to = this.#tables.slotForWrite(child, vpn);
        if (isCow) {
          entry &= ~PTE.write;
          entries[from] = entry;
        }
        entries[to++] = entry & ~(PTE.young | PTE.ranked);
        copied++;
        if ((entry & (PTE.present | PTE.zero)) !== PTE.present) continue;
        const pfn = entry >> PTE_SHIFT;
        const held = kind[pfn];
        if (held === KIND.free) throw new Error(`fork: pte of mm ${parent} at ${vpn} maps the free frame ${pfn}`);
        count[pfn]++;
        mapcount[pfn]++;
        // The parent maps it already: no page more.
        if (held === KIND.ksm) mappedKsm[1]++;
      }
      vpn = stop;
    }
    this.lastPtes += copied;
  }
}
