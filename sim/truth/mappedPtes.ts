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
  for (let mm = 0; mm < spaces.alive.length; mm++) {
    if (spaces.alive[mm] === 0 && !spaces.isExiting(mm)) continue;
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
      for (let vpn = vmas.start[vma]; vpn < vmas.end[vma]; vpn++) {
        const slot = tables.slot(mm, vpn);
        if (slot < 0) {
          // The leaf is missing: on to the next.
          vpn |= LEAF_PAGES - 1;
          continue;
        }
        const entry = tables.entries[slot];
        if ((entry & (PTE.present | PTE.zero)) === PTE.present) visit(mm, vma, vpn, entry);
      }
    }
  }
}
