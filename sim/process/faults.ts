/**
 * Page faults and user writes (mm/memory.c: do_anonymous_page, do_wp_page, do_cow_fault, do_read_fault, and the
 * migration-entry branch of do_swap_page).
 *
 * Later kernels (`soleReference`) reuse an anonymous page only when nobody else has a reference, whatever for.
 *
 * Differences: a task holds mmap_sem for reading within one fault only and nobody writes under another task's mm, so
 * the fault does not take it; a write that waited for a page lock is tried again from the start, as the kernel retries.
 */
import type { Registers } from '../registers.ts';
import type { CostProfile } from '../description.ts';
import { BLOCKED } from '../clock/actor.ts';
import type { Locks } from '../clock/locks.ts';
import type { KernelEvents } from '../events.ts';
import { KIND, NONE, PG, type Frames } from '../memory/frames.ts';
import { PTE, PTE_SHIFT, type PageTables } from './pageTables.ts';
import { VM, type Vmas } from './vmas.ts';
import type { UserPages } from './userPages.ts';

/** What the last access turned out to be. */
export const ACCESS = { plain: 0, anon: 1, cow: 2, reuse: 3, file: 4 } as const;

/** The access must be repeated after `Faults.busyNs` of CPU time (the vendor's delay at a migration entry). */
export const REPEAT = -2;
/** No page could be had: the caller reclaims or kills, and tries again. */
export const OUT_OF_MEMORY = -4;
/** No vma there (SIGSEGV), or the file page is not in the page cache yet. */
export const NOT_MAPPED = -5;
export const NOT_CACHED = -6;

export class Faults {
  /** Kind of the last access. */
  lastAccess: number = ACCESS.plain;
  /** Told of every new anonymous page; set by scripted tests only. */
  onNewPage: ((mm: number, vpn: number, pfn: number) => void) | null = null;
  /** While set, zapped pages are not put but collected here, as mmu_gather does; the caller puts them. */
  gathered: number[] | null = null;
  /** CPU time before a REPEAT, ns. */
  readonly busyNs: number;
  /** Page reference that each waiting actor holds. */
  readonly #waiting = new Map<number, number>();
  /** Actors whose delay at a migration entry is over when they come again. */
  readonly #delayed = new Set<number>();
  readonly #entries: Int32Array;
  readonly #content: Int32Array;
  readonly #writeCost: number;
  readonly #frames: Frames;
  readonly #tables: PageTables;
  readonly #vmas: Vmas;
  readonly #pages: UserPages;
  readonly #locks: Locks;
  readonly #costs: CostProfile;
  readonly #soleReference: boolean;
  readonly #events: KernelEvents;

  constructor(
    frames: Frames,
    tables: PageTables,
    vmas: Vmas,
    pages: UserPages,
    locks: Locks,
    costs: CostProfile,
    migrationDelayNs: number,
    soleReference: boolean,
    events: KernelEvents,
  ) {
    this.#entries = tables.entries;
    this.#content = frames.content;
    this.#writeCost = costs.write;
    this.#frames = frames;
    this.#tables = tables;
    this.#vmas = vmas;
    this.#pages = pages;
    this.#locks = locks;
    this.#costs = costs;
    this.busyNs = migrationDelayNs;
    this.#soleReference = soleReference;
    this.#events = events;
  }

  /**
   * A user write of `content` to a whole page by actor `who`.
   * Returns its CPU time in ns, BLOCKED (the actor is registered and must repeat the call), REPEAT, OUT_OF_MEMORY
   * or NOT_MAPPED.
   */
  write(mm: number, vpn: number, content: number, cpu: number, who: number): number {
    const wasDelayed = this.#delayed.size > 0 && this.#delayed.delete(who);
    if (this.#waiting.size > 0) this.abandonWait(who, cpu);
    const slot = this.#tables.slot(mm, vpn);
    const entry = slot < 0 ? 0 : this.#entries[slot];
    if ((entry & (PTE.present | PTE.write)) === (PTE.present | PTE.write)) {
      if ((entry & (PTE.dirty | PTE.young)) !== (PTE.dirty | PTE.young))
        this.#entries[slot] = entry | PTE.dirty | PTE.young;
      if ((entry & PTE.ranked) !== 0) this.#tables.unrank(slot);
      this.#content[entry >> PTE_SHIFT] = content;
      this.lastAccess = ACCESS.plain;
      return this.#writeCost;
    }
    if ((entry & PTE.migration) !== 0) return this.#migrationEntryWait(entry, who, wasDelayed);
    const vma = this.#vmas.covering(mm, vpn);
    if (vma < 0) return NOT_MAPPED;
    if (entry === 0) return this.#firstWrite(vma, mm, vpn, content, cpu);
    return this.#doWpPage(vma, slot, entry, vpn, content, cpu, who);
  }

  /**
   * A user read: maps the zero page or the page-cache page where nothing is mapped yet. Returns as `write`,
   * or NOT_CACHED.
   */
  read(mm: number, vpn: number, cpu: number, who: number): number {
    const wasDelayed = this.#delayed.size > 0 && this.#delayed.delete(who);
    if (this.#waiting.size > 0) this.abandonWait(who, cpu);
    const slot = this.#tables.slot(mm, vpn);
    const entry = slot < 0 ? 0 : this.#entries[slot];
    this.lastAccess = ACCESS.plain;
    if ((entry & PTE.present) !== 0) return this.#writeCost;
    if ((entry & PTE.migration) !== 0) return this.#migrationEntryWait(entry, who, wasDelayed);
    const vma = this.#vmas.covering(mm, vpn);
    if (vma < 0) return NOT_MAPPED;
    this.lastAccess = ACCESS.file;
    const file = this.#vmas.file[vma];
    if (file < 0) {
      this.#tables.set(mm, vpn, PTE.present | PTE.zero | PTE.young);
      return this.#costs.faultFile;
    }
    const pfn = this.#pages.lookup(file, this.#vmas.indexOf(vma, vpn));
    if (pfn < 0) return NOT_CACHED;
    this.#frames.count[pfn]++;
    this.#frames.mapcount[pfn]++;
    const at = slot < 0 ? this.#tables.slotForWrite(mm, vpn) : slot;
    this.#entries[at] = (pfn << PTE_SHIFT) | PTE.present | PTE.young;
    return this.#costs.faultFile;
  }

  /** `actors`: ids from 0 on that may wait. */
  registers(registers: Registers, actors: number): void {
    const waiting = registers.value(this.#waiting.size);
    if (waiting === 0 && this.#waiting.size === 0) return;
    for (let who = 0; who < actors; who++) {
      const pfn = waiting === 0 ? NONE : registers.page(this.#waiting.get(who) ?? NONE);
      if (!registers.isLoading) continue;
      if (pfn >= 0) this.#waiting.set(who, pfn);
      else this.#waiting.delete(who);
    }
  }

  /** Drops the reference of an actor that waits no longer (it runs again, or was killed), and forgets its delay. */
  abandonWait(who: number, cpu: number): void {
    if (this.#delayed.size > 0) this.#delayed.delete(who);
    const pfn = this.#waiting.get(who);
    if (pfn === undefined) return;
    this.#waiting.delete(who);
    this.#frames.waiters[pfn]--;
    this.#pages.put(cpu, pfn);
  }

  /**
   * zap_pte_range: whatever stands at the slots [slot, end) of one leaf goes, the first of them that of `vpn`; used by
   * exit, munmap and MADV_DONTNEED. Returns how many entries there were.
   */
  zapRange(mm: number, vpn: number, slot: number, end: number, cpu: number): number {
    const entries = this.#entries;
    const { count } = this.#frames;
    let zapped = 0;
    for (let at = slot; at < end; at++) {
      const entry = entries[at];
      if (entry === 0) continue;
      if ((entry & PTE.ranked) !== 0) this.#tables.unrank(at);
      entries[at] = 0;
      zapped++;
      if ((entry & (PTE.present | PTE.zero)) !== PTE.present) continue;
      const pfn = entry >> PTE_SHIFT;
      if (count[pfn] > 1 && this.gathered === null) {
        // A page that somebody else has, as most that fork shares: it is not freed, so put_page would only count. Here
        // for speed only (measured, with the loop: a fifth of the time of fork-heavy without ksmd).
        this.#unmap(mm, vpn + at - slot, pfn);
        count[pfn]--;
      } else {
        this.#removeRmap(mm, vpn + at - slot, pfn, cpu);
      }
    }
    return zapped;
  }

  /** handle_mm_fault(WRITE) on a mapped page for break_ksm: as do_wp_page, the content stays. */
  breakCow(mm: number, vpn: number, cpu: number, who: number): number {
    const slot = this.#tables.slot(mm, vpn);
    const entry = slot < 0 ? 0 : this.#tables.entries[slot];
    const content = this.#frames.content[entry >> PTE_SHIFT];
    return this.write(mm, vpn, content, cpu, who);
  }

  /** page_remove_rmap of a pte that is gone. */
  #unmap(mm: number, vpn: number, pfn: number): void {
    const frames = this.#frames;
    if (frames.kind[pfn] === KIND.ksm) {
      frames.unmapKsm(pfn);
      this.#events.unmapped(mm, vpn, pfn);
    } else {
      frames.mapcount[pfn]--;
    }
  }

  /** page_remove_rmap and put_page of a pte that is gone. */
  #removeRmap(mm: number, vpn: number, pfn: number, cpu: number): void {
    this.#unmap(mm, vpn, pfn);
    if (this.gathered !== null) this.gathered.push(pfn);
    else this.#pages.put(cpu, pfn);
  }

  /** do_anonymous_page and do_cow_fault. */
  #firstWrite(vma: number, mm: number, vpn: number, content: number, cpu: number): number {
    const isFile = this.#vmas.file[vma] >= 0;
    if (isFile && (this.#vmas.flags[vma] & VM.shared) !== 0) return NOT_MAPPED;
    const page = this.#pages.alloc(cpu, !isFile);
    if (page < 0) return OUT_OF_MEMORY;
    this.#mapNewAnon(vma, mm, vpn, page, content, cpu);
    this.lastAccess = ACCESS.anon;
    return isFile ? this.#costs.faultCow : this.#costs.faultAnon;
  }

  #doWpPage(vma: number, slot: number, entry: number, vpn: number, content: number, cpu: number, who: number): number {
    const frames = this.#frames;
    const pfn = entry >> PTE_SHIFT;
    const mm = this.#vmas.mm[vma];
    const isZero = (entry & PTE.zero) !== 0;
    if (!isZero && frames.kind[pfn] === KIND.anon) {
      if (!this.#soleReference && this.#locks.isPageLocked(pfn)) return this.#wait(pfn, who);
      // reuse_swap_page: nobody else maps it. page_count does not matter.
      const mayReuse = this.#soleReference ? this.#isSoleReference(pfn, cpu) : frames.mapcount[pfn] <= 1;
      if (mayReuse) {
        frames.mapping[pfn] = this.#vmas.prepareAnonVma(vma);
        frames.content[pfn] = content;
        this.#tables.change(slot, (entry & ~PTE.ranked) | PTE.write | PTE.dirty | PTE.young);
        this.lastAccess = ACCESS.reuse;
        return this.#costs.faultReuse;
      }
    }
    const page = this.#pages.alloc(cpu, isZero);
    if (page < 0) return OUT_OF_MEMORY;
    this.#mapNewAnon(vma, mm, vpn, page, content, cpu);
    if (!isZero) this.#removeRmap(mm, vpn, pfn, cpu);
    this.lastAccess = ACCESS.cow;
    return this.#costs.faultCow;
  }

  /**
   * do_wp_page of later kernels: one reference, after draining this CPU if that may help, and the page lock free. A
   * page that is exclusive (PageAnonExclusive) is writable already here: the bit goes exactly where the pte is
   * write-protected.
   */
  #isSoleReference(pfn: number, cpu: number): boolean {
    const { count, flags } = this.#frames;
    if (count[pfn] > 3) return false;
    if ((flags[pfn] & PG.lru) === 0) this.#pages.drain(cpu);
    return count[pfn] === 1 && !this.#locks.isPageLocked(pfn);
  }

  /** anon_vma_prepare, page_add_new_anon_rmap, and the new pte. */
  #mapNewAnon(vma: number, mm: number, vpn: number, page: number, content: number, cpu: number): void {
    const frames = this.#frames;
    frames.kind[page] = KIND.anon;
    frames.mapping[page] = this.#vmas.prepareAnonVma(vma);
    frames.index[page] = this.#vmas.indexOf(vma, vpn);
    frames.mapcount[page] = 1;
    frames.content[page] = content;
    this.#pages.addToLru(cpu, page);
    this.#tables.set(mm, vpn, (page << PTE_SHIFT) | PTE.present | PTE.write | PTE.dirty | PTE.young);
    if (this.onNewPage !== null) this.onNewPage(mm, vpn, page);
  }

  /** The vendor's delay first, at every fault anew: the page may be there again after it. */
  #migrationEntryWait(entry: number, who: number, wasDelayed: boolean): number {
    if (this.busyNs > 0 && !wasDelayed) {
      this.#delayed.add(who);
      return REPEAT;
    }
    return this.#wait(entry >> PTE_SHIFT, who);
  }

  /** Takes a reference and waits for the page lock. */
  #wait(pfn: number, who: number): number {
    this.#frames.count[pfn]++;
    this.#frames.waiters[pfn]++;
    this.#waiting.set(who, pfn);
    this.#locks.waitOnPage(pfn, who);
    return BLOCKED;
  }
}
