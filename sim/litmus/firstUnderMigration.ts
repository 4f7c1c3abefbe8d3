/** Whether unmerging a range would wait: break_ksm does so for the end of a migration. */
import type { Kernel } from '../kernel.ts';
import { NONE } from '../memory/frames.ts';
import { PTE } from '../process/pageTables.ts';
import { VM } from '../process/vmas.ts';

/** The first page of the range, among mergeable ones, whose pte is a migration entry; NONE without. */
export function firstUnderMigration({ tables, vmas }: Kernel, mm: number, start: number, pages: number): number {
  for (let vpn = start; vpn < start + pages; vpn++) {
    const vma = vmas.covering(mm, vpn);
    const isMergeable = vma >= 0 && (vmas.flags[vma] & VM.mergeable) !== 0;
    if (isMergeable && (tables.get(mm, vpn) & PTE.migration) !== 0) return vpn;
  }
  return NONE;
}
