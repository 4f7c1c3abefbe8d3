/** The schema of one entry of `events:`: something that was recorded and is to happen again at its time. */
import { LIMITS } from './limits.ts';
import { duration, identifier, integer, oneOfNumbers, orNone, reference, size } from './scalars.ts';
import { maybe, object, optional, required } from './schema.ts';

const anyTime = { min: 0, max: LIMITS.durationNs };

/** What an entry can do; each does exactly one of them. */
export const ACTIONS = ['fork', 'exec', 'exit', 'kill', 'cma', 'ksm'] as const;

export const eventRequest = object({
  client: optional(
    identifier('CMA client', LIMITS.nameLength),
    'replay',
    `whom the request is counted for; not one of \`cma_clients\`, and at most ${LIMITS.clients} names. Requests of one client follow each other if need be`,
  ),
  area: maybe(reference('a CMA area'), 'CMA area', 'the default area'),
  size: required(size({ min: 1, max: LIMITS.frames }), 'what is asked for; no larger than the area'),
  align_order: maybe(orNone(integer({ min: 0, max: 10 })), 'as of a CMA client'),
  hold: required(orNone(duration(anyTime)), 'how long it is held from its success on; `none`: to the end'),
});

const settings = object({
  run: maybe(oneOfNumbers([0, 1, 2]), '/sys/kernel/mm/ksm/run', 'as it was'),
  pages_to_scan: maybe(integer({ min: 1, max: LIMITS.pagesToScan }), 'pages per wake-up of ksmd', 'as it was'),
  sleep_millisecs: maybe(
    integer({ min: 0, max: LIMITS.sleepMillisecs }),
    'sleep between wake-ups, milliseconds',
    'as it was',
  ),
});

export const eventSchema = object(
  {
    at: required(
      duration(anyTime),
      'time since measuring began, as `start` of a CMA client: nothing is replayed in the warm-up',
    ),
    fork: maybe(
      reference('a group'),
      'a process of this group (`start: fork`) is forked by one of its parent group',
      '',
    ),
    exec: maybe(reference('a group'), 'a process of this group (`start: exec`) is started by exec', ''),
    exit: maybe(
      reference('a process or a group'),
      'the process of this name exits; of a group: the oldest that has no name',
      '',
    ),
    kill: maybe(reference('a process or a group'), 'the same by SIGKILL: an access under way is not ended first', ''),
    cma: maybe(eventRequest, 'one request for contiguous memory', ''),
    ksm: maybe(settings, 'writes to /sys/kernel/mm/ksm: one or more of its files', ''),
    from: maybe(
      reference('a process or a group'),
      "with `fork`: the process that forks, by name; it must be of the group's parent group",
      'the oldest of `parent`',
    ),
    name: maybe(
      identifier('process', LIMITS.nameLength),
      'with `fork` and `exec`: what later events call the process, and what results call it (`app p1042`); no name of a group; free again after an `exit` or `kill` of it',
      'no name',
    ),
    startup: maybe(
      duration(anyTime),
      'with `fork` and `exec`: time over which the process populates and rewrites its memory; 0 s: as fast as it can',
      '0 s',
    ),
  },
  ACTIONS,
);

/** An entry as read. */
export type EventFile = NonNullable<ReturnType<typeof eventSchema.read>>;

/** Group that an entry starts a process of, null where it starts none. */
export function startedGroup({ fork, exec }: EventFile): string | null {
  return fork ?? exec;
}

/** Indexes of the entries in the order of time; those of one time in the order of the file. */
export function orderOfTime(events: readonly EventFile[]): number[] {
  return events.map((_, index) => index).sort((a, b) => events[a].at - events[b].at || a - b);
}
