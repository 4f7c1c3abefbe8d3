/** ksmd visits every mapping within one full scan: after alloc_contig_range has failed let it, now, and try again. */
import { FULL_ROUND } from '../ksm/cursor.ts';
import type { Remedy, Strategy } from './strategy.ts';

/** How long a caller waits for ksmd: assumption, several full scans of 60,000 items without a sleep between batches. */
const LIMIT_NS = 2_000_000_000;
/** How often it looks: one jiffy at HZ=100. */
const POLL_NS = 10_000_000;

export const waitFullScan: Strategy = {
  name: 'wait-full-scan',
  group: 'ksm',
  about: 'the CMA caller lets ksmd scan without sleeping until one full scan is over, 2 s at most, and tries once more',
  origin: 'follows from Hugh Dickins, linux-mm April 2015: what was missed is "captured within a single scan"',
  // Mappings stay unfindable as long as ksmd takes; that it takes less long now is no promise.
  claims: [],
  costs: 'a failing request waits for a full scan that takes a whole CPU',
  attach: ({ ksmd, cursor, wake }) => {
    /** Pass that each waiting request waits for, by its caller. */
    const awaited = new Map<number, number>();
    const ask: Remedy = { cpuNs: 0, sleepNs: POLL_NS, then: 'ask' };
    const waitNoMore = (who: number): void => {
      awaited.delete(who);
      if (awaited.size === 0) ksmd.hurryUntil = 0;
    };
    return {
      afterFailure: ({ rounds, asked, now, began, who }) => {
        if (rounds > 0) return null;
        if (ksmd.run !== 1) {
          waitNoMore(who);
          return null;
        }
        if (asked === 0) {
          // The pass under way may have been past the mapping already: the end of the next one is sure.
          const end = cursor.seqnr + FULL_ROUND;
          awaited.set(who, end);
          ksmd.hurryUntil = end;
          wake(ksmd.who);
        }
        const isDone = cursor.seqnr >= awaited.get(who)!;
        if (!isDone && now - began < LIMIT_NS) return ask;
        waitNoMore(who);
        return { cpuNs: 0, sleepNs: 0, then: 'try' };
      },
    };
  },
};
