/** The schema of one entry of `events:`: something that was recorded and is to happen again at its time. */
import { LIMITS } from './limits.ts';
import { duration, identifier, integer, oneOfNumbers, orNone, reference, size } from './scalars.ts';
import { maybe, object, optional, required } from './schema.ts';

const anyTime = { min: 0, max: LIMITS.durationNs };

const request = object({
  client: optional(identifier('CMA client', LIMITS.nameLength), 'replay'),
  area: maybe(reference('a CMA area')),
  size: required(size({ min: 1, max: LIMITS.frames })),
  align_order: maybe(orNone(integer({ min: 0, max: 10 }))),
  hold: required(orNone(duration(anyTime))),
});

const settings = object({
  run: maybe(oneOfNumbers([0, 1, 2])),
  pages_to_scan: maybe(integer({ min: 1, max: LIMITS.pagesToScan })),
  sleep_millisecs: maybe(integer({ min: 0, max: LIMITS.sleepMillisecs })),
});

export const eventSchema = object({
  at: required(duration(anyTime)),
  fork: maybe(reference('a group')),
  exec: maybe(reference('a group')),
  exit: maybe(reference('a process or a group')),
  kill: maybe(reference('a process or a group')),
  cma: maybe(request),
  ksm: maybe(settings),
  from: maybe(reference('a process or a group')),
  name: maybe(identifier('process', LIMITS.nameLength)),
  startup: maybe(duration(anyTime)),
});

/** An entry as read. */
export type EventFile = NonNullable<ReturnType<typeof eventSchema.read>>;

/** What an entry can do; each does exactly one of them. */
export const ACTIONS = ['fork', 'exec', 'exit', 'kill', 'cma', 'ksm'] as const;

/** Group that an entry starts a process of, null where it starts none. */
export function startedGroup({ fork, exec }: EventFile): string | null {
  return fork ?? exec;
}

/** Indexes of the entries in the order of time; those of one time in the order of the file. */
export function orderOfTime(events: readonly EventFile[]): number[] {
  return events.map((_, index) => index).sort((a, b) => events[a].at - events[b].at || a - b);
}
