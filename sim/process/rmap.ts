/**
 * Reverse map of anonymous and file pages (mm/rmap.c: try_to_unmap_one, try_to_unmap_anon, try_to_unmap_file, and the
 * rmap_walk of remove_migration_ptes). The walk for KSM pages is in sim/ksm/rmap.ts and uses the two `one` functions.
 *
 * Difference: the dirty bit of an unmapped pte is dropped: nothing reads PG.dirty of anonymous pages, and file mappings
 * are only read here. Later kernels keep it in the migration entry (`keepsDirty`).
 */
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import { PTE, PTE_SHIFT, type PageTables } from './pageTables.ts';
import type { Vmas } from './vmas.ts';

/** A mapping that was unmapped. */
export interface Unmapped {
  readonly mm: number;
  readonly vpn: number;
  /** Of the pte, and what stood there before. */
  readonly slot: number;
  readonly entry: number;
}

export class Rmap {
  /** vmas looked at by the walks since it was last reset: what a walk costs. */
  visited = 0;
  /** Set while a scripted test wants to know them. */
  found: Unmapped[] | null = null;
  readonly #frames: Frames;
  readonly #tables: PageTables;
  readonly #vmas: Vmas;
  /** Bits that a migration entry remembers. */
  readonly #kept: number;

  constructor(frames: Frames, tables: PageTables, vmas: Vmas, keepsDirty: boolean) {
    this.#kept = keepsDirty ? PTE.write | PTE.dirty : PTE.write;
    this.#frames = frames;
    this.#tables = tables;
    this.#vmas = vmas;
  }

  /** try_to_unmap_one with TTU_MIGRATION: the pte at vpn becomes a migration entry if it maps exactly this page. */
  unmapOne(pfn: number, mm: number, vpn: number): void {
    this.visited++;
    const slot = this.#tables.slot(mm, vpn);
    if (slot < 0) return;
    const entry = this.#tables.entries[slot];
    if ((entry & (PTE.present | PTE.zero)) !== PTE.present || entry >> PTE_SHIFT !== pfn) return;
    const frames = this.#frames;
    this.#tables.change(slot, (pfn << PTE_SHIFT) | PTE.migration | (entry & this.#kept));
    if (frames.kind[pfn] === KIND.ksm) frames.unmapKsm(pfn);
    else frames.mapcount[pfn]--;
    frames.count[pfn]--;
    this.found?.push({ mm, vpn, slot, entry });
  }

  /** remove_migration_pte: a migration entry for `from` at vpn becomes a pte that maps `to`. */
  restoreOne(from: number, to: number, mm: number, vpn: number): void {
    this.visited++;
    const slot = this.#tables.slot(mm, vpn);
    if (slot < 0) return;
    const entry = this.#tables.entries[slot];
    if ((entry & PTE.migration) === 0 || entry >> PTE_SHIFT !== from) return;
    const frames = this.#frames;
    this.#tables.entries[slot] = (to << PTE_SHIFT) | PTE.present | (entry & this.#kept);
    if (frames.kind[to] === KIND.ksm) frames.mapKsm(to);
    else frames.mapcount[to]++;
    frames.count[to]++;
  }

  /** try_to_unmap for anonymous and file pages; stops when the page is unmapped. */
  unmap(pfn: number): void {
    this.#walk(pfn, NONE);
  }

  /** try_to_unmap of a page-cache page for reclaim: its ptes are cleared and fault again. */
  unmapFile(pfn: number): void {
    const { mapcount, count, mapping, index } = this.#frames;
    const vmas = this.#vmas;
    const tables = this.#tables;
    for (let vma = vmas.firstInFile[mapping[pfn]]; vma >= 0 && mapcount[pfn] > 0; vma = vmas.nextInFile[vma]) {
      const vpn = vmas.addressOf(vma, index[pfn]);
      if (vpn === NONE || !tables.mapsPage(vmas.mm[vma], vpn, pfn)) continue;
      tables.entries[tables.slot(vmas.mm[vma], vpn)] = 0;
      mapcount[pfn]--;
      count[pfn]--;
    }
  }

  /** rmap_walk of remove_migration_ptes for anonymous and file pages. */
  restore(from: number, to: number): void {
    this.#walk(from, to);
  }

  /**
   * The addresses at which the vmas of the page's anon_vma or file would map it, each restored for `to`, which has the
   * mapping by now; or, with `to` NONE, unmapped until nothing maps the page.
   */
  #walk(from: number, to: number): void {
    const { kind, mapping, index, mapcount } = this.#frames;
    const page = to === NONE ? from : to;
    const owner = mapping[page];
    if (owner === NONE) return;
    const vmas = this.#vmas;
    const { avcVma, avcNextInTree, treeHead } = vmas.anonVmas;
    const isFile = kind[page] === KIND.file;
    let at = isFile ? vmas.firstInFile[owner] : treeHead[owner];
    for (; at >= 0; at = isFile ? vmas.nextInFile[at] : avcNextInTree[at]) {
      const vma = isFile ? at : avcVma[at];
      const vpn = vmas.addressOf(vma, index[page]);
      if (vpn === NONE) continue;
      if (to !== NONE) {
        this.restoreOne(from, to, vmas.mm[vma], vpn);
        continue;
      }
      this.unmapOne(from, vmas.mm[vma], vpn);
      if (mapcount[from] === 0) return;
    }
  }
}
