/** Who asks for contiguous memory, how often, how much, for how long, and how it ended. */
import { LIMITS } from '../../plan/limits.ts';
import { outcomeOf } from '../../report/outcome.ts';
import { digits3 } from '../../report/units.ts';
import type { CmaRequest, TraceFacts } from '../traceFacts.ts';
import type { Derived, DerivedClient, Outcomes, Percentiles } from './derived.ts';
import { planName, UniqueNames } from '../names.ts';
import { median, percentile, variation } from './spans.ts';
import type { Span } from './spans.ts';

/** Standard deviation by mean of the intervals below which requests are periodic; that of a Poisson process is 1. */
const PERIODIC_BELOW = 0.2;
const REQUESTS_FOR_PERIOD = 5;
/** CONFIG_CMA_ALIGNMENT, unless a kernel says otherwise: dma_alloc_from_contiguous asks for no larger order. */
const CMA_ALIGNMENT = 8;
const MOST_ALIGN_ORDER = 10;
/** What cma-stress writes before the names of its clients in ftrace text. */
const OWN_CLIENT = /^cma\//;

export function areaName(area: string | null): string {
  return area === null ? 'default' : planName(area, 'default');
}

/** Clients in the order of their first request, and whose each request is (by index). */
export function deriveClients(facts: TraceFacts): { clients: DerivedClient[]; clientOf: string[] } {
  const names = new UniqueNames();
  const clientOf: string[] = [];
  const clients = groupsOf(facts.requests).map(({ comm, indexes }) => {
    const name = names.of(planName(comm.replace(OWN_CLIENT, ''), 'client'));
    for (const index of indexes) clientOf[index] = name;
    return clientOfRequests(
      facts,
      name,
      indexes.map((index) => facts.requests[index]),
    );
  });
  return { clients, clientOf };
}

interface Group {
  readonly comm: string;
  readonly indexes: readonly number[];
}

/** By area and name of the thread; where that mixes several beats, by size too. */
function groupsOf(requests: readonly CmaRequest[]): Group[] {
  const groups = grouped(
    requests,
    requests.map((_, index) => index),
    ({ area, comm }) => `${area ?? ''} ${comm}`,
  );
  const split = groups.flatMap((group) => {
    if (isPeriodic(group, requests)) return [group];
    const bySize = grouped(requests, group.indexes, ({ pages }) => `${pages}`);
    return bySize.length > 1 && bySize.every((part) => isPeriodic(part, requests)) ? bySize : [group];
  });
  return split.sort((a, b) => a.indexes[0] - b.indexes[0]);
}

function grouped(
  requests: readonly CmaRequest[],
  indexes: readonly number[],
  keyOf: (request: CmaRequest) => string,
): Group[] {
  const groups = new Map<string, { comm: string; indexes: number[] }>();
  for (const index of indexes) {
    const key = keyOf(requests[index]);
    const group = groups.get(key) ?? { comm: requests[index].comm, indexes: [] };
    groups.set(key, group);
    group.indexes.push(index);
  }
  return [...groups.values()];
}

function isPeriodic({ indexes }: Group, requests: readonly CmaRequest[]): boolean {
  const spread = variation(intervalsOf(indexes.map((index) => requests[index])));
  return indexes.length >= REQUESTS_FOR_PERIOD && spread !== null && spread < PERIODIC_BELOW;
}

function intervalsOf(requests: readonly CmaRequest[]): number[] {
  return requests.slice(1).map(({ t }, index) => t - requests[index].t);
}

function clientOfRequests(facts: TraceFacts, name: string, requests: readonly CmaRequest[]): DerivedClient {
  const { file, seconds } = facts;
  const [first] = requests;
  const source = { file, line: first.line };
  const derived = <Value>(value: Value, how: string, guess = false): Derived<Value> => ({ value, how, guess, source });
  const count = requests.length;
  const intervals = intervalsOf(requests);
  const spread = variation(intervals);
  const enough = count >= REQUESTS_FOR_PERIOD && spread !== null;
  const isRegular = enough && spread < PERIODIC_BELOW;
  const mean = intervals.reduce((sum, interval) => sum + interval, 0) / intervals.length;
  const rate = isRegular ? 1 / mean : count / seconds;
  const rateHow = isRegular ? `every ${digits3(mean)} s, ${count} times` : `${count} requests in ${digits3(seconds)} s`;
  const periodicHow = enough
    ? `standard deviation of the intervals ${digits3(spread)} of their mean; below ${PERIODIC_BELOW} is periodic`
    : `${count} requests are too few to tell`;
  const areaHow = first.area === null ? 'the trace names no area' : `area ${first.area} of the trace`;
  return {
    name,
    comm: first.comm,
    area: derived(areaName(first.area), areaHow, first.area === null || first.via === 'ion'),
    rate: derived(rate, rateHow),
    periodic: derived(isRegular, periodicHow, !enough),
    sizes: sizesOf(requests, derived),
    alignOrder: alignOf(requests, derived),
    hold: holdOf(requests, seconds, derived),
    start: derived(first.t, 'the first request'),
    outcomes: outcomesOf(requests),
  };
}

type Mark = <Value>(value: Value, how: string, guess?: boolean) => Derived<Value>;

/** How often each size was asked for; beyond the limit of a plan rare sizes count as the next larger frequent one. */
function sizesOf(requests: readonly CmaRequest[], derived: Mark): DerivedClient['sizes'] {
  const weights = new Map<number, number>();
  for (const { pages } of requests) weights.set(pages, (weights.get(pages) ?? 0) + 1);
  const sorted = [...weights].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const largest = Math.max(...sorted.map(([pages]) => pages));
  const kept = sorted.slice(0, LIMITS.clientSizes);
  // The largest stays, so that each has one that is not smaller.
  if (!kept.some(([pages]) => pages === largest)) kept[kept.length - 1] = [largest, weights.get(largest) ?? 0];
  kept.sort((a, b) => a[0] - b[0]);
  const sizes = kept.map(([pages, weight]) => ({ pages, weight }));
  const isKept = new Set(sizes.map(({ pages }) => pages));
  for (const [pages, weight] of sorted) {
    if (isKept.has(pages)) continue;
    const next = sizes.find((size) => size.pages > pages);
    if (next !== undefined) next.weight += weight;
  }
  const left = sorted.length - sizes.length;
  const how = `${sorted.length} sizes of ${requests.length} requests`;
  return derived(sizes, left === 0 ? how : `${how}, ${left} rare ones counted as the next larger`, left > 0);
}

function alignOf(requests: readonly CmaRequest[], derived: Mark): Derived<number | null> {
  const told = requests.filter(({ alignOrder }) => alignOrder !== null);
  if (told.length === 0) return derived(null, 'the trace does not tell the alignment', true);
  const isOrder = told.every(({ alignOrder, pages }) => alignOrder === Math.min(CMA_ALIGNMENT, orderOf(pages)));
  if (isOrder) return derived(null, `get_order(size), at most ${CMA_ALIGNMENT}, in all requests`);
  const counts = new Map<number, number>();
  for (const { alignOrder } of told) counts.set(alignOrder ?? 0, (counts.get(alignOrder ?? 0) ?? 0) + 1);
  const [[align, times]] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const how = `align=${align} in ${times} of ${told.length} requests`;
  return derived(Math.min(align, MOST_ALIGN_ORDER), how, times < told.length || align > MOST_ALIGN_ORDER);
}

/** get_order. */
function orderOf(pages: number): number {
  return Math.max(0, Math.ceil(Math.log2(pages)));
}

function holdOf(requests: readonly CmaRequest[], seconds: number, derived: Mark): Derived<number> {
  const given = requests.filter(({ ok }) => ok === true);
  const spans: Span[] = given.map(({ t, latency, held }) => {
    return { length: held ?? Math.max(0, seconds - t - (latency ?? 0)), ended: held !== null };
  });
  const ends = spans.filter(({ ended }) => ended).length;
  const half = median(spans);
  if (half !== null) return derived(half, `median of ${given.length} buffers, ${ends} of them seen to be released`);
  const longest = spans.reduce((most, { length }) => Math.max(most, length), 0);
  if (given.length === 0) return derived(0, 'no request succeeded', true);
  return derived(longest, `${ends} of ${given.length} buffers were seen to be released: held at least that long`, true);
}

export function outcomesOf(requests: readonly CmaRequest[]): Outcomes {
  const errors = new Map<string, number>();
  for (const { ok, errno } of requests) {
    if (ok !== false) continue;
    const name = errno === null ? 'unknown' : outcomeOf(-errno);
    errors.set(name, (errors.get(name) ?? 0) + 1);
  }
  const retries = requests.flatMap(({ busyRetries }) => busyRetries ?? []);
  const count = (wanted: boolean | null): number => requests.filter(({ ok }) => ok === wanted).length;
  return {
    requests: requests.length,
    ok: count(true),
    failed: count(false),
    open: count(null),
    errors: Object.fromEntries([...errors].sort(([a], [b]) => (a < b ? -1 : 1))),
    busyRetries: retries.length === 0 ? null : retries.reduce((sum, times) => sum + times, 0),
    latencyUs: percentilesOf(requests.flatMap(({ latency }) => latency ?? [])),
  };
}

function percentilesOf(seconds: readonly number[]): Percentiles | null {
  if (seconds.length === 0) return null;
  const sorted = seconds.map((s) => s * 1e6).sort((a, b) => a - b);
  const at = (share: number): number => percentile(sorted, share);
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}
