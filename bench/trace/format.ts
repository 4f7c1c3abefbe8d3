/** What every format of a trace is told and has to do, and words that they share. */
import type { Blocker, GapOrigin, Task, TraceEvent } from '../../sim/index.ts';
import type { Cell } from '../plan/types.ts';

/** What is traced. */
export interface TraceSubject {
  readonly run: string;
  readonly cell: Pick<Cell, 'id' | 'workload' | 'strategy' | 'kernel' | 'device' | 'seed'>;
  readonly cpus: number;
  /** Start of measuring, ns from the start of the device, which is 0 in the trace. */
  readonly measuredFrom: number;
  /** Whether arrows lead from what opened a gap to the pass that failed. */
  readonly arrows: boolean;
}

/** Writes events, in order of time, to an output. */
export interface TraceFormat {
  write(event: TraceEvent): void;
  /** `partial`: why the trace ends before its time, null when it does not. */
  finish(partial: string | null): void;
}

export const FORMATS = ['perfetto', 'ftrace'] as const;
export type FormatName = (typeof FORMATS)[number];

/** Most pages named in one event. */
const MAX_NAMED = 16;

/** As JSON text. */
export function json(value: unknown): string {
  return JSON.stringify(value);
}

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** `0x1a00 B1, 0x1a07 pin`, and how many more. */
export function blockersText(blockers: readonly Blocker[]): string {
  const named = blockers.slice(0, MAX_NAMED).map(({ pfn, cause }) => `${hex(pfn)} ${cause}`);
  const more = blockers.length - named.length;
  return more === 0 ? named.join(', ') : `${named.join(', ')} and ${more} more`;
}

/** What opened a gap, in one line. */
export function originText({ event, item, itemPid, by }: GapOrigin): string {
  const of = item === null ? '' : itemPid === null || itemPid === 0 ? ` (kept item ${item})` : ` of pid ${itemPid}`;
  return `${event}${of} by ${by === null ? 'somebody before time began' : nameOf(by)}`;
}

export function nameOf({ name, pid, kind }: Task): string {
  return kind === 'process' ? `${name} (${pid})` : name;
}
