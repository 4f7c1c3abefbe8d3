/**
 * What MADV_UNMERGEABLE does to a range (unmerge_ksm_pages, break_ksm), done to the one page in the way after
 * alloc_contig_range has failed: no list of mappings is needed for that.
 */
import { BLOCKED } from '../clock/actor.ts';
import { KIND } from '../memory/frames.ts';
import { PTE, PTE_SHIFT } from '../process/pageTables.ts';
import type { FailedRequest, Strategy, StrategyKernel } from './strategy.ts';

export const unmergeOnBusy: Strategy = {
  name: 'unmerge-on-busy',
  group: 'ksm',
  about:
    'after a failure every mapping of the KSM pages in the way is given its own copy, through all mms; then once more',
  origin: 'ours: break_ksm for the pages in the way alone; MADV_UNMERGEABLE does it to a range, run=2 to all pages',
  // The mappings stay unfindable until the first request fails on them.
  claims: [],
  costs: 'a failing request looks at every mapped page of every mergeable mm, and the page is merged no longer',
  attach: (kernel) => ({
    afterFailure: (request) => {
      if (request.rounds > 0) return null;
      const pages = new Set(request.blockers.filter((pfn) => kernel.frames.kind[pfn] === KIND.ksm));
      if (pages.size === 0) return null;
      return { cpuNs: unmerge(kernel, pages, request), sleepNs: 0, then: 'try' };
    },
  }),
};

/** ns. An mm that somebody has locked for writing, and a pte under migration, are left out. */
function unmerge(kernel: StrategyKernel, pages: ReadonlySet<number>, { cpu, who }: FailedRequest): number {
  const { slots, spaces, vmas, tables, locks, breakCow, faults, costs } = kernel;
  let cost = 0;
  for (let mm = slots.next[slots.head]; mm !== slots.head; mm = slots.next[mm]) {
    if (spaces.alive[mm] === 0 || !locks.tryReadMm(mm)) continue;
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
      if (vmas.anonVma[vma] < 0) continue;
      for (let vpn = vmas.start[vma]; vpn < vmas.end[vma]; vpn++) {
        const entry = tables.get(mm, vpn);
        if (entry === 0) continue;
        cost += costs.visitHole;
        if ((entry & (PTE.present | PTE.zero)) !== PTE.present || !pages.has(entry >> PTE_SHIFT)) continue;
        const broken = breakCow.breakKsm(mm, vpn, cpu, who);
        if (broken === BLOCKED) faults.abandonWait(who, cpu);
        else cost += broken;
      }
    }
    locks.readUnlockMm(mm);
  }
  return cost;
}
