/**
 * Every present pte that maps a page, of every process that lives or has not unmapped all of it yet: for whoever looks
 * at everything. The zero page is none.
 */
import type { Kernel } from '../kernel.ts';
import { LEAF_PAGES, PTE } from '../process/pageTables.ts';

/** In the order of mms and addresses; `entry` >> PTE_SHIFT is the frame. */
export function eachMappedPte(
  { spaces, vmas, tables }: Pick<Kernel, 'spaces' | 'vmas' | 'tables'>,
  visit: (mm: number, vma: number, vpn: number, entry: number) => void,
): void {
  const { entries } = tables;
  for (let mm = 0; mm < spaces.alive.length; mm++) {
    if (spaces.alive[mm] === 0 && !spaces.isExiting(mm)) continue;
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
      const end = vmas.end[vma];
      for (let vpn = vmas.start[vma]; vpn < end;) {
        const stop = Math.min(end, (vpn | (LEAF_PAGES - 1)) + 1);
        let slot = tables.slot(mm, vpn);
        // Without a leaf there is nothing up to its end.
        for (; slot >= 0 && vpn < stop; vpn++, slot++) {
          const entry = entries[slot];
          if ((entry & (PTE.present | PTE.zero)) === PTE.present) visit(mm, vma, vpn, entry);
        }
        vpn = stop;
      }
    }
  }
}
