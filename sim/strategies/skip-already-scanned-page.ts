/**
 * A page that zygote shares with its children by fork is scanned once a pass, not once for each of them.
 *
 * Dickins' sketch has two page flags, used in turn each cycle; here one flag is cleared where a pass begins. He leaves
 * open, so these are assumptions: KSM pages are passed over like others; the flag goes when the page is freed, and does
 * not go to its copy with a migration; a page passed over does not count towards pages_to_scan. It acts in
 * scan_get_next_rmap_item.
 */
import { PG } from '../memory/frames.ts';
import type { Strategy } from './strategy.ts';

export const skipAlreadyScannedPage: Strategy = {
  name: 'skip-already-scanned-page',
  group: 'scan',
  about: 'a page that was scanned in this pass through another mapping is passed over',
  origin:
    'asked for in "KSM on Android", linux-mm, 13 February 2014; sketched there by Hugh Dickins; no patch was found',
  claims: [],
  costs:
    'page flags, of which 32-bit kernels have none to spare; a KSM page gets no rmap_item for a mapping while another process is visited first with it: B1 and B2 last longer than a full scan',
  attach: ({ frames: { flags, total } }) => ({
    passStarts: () => {
      for (let pfn = 0; pfn < total; pfn++) flags[pfn] &= ~PG.scanned;
      return 0;
    },
    skipsItem: (_item, pfn) => {
      if ((flags[pfn] & PG.scanned) !== 0) return true;
      flags[pfn] |= PG.scanned;
      return false;
    },
  }),
};
