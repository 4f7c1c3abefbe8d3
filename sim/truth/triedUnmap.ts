/** What try_to_unmap for migration would do to a page now: it is done, and put back as it was. */
import type { Kernel } from '../kernel.ts';
import { KIND } from '../memory/frames.ts';
import type { Unmapped } from '../process/rmap.ts';

export interface TriedUnmap {
  /** SWAP_SUCCESS, SWAP_AGAIN or SWAP_FAIL by number. */
  readonly result: number;
  /** In the order of the walk. */
  readonly found: readonly Unmapped[];
  /** page_mapcount afterwards: mappings that it misses. */
  readonly left: number;
}

export function tryUnmap({ frames, tables, rmap, ksmRmap }: Kernel, pfn: number): TriedUnmap {
  const { visited } = rmap;
  const found: Unmapped[] = [];
  rmap.found = found;
  const result = ksmRmap.tryToUnmap(pfn);
  rmap.found = null;
  rmap.visited = visited;
  const left = frames.mapcount[pfn];
  for (const { slot, entry } of found) {
    tables.entries[slot] = entry;
    if (frames.kind[pfn] === KIND.ksm) frames.mapKsm(pfn);
    else frames.mapcount[pfn]++;
    frames.count[pfn]++;
  }
  return { result, found, left };
}
