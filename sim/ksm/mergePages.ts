/**
 * try_to_merge_one_page with write_protect_page and replace_page (mm/ksm.c).
 *
 * Difference: mlocked vmas do not exist here, nor do huge pages.
 */
import type { Locks } from '../clock/locks.ts';
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import { PTE, PTE_SHIFT, type PageTables } from '../process/pageTables.ts';
import type { UserPages } from '../process/userPages.ts';
import { VM, type Vmas } from '../process/vmas.ts';

/** What `tryToMergeOne` came to. */
export const MERGE = {
  failed: 0,
  /** page == kpage: nothing to do, the page lock was not taken. */
  same: 1,
  /** The page became KSM/NULL in place; its lock is held. */
  upgraded: 2,
  /** The pte now maps kpage; the lock of the page it mapped is held. */
  replaced: 3,
} as const;

export class MergePages {
  /** Whether the last call got as far as comparing or changing ptes: what it costs. */
  touched = false;
  /** anon_vma of the page before its last upgrade. */
  oldAnonVma = NONE;
  /** Address (vpn) of the pte that was replaced last. */
  replacedAt = NONE;
  readonly #frames: Frames;
  readonly #tables: PageTables;
  readonly #vmas: Vmas;
  readonly #locks: Locks;
  readonly #pages: UserPages;

  constructor(frames: Frames, tables: PageTables, vmas: Vmas, locks: Locks, pages: UserPages) {
    this.#frames = frames;
    this.#tables = tables;
    this.#vmas = vmas;
    this.#locks = locks;
    this.#pages = pages;
  }

  /** try_to_merge_one_page up to, not including, unlock_page. kpage NONE: upgrade in place. Returns a MERGE result. */
  tryToMergeOne(vma: number, pfn: number, kpage: number, cpu: number): number {
    const frames = this.#frames;
    this.touched = false;
    if (pfn === kpage) return MERGE.same;
    if ((this.#vmas.flags[vma] & VM.mergeable) === 0) return MERGE.failed;
    const kind = frames.kind[pfn];
    if (kind !== KIND.anon && kind !== KIND.ksm) return MERGE.failed;
    if (!this.#locks.tryLockPage(pfn)) return MERGE.failed;
    const slot = this.#writeProtect(vma, pfn);
    if (slot >= 0) {
      this.touched = true;
      if (kpage === NONE) {
        this.#upgrade(pfn);
        return MERGE.upgraded;
      }
      if (frames.content[pfn] === frames.content[kpage]) {
        this.#replace(vma, slot, pfn, kpage, cpu);
        return MERGE.replaced;
      }
    }
    this.#locks.unlockPage(pfn);
    return MERGE.failed;
  }

  /** page_address_in_vma; NONE for -EFAULT, always so for KSM pages, which have no page_anon_vma. */
  #addressInVma(vma: number, pfn: number): number {
    const frames = this.#frames;
    const { root } = this.#vmas.anonVmas;
    const own = this.#vmas.anonVma[vma];
    if (frames.kind[pfn] !== KIND.anon || own < 0 || root[frames.mapping[pfn]] !== root[own]) return NONE;
    return this.#vmas.addressOf(vma, frames.index[pfn]);
  }

  /** write_protect_page: the slot of the pte, now clean and read-only, or NONE. ksmd holds one reference of its own. */
  #writeProtect(vma: number, pfn: number): number {
    const vpn = this.#addressInVma(vma, pfn);
    if (vpn < 0) return NONE;
    const slot = this.#tables.slot(this.#vmas.mm[vma], vpn);
    if (slot < 0) return NONE;
    const entry = this.#tables.entries[slot];
    if ((entry & (PTE.present | PTE.zero)) !== PTE.present || entry >> PTE_SHIFT !== pfn) return NONE;
    if ((entry & (PTE.write | PTE.dirty)) !== 0) {
      if (this.#frames.mapcount[pfn] + 1 !== this.#frames.count[pfn]) return NONE;
      this.#tables.entries[slot] = entry & ~(PTE.write | PTE.dirty);
    }
    return slot;
  }

  /** set_page_stable_node(page, NULL): every pte of the page, in every mm, maps a KSM page from now on. */
  #upgrade(pfn: number): void {
    const frames = this.#frames;
    this.oldAnonVma = frames.mapping[pfn];
    frames.becomeKsm(pfn);
    frames.mapping[pfn] = NONE;
  }

  /** replace_page: under the lock of the replaced page, not of kpage. */
  #replace(vma: number, slot: number, pfn: number, kpage: number, cpu: number): void {
    const frames = this.#frames;
    this.replacedAt = this.#addressInVma(vma, pfn);
    frames.count[kpage]++;
    frames.mapKsm(kpage);
    this.#tables.change(slot, (kpage << PTE_SHIFT) | PTE.present);
    frames.mapcount[pfn]--;
    this.#pages.put(cpu, pfn);
  }
}
