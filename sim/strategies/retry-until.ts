/**
 * Retrying without a count of rounds, but not for ever (cma_alloc, mm/cma.c): what the later versions of the retry came
 * to, with a bound.
 */
import type { Strategy } from './strategy.ts';

const SLEEP_NS = 100_000_000;
/**
 * Assumption: how long a driver may let its caller wait. Android calls a process hung that takes longer than this over
 * a foreground broadcast (BROADCAST_FG_TIMEOUT, 10 s).
 */
const LIMIT_NS = 10_000_000_000;

export const retryUntil: Strategy = {
  name: 'retry-until',
  group: 'cma',
  about: 'the CMA caller sleeps 100 ms and tries all ranges again, until 10 s have passed since the call',
  origin:
    'Chris Goldsworthy (Qualcomm), September 2020, "mm: cma: indefinitely retry allocations in cma_alloc" (v2 to v4), with a limit that those did not have',
  // Not pin: somebody may hold one for longer than the limit.
  claims: ['pagevec', 'locked', 'writeback'],
  costs: 'up to 10 s of extra latency, and a futile migration of the range every 100 ms of them',
  attach: () => ({
    afterFailure: ({ began, now }) =>
      now + SLEEP_NS - began <= LIMIT_NS ? { cpuNs: 0, sleepNs: SLEEP_NS, then: 'try' } : null,
  }),
};
