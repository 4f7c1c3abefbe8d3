/**
 * The part of a trace that is asked for: events of some groups, between two moments. What is under way when the window
 * opens begins there, what is under way when it closes ends there.
 */
import type { Task, TraceEvent, TraceSink, TraceSpan } from '../../sim/index.ts';
import { groupOf } from './groups.ts';
import type { Group } from './groups.ts';

/** ns from the start of the device. */
export interface TraceWindow {
  readonly from: number;
  readonly to: number;
  readonly groups: readonly Group[];
}

type Span = Extract<TraceEvent, { edge: 'begin' | 'end' }>;

interface Open {
  readonly begin: Span;
  isShown: boolean;
}

export class WindowedTrace {
  /** Moment of the last event, ns. */
  last = 0;
  /** By track. */
  readonly #open = new Map<string, Open[]>();
  /** By CPU: who has it. */
  readonly #running: (Task | null | undefined)[] = [];
  #isOpen = false;
  #isClosed = false;
  readonly #groups: ReadonlySet<Group>;
  readonly #window: TraceWindow;
  readonly #sink: TraceSink;

  constructor(window: TraceWindow, sink: TraceSink) {
    this.#window = window;
    this.#groups = new Set(window.groups);
    this.#sink = sink;
  }

  /** Events in order of time. */
  readonly take = (event: TraceEvent): void => {
    const { from, to } = this.#window;
    this.last = event.at;
    if (!this.#groups.has(groupOf(event))) return;
    if (!this.#isOpen && event.at >= from) this.#begin();
    if (!this.#isClosed && event.at > to) this.#end();
    if (event.kind === 'switch') this.#takeSwitch(event);
    else if ('edge' in event) this.#takeSpan(event);
    else if (this.#isOpen && !this.#isClosed) this.#sink(clipped(event, from));
  };

  /** No more comes. */
  close(): void {
    if (!this.#isClosed) this.#end();
  }

  #takeSpan(event: Span): void {
    const track = trackOf(event);
    let open = this.#open.get(track);
    if (open === undefined) this.#open.set(track, (open = []));
    const isInside = this.#isOpen && !this.#isClosed;
    if (event.edge === 'begin') {
      open.push({ begin: event, isShown: isInside });
      if (isInside) this.#sink(event);
      return;
    }
    const isShown = open.pop()?.isShown === true;
    if (open.length === 0) this.#open.delete(track);
    const { to } = this.#window;
    if (isShown) this.#sink(event.at > to ? { ...event, at: to, task: null } : event);
  }

  #takeSwitch(event: Extract<TraceEvent, { kind: 'switch' }>): void {
    this.#running[event.cpu] = event.to;
    if (this.#isOpen && !this.#isClosed) this.#sink(event);
  }

  #begin(): void {
    this.#isOpen = true;
    const at = this.#window.from;
    for (const open of this.#open.values()) {
      for (const span of open) {
        span.isShown = true;
        this.#sink({ ...span.begin, at });
      }
    }
    this.#running.forEach((to, cpu) => {
      if (to != null) this.#sink({ kind: 'switch', at, cpu, task: null, from: null, left: 'S', to });
    });
  }

  #end(): void {
    this.#isClosed = true;
    if (!this.#isOpen) return;
    const at = Math.min(this.#window.to, this.last);
    this.#running.forEach((from, cpu) => {
      if (from != null) this.#sink({ kind: 'switch', at, cpu, task: from, from, left: 'R', to: null });
    });
  }
}

function trackOf(span: TraceSpan): string {
  if (span.track === 'cma') return `cma ${span.client}`;
  return span.track === 'process' ? `process ${span.pid}` : span.track;
}

function clipped(event: TraceEvent, from: number): TraceEvent {
  const isLong = event.kind === 'fault' || event.kind === 'fork';
  return isLong && event.began < from ? { ...event, began: from } : event;
}
