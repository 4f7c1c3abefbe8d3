/** What can be in a trace, by the names that `--events` takes. */
import { BULK_KINDS } from '../../sim/index.ts';
import type { BulkKind, TraceEvent } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import { suggestion } from '../plan/suggest.ts';

export const GROUPS = ['ksmd', 'merge', 'cma', 'process', 'fault', 'cpu', 'gap', 'flow', 'counter'] as const;
export type Group = (typeof GROUPS)[number];

/** The bulk of a trace: left out of long ones unless asked for. */
const BULK: readonly Group[] = ['merge', 'fault', 'cpu'];
/** The longest window of which everything is traced unless asked otherwise, ns. */
const SHORT_NS = 30e9;

const GROUP_OF: Readonly<Record<TraceEvent['kind'], Group>> = {
  scan: 'ksmd',
  batch: 'ksmd',
  itemAppended: 'merge',
  itemRemoved: 'merge',
  ksmEnter: 'merge',
  ksmExit: 'merge',
  request: 'cma',
  range: 'cma',
  phase: 'cma',
  migrate: 'cma',
  pass: 'cma',
  migrateFailed: 'cma',
  released: 'cma',
  measuring: 'cma',
  life: 'process',
  fork: 'process',
  exec: 'process',
  kill: 'process',
  fault: 'fault',
  switch: 'cpu',
  gapOpened: 'gap',
  gapClosed: 'gap',
  counters: 'counter',
};

/** What a tracer need not tell when only these groups are wanted. */
export function unwanted(groups: readonly Group[]): BulkKind[] {
  return BULK_KINDS.filter((kind) => !groups.includes(GROUP_OF[kind]));
}

export function groupOf(event: TraceEvent): Group {
  return GROUP_OF[event.kind];
}

/** What is traced of a window of `lengthNs` when nobody says. */
export function defaultGroups(lengthNs: number): Group[] {
  return GROUPS.filter((group) => lengthNs <= SHORT_NS || !BULK.includes(group));
}

/** `ksmd,cma,flow` or `all`. Throws UsageError. */
export function parseGroups(text: string): Group[] {
  const words = text.split(',').map((word) => word.trim());
  if (words.includes('all')) return [...GROUPS];
  for (const word of words) {
    const known: readonly string[] = [...GROUPS, 'all'];
    if (!known.includes(word)) throw new UsageError(`unknown events '${word}'${suggestion(word, known)}`);
  }
  // An arrow leads from a gap to the pass that failed.
  const isArrow = words.includes('flow');
  return GROUPS.filter((group) => words.includes(group) || (isArrow && (group === 'gap' || group === 'cma')));
}
