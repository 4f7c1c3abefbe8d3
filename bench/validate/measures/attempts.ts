/** What the requests for contiguous memory met: failures, retries, pages that would not move, and why. */
import type { TestbedAttempt } from '../../../sim/index.ts';
import { ratio } from './measure.ts';
import type { Measure } from './measure.ts';

/** Distinct pages that failed, by what kept them; the kinds sum to `bad_pages`. */
const KINDS: Readonly<Record<string, (attempt: TestbedAttempt) => number>> = {
  'KSM, ptes not found': (attempt) => attempt.bad_ksm_unfound - attempt.bad_ksm_null_node,
  'KSM without stable_node': (attempt) => attempt.bad_ksm_null_node,
  'anonymous, ptes not found': (attempt) => attempt.bad_anon_unfound,
  'extra reference': (attempt) => attempt.bad_extra_ref,
  'never tried, still in use': (attempt) => Math.max(0, attempt.bad_pages - unmoved(attempt)),
};

/** Distinct pages whose migration failed; `bad_pages` has those too that were in use and never tried. */
function unmoved(attempt: TestbedAttempt): number {
  return attempt.bad_ksm_unfound + attempt.bad_anon_unfound + attempt.bad_extra_ref;
}

/** Why pages failed, as shares of the failed pages. */
export const failedPages: readonly Measure[] = Object.entries(KINDS).map(([kind, count]) => ({
  name: `failed pages: ${kind}`,
  rule: 'share',
  unit: 'share',
  of: ({ attempts }) => ratio(attempts.map((attempt) => [count(attempt), attempt.bad_pages])),
}));

export const requests: readonly Measure[] = [
  {
    name: 'CMA failure rate',
    rule: 'rate',
    unit: 'share',
    of: ({ attempts }) => ratio(attempts.map((attempt) => [failed(attempt) ? 1 : 0, 1])),
  },
  {
    name: 'attempts that met an unfindable KSM page',
    rule: 'rate',
    unit: 'share',
    of: ({ attempts }) => ratio(attempts.map((attempt) => [attempt.bad_ksm_unfound > 0 ? 1 : 0, 1])),
  },
  {
    name: 'busy retries per attempt',
    rule: 'mean',
    unit: 'retries',
    of: ({ attempts }) => ratio(attempts.map((attempt) => [attempt.busy_retry, 1])),
  },
  {
    name: 'failed page migrations',
    rule: 'share',
    unit: 'share',
    of: ({ attempts }) => ratio(attempts.map((attempt) => [unmoved(attempt), attempt.mig_ok + unmoved(attempt)])),
  },
  ...failedPages,
];

export function failed(attempt: TestbedAttempt): boolean {
  return attempt.outcome !== 'ok';
}
