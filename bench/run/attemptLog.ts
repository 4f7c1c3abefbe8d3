/**
 * The requests of a cell one by one, as `cells.ndjson` keeps them: a column a field, in the order in which they ended.
 */
import { CAUSES, type CauseCounts, type CmaAttempt } from '../../sim/index.ts';

/** Requests kept per cell; a load that asks more often is told by `left`. */
const MAX_ATTEMPTS = 20_000;

/**
 * Columns of equal length, times in ns; `client` counts through `clients`, `blocked` is that of a request that failed,
 * else null.
 */
export interface AttemptLog {
  readonly clients: readonly string[];
  readonly client: readonly number[];
  readonly at: readonly number[];
  readonly latency: readonly number[];
  readonly pages: readonly number[];
  readonly errno: readonly number[];
  readonly migratePasses: readonly number[];
  readonly contigTries: readonly number[];
  readonly ranges: readonly number[];
  readonly caller: readonly number[];
  readonly migrated: readonly number[];
  readonly failed: readonly number[];
  readonly cpu: readonly number[];
  readonly blocked: readonly (Partial<CauseCounts> | null)[];
  /** Requests beyond MAX_ATTEMPTS, which are counted in the cell but not kept. */
  readonly left: number;
}

/** One request again. `number`: from 1, in the order in which requests ended, as `explain --attempt` counts them. */
export interface LoggedAttempt extends Omit<CmaAttempt, 'causes'> {
  readonly number: number;
}

export function logAttempts(attempts: readonly CmaAttempt[]): AttemptLog {
  const kept = attempts.slice(0, MAX_ATTEMPTS);
  const clients = [...new Set(kept.map(({ client }) => client))].sort();
  const column = (of: (attempt: CmaAttempt) => number): number[] => kept.map(of);
  return {
    clients,
    client: column(({ client }) => clients.indexOf(client)),
    at: column(({ at }) => at),
    latency: column(({ latency }) => latency),
    pages: column(({ pages }) => pages),
    errno: column(({ errno }) => errno),
    migratePasses: column(({ migratePasses }) => migratePasses),
    contigTries: column(({ contigTries }) => contigTries),
    ranges: column(({ ranges }) => ranges),
    caller: column(({ caller }) => caller),
    migrated: column(({ migrated }) => migrated),
    failed: column(({ failed }) => failed),
    cpu: column(({ cpu }) => cpu),
    blocked: kept.map(({ errno, blocked }) => (errno === 0 ? null : inOrder(blocked))),
    left: attempts.length - kept.length,
  };
}

/** The requests of a log; none for a cell of a run from before there was one. */
export function attemptsOf(log: AttemptLog | undefined): LoggedAttempt[] {
  if (log === undefined) return [];
  return log.at.map((at, i) => ({
    number: i + 1,
    client: log.clients[log.client[i]],
    at,
    latency: log.latency[i],
    pages: log.pages[i],
    errno: log.errno[i],
    migratePasses: log.migratePasses[i],
    contigTries: log.contigTries[i],
    ranges: log.ranges[i],
    caller: log.caller[i],
    migrated: log.migrated[i],
    failed: log.failed[i],
    cpu: log.cpu[i],
    blocked: log.blocked[i] ?? {},
  }));
}

/** The causes in their own order, so that equal counts are equal bytes. */
function inOrder(counts: Partial<CauseCounts>): Partial<CauseCounts> {
  return Object.fromEntries(CAUSES.flatMap((cause) => (counts[cause] === undefined ? [] : [[cause, counts[cause]]])));
}
