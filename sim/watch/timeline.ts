/**
 * Puts the events of a tracer in order. What a step brings about is told before the step is known to be done, and some
 * of it lies ahead, at the end of the step's time, while other CPUs have steps before that.
 */
import type { Task, TraceEvent, TracePoint, TraceSink, TraceSpan } from './traceEvents.ts';

export type Told = (TraceSpan | TracePoint) & { readonly at: number };

export class Timeline {
  /** Of the step under way. */
  readonly #staged: Told[] = [];
  /** Not due yet, by time and then in the order in which they were told. */
  readonly #ahead: TraceEvent[] = [];
  readonly #sink: TraceSink;

  constructor(sink: TraceSink) {
    this.#sink = sink;
  }

  /** An event of the step under way, at its time or later. */
  tell(event: Told): void {
    this.#staged.push(event);
  }

  /** Events of the step under way that come before those that were told of it already. */
  tellFirst(events: readonly Told[]): void {
    if (events.length > 0) this.#staged.unshift(...events);
  }

  /** The step is known: its events get their places. */
  stamp(cpu: number, task: Task | null): void {
    if (this.#staged.length === 0) return;
    for (const event of this.#staged) {
      // In place: a copy of each event would cost as much as all else.
      const stamped = event as { -readonly [Key in keyof TraceEvent]: TraceEvent[Key] };
      stamped.cpu = cpu;
      stamped.task = task;
      this.place(stamped as TraceEvent);
    }
    this.#staged.length = 0;
  }

  /** An event that belongs to no step under way. Not before what was handed on already. */
  place(event: TraceEvent): void {
    const ahead = this.#ahead;
    let i = ahead.length;
    if (i === 0 || ahead[i - 1].at <= event.at) {
      ahead.push(event);
      return;
    }
    while (i > 0 && ahead[i - 1].at > event.at) i--;
    ahead.splice(i, 0, event);
  }

  /** Hands on everything up to `now`. */
  release(now: number): void {
    const ahead = this.#ahead;
    let due = 0;
    while (due < ahead.length && ahead[due].at <= now) this.#sink(ahead[due++]);
    if (due === 0) return;
    if (due === ahead.length) ahead.length = 0;
    else ahead.splice(0, due);
  }

  /** Hands on everything: what lies behind `now` ends then. */
  cut(now: number): void {
    for (const event of this.#ahead.splice(0)) this.#sink({ ...event, at: Math.min(event.at, now) });
  }
}
