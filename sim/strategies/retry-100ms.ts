/** No change to KSM: the CMA caller waits and hopes (cma_alloc, mm/cma.c). */
import type { Strategy } from './strategy.ts';

const ROUNDS = 5;
const SLEEP_NS = 100_000_000;

export const retry100ms: Strategy = {
  name: 'retry-100ms',
  group: 'cma',
  about: 'the CMA caller sleeps 100 ms and tries all ranges again, up to 5 times',
  origin: 'Chris Goldsworthy and Susheel Khiani (Qualcomm), August 2020, "cma: retry allocation"',
  // Not B3 and B3null: their windows stay open as long as before, the caller may outlast them.
  claims: ['pin', 'pagevec', 'locked', 'writeback'],
  costs: 'up to 500 ms of extra latency and five more futile migrations of the range at each failure',
  attach: () => ({
    afterFailure: ({ rounds }) => (rounds < ROUNDS ? { cpuNs: 0, sleepNs: SLEEP_NS, then: 'try' } : null),
  }),
};
