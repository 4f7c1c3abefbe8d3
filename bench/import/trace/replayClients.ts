/**
 * Whom requests are replayed for. Those of one client follow each other in a replay, as those of one thread did;
 * clients whose threads asked at the same time are one for each thread.
 */
import { REPLAY_LIMITS } from '../../plan/index.ts';
import { UniqueNames } from '../names.ts';
import type { CmaRequest } from '../traceFacts.ts';

/**
 * By request, in the order of time. `clientOf`: the client of each. Beyond the names that a replay may have, threads
 * share one.
 */
export function replayClients(requests: readonly CmaRequest[], clientOf: readonly string[]): string[] {
  const names = new UniqueNames(clientOf);
  const crowded = clientsAtOnce(requests, clientOf);
  const taken = new Set(clientOf);
  const byThread = new Map<string, string>();
  return requests.map(({ pid }, index) => {
    const client = clientOf[index];
    if (!crowded.has(client)) return client;
    const key = `${client} ${pid}`;
    let name = byThread.get(key);
    if (name === undefined) {
      const isFirst = ![...byThread.values()].includes(client);
      name = isFirst || taken.size >= REPLAY_LIMITS.clients ? client : names.of(client);
      byThread.set(key, name);
      taken.add(name);
    }
    return name;
  });
}

/** Clients of which two threads had a request under way at one time. */
function clientsAtOnce(requests: readonly CmaRequest[], clientOf: readonly string[]): Set<string> {
  const busy = new Map<string, { readonly pid: number; readonly until: number }>();
  const crowded = new Set<string>();
  requests.forEach(({ pid, t, latency, ok }, index) => {
    const client = clientOf[index];
    const until = latency === null ? (ok === null ? Infinity : t) : t + latency;
    const before = busy.get(client);
    if (before !== undefined && before.pid !== pid && t < before.until) crowded.add(client);
    if (before === undefined || until >= before.until) busy.set(client, { pid, until });
  });
  return crowded;
}
