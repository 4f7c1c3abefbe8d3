/** Names of threads for events that come without: binary traces have a pid only, and ftrace forgets (`<...>`). */
import type { KeptEvent } from './keptEvent.ts';

const FORGOTTEN = '<...>';

/** The events, in the order of time, with the name that their thread had then. `names`: as the trace lists them. */
export function withNames(events: readonly KeptEvent[], names: ReadonlyMap<number, string>): KeptEvent[] {
  const now = new Map(names);
  return events.map((event) => {
    const isNameless = event.comm === '' || event.comm === FORGOTTEN;
    const named = isNameless ? { ...event, comm: now.get(event.pid) ?? `pid-${event.pid}` } : event;
    if (!isNameless) now.set(event.pid, event.comm);
    if (event.kind === 'rename' || event.kind === 'exec') now.set(event.of, event.name);
    if (event.kind === 'newtask' || event.kind === 'fork') now.set(event.child, event.childComm);
    return named;
  });
}
