/** Size of the map in the scenarios where ksmd runs by itself: what it scans in `zscan_s` seconds. */
import type { Params } from '../params.ts';

const LEAST_PAGES = 512;
const MOST_PAGES = 8192;

/** Pages of the map and pages that ksmd nominally scans per second. */
export function naturalPages(params: Params): { pages: number; rate: number } {
  const rate = params.sleepMs > 0 ? (params.pagesToScan * 1000) / params.sleepMs : 1e6;
  let pages = params.number('pages_fixed', 0);
  if (pages === 0) {
    pages = Math.trunc(rate * params.number('zscan_s', 2));
    pages = Math.min(MOST_PAGES, Math.max(LEAST_PAGES, pages));
  }
  return { pages, rate };
}
