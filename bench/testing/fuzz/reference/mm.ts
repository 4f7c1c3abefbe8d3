/**
 * Address spaces: vmas in order and page tables; split, munmap, fork and move (mm/mmap.c, kernel/fork.c, mm/mremap.c).
 */
import { adjust, cloneChain, forkAnonVma, unlinkChain, type Vma } from './anonVma.ts';
import type { Memory, Page } from './memory.ts';

/** A pte that maps a page, or a migration entry for it. */
export interface Pte {
  page: Page;
  isWritable: boolean;
  isDirty: boolean;
  isMigration: boolean;
}

export interface Mm {
  readonly name: string;
  vmas: Vma[];
  readonly ptes: Map<number, Pte>;
  /** mm_users has reached 0. */
  isExiting: boolean;
  /** MMF_VM_MERGEABLE. */
  isKnownToKsm: boolean;
}

export function newMm(name: string): Mm {
  return { name, vmas: [], ptes: new Map(), isExiting: false, isKnownToKsm: false };
}

/** The vma that holds the address. */
export function vmaAt(mm: Mm, at: number): Vma | undefined {
  return mm.vmas.find((vma) => vma.start <= at && at < vma.end);
}

/** follow_page(FOLL_GET), without the reference: nothing for a migration entry. */
export function presentPage(mm: Mm, at: number): Page | null {
  const pte = mm.ptes.get(at);
  return pte === undefined || pte.isMigration ? null : pte.page;
}

function insertVma(mm: Mm, vma: Vma): void {
  mm.vmas = [...mm.vmas, vma].sort((a, b) => a.start - b.start);
}

/** __split_vma: the new part is cloned first, then what remains is adjusted. */
export function split(vma: Vma, at: number, isNewBelow: boolean): void {
  const { mm, start, end } = vma;
  const part: Vma = { ...vma, chain: [] };
  if (isNewBelow) part.end = at;
  else {
    part.start = at;
    part.pgoff += at - start;
  }
  cloneChain(part, vma);
  if (isNewBelow) adjust(vma, at, end);
  else adjust(vma, start, at);
  insertVma(mm, part);
}

export function map(mm: Mm, start: number, pages: number): void {
  insertVma(mm, {
    mm,
    start,
    end: start + pages,
    pgoff: start,
    isMergeable: false,
    anonVma: null,
    chain: [],
  });
}

/** zap_page_range. */
export function zap(memory: Memory, mm: Mm, start: number, end: number): void {
  const addresses = [...mm.ptes.keys()].filter((at) => at >= start && at < end).sort((a, b) => a - b);
  for (const at of addresses) {
    const { page, isMigration } = mm.ptes.get(at)!;
    mm.ptes.delete(at);
    if (isMigration) continue;
    page.mapcount--;
    memory.put(page);
  }
}

export function unmap(memory: Memory, mm: Mm, start: number, pages: number): void {
  const end = start + pages;
  const low = vmaAt(mm, start);
  if (low !== undefined && low.start < start) split(low, start, false);
  const high = vmaAt(mm, end);
  if (high !== undefined && high.start < end) split(high, end, true);
  zap(memory, mm, start, end);
  for (const vma of mm.vmas.filter((one) => one.start >= start && one.end <= end)) {
    unlinkChain(vma);
    mm.vmas = mm.vmas.filter((one) => one !== vma);
  }
}

/** dup_mmap and copy_page_range: ptes are write-protected on both sides and keep their dirty bits. */
export function copyMm(memory: Memory, parent: Mm, child: Mm): void {
  for (const vma of parent.vmas) {
    const copy: Vma = { ...vma, mm: child, anonVma: null, chain: [] };
    forkAnonVma(copy, vma);
    insertVma(child, copy);
    for (const [at, pte] of parent.ptes) {
      if (at < vma.start || at >= vma.end) continue;
      pte.isWritable = false;
      child.ptes.set(at, { ...pte });
      if (pte.isMigration) continue;
      pte.page.mapcount++;
      memory.get(pte.page);
    }
  }
}

/** copy_vma, move_page_tables and do_munmap: a vma that was faulted in keeps its pgoff. */
export function move(memory: Memory, vma: Vma, from: number, pages: number, to: number): void {
  const { mm } = vma;
  const pgoff = vma.anonVma === null ? to : vma.pgoff + (from - vma.start);
  const copy: Vma = { ...vma, start: to, end: to + pages, pgoff, chain: [] };
  cloneChain(copy, vma);
  insertVma(mm, copy);
  for (let i = 0; i < pages; i++) {
    const pte = mm.ptes.get(from + i);
    if (pte === undefined) continue;
    mm.ptes.delete(from + i);
    mm.ptes.set(to + i, pte);
  }
  unmap(memory, mm, from, pages);
}
