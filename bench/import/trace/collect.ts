/**
 * Events of a trace, as a parser finds them, to what the trace tells.
 *
 * Buffers of several CPUs may stand one behind the other, and lines of one CPU may come late, so nothing is paired
 * before the end: what is understood is kept, within limits, and put in order of time then. The rest is counted.
 */
import { InputError } from '../../errors.ts';
import type { TraceFacts } from '../traceFacts.ts';
import { withNames } from './commNames.ts';
import type { EventKind } from './events.ts';
import { keptEvent } from './keptEvent.ts';
import type { KeptEvent } from './keptEvent.ts';
import { KeptNames } from './keptNames.ts';
import { pairProcesses } from './processes.ts';
import type { RawEvent } from './rawEvent.ts';
import { Remarks } from './remarks.ts';
import { pairRequests } from './requests.ts';

/** Events of one kind that are kept: with all kinds full, some hundred MB. */
export const MOST_KEPT = 200_000;
/** Different names of events, and threads whose process the trace tells. */
const MOST_NAMES = 10_000;
const MOST_THREADS = 200_000;
const MOST_LISTED = 50_000;
const OTHERS = '(other events)';

type Listed = TraceFacts['processes'][number];

export class TraceCollector {
  readonly remarks: Remarks;
  readonly #form: TraceFacts['form'];
  readonly #file: string;
  readonly #names = new KeptNames();
  readonly #counts = new Map<string, number>();
  readonly #kept = new Map<KeptEvent['kind'], KeptEvent[]>();
  /** From here on events of some kind are not kept any more, ns. */
  #until = Infinity;
  #overflowed: string | null = null;
  #first = Infinity;
  #last = -Infinity;
  /** Time of the last event, by CPU. */
  readonly #cpus = new Map<number, number>();
  readonly #processOf = new Map<number, number>();
  readonly #threadNames = new Map<number, string>();
  readonly #listed: Listed[] = [];
  #lost = 0;

  /** `file`: the path as given. `unit`: what places in it are counted in. */
  constructor(form: TraceFacts['form'], file: string, unit: 'line' | 'record') {
    this.#form = form;
    this.#file = file;
    this.remarks = new Remarks(unit);
  }

  get hasEvents(): boolean {
    return this.#counts.size > 0;
  }

  /** Every event, also those that are not understood. `t`: ns. `cpu`: null where the form does not tell. */
  count(name: string, t: number, cpu: number | null, line: number): void {
    const count = this.#counts.get(name);
    if (count !== undefined) this.#counts.set(name, count + 1);
    else if (this.#counts.size < MOST_NAMES) this.#counts.set(this.#names.keep(name), 1);
    else this.#counts.set(OTHERS, (this.#counts.get(OTHERS) ?? 0) + 1);
    if (t < this.#first) this.#first = t;
    if (t > this.#last) this.#last = t;
    if (cpu === null) return;
    const before = this.#cpus.get(cpu);
    if (before !== undefined && t < before) this.remarks.at(line, 'time goes back on a CPU (put in order)');
    this.#cpus.set(cpu, t);
  }

  /** An event that was counted and is understood. */
  add(kind: EventKind, event: RawEvent): void {
    const kept = keptEvent(kind, event, this.#names);
    if (kept === null) return;
    if (kept === 'unreadable')
      return this.remarks.at(event.line, 'an event with fields that make no sense', event.text);
    const list = this.#kept.get(kept.kind) ?? [];
    this.#kept.set(kept.kind, list);
    if (list.length < MOST_KEPT) list.push(kept);
    else if (kept.t < this.#until) {
      this.#until = kept.t;
      this.#overflowed = kept.kind;
    }
  }

  /** A thread belongs to a process. */
  belongs(thread: number, pid: number): void {
    if (Number.isNaN(pid) || (!this.#processOf.has(thread) && this.#processOf.size >= MOST_THREADS)) return;
    this.#processOf.set(thread, pid);
  }

  /** A process that the trace lists. */
  list(process: Listed): void {
    if (this.#listed.length < MOST_LISTED) this.#listed.push({ ...process, name: this.#names.keep(process.name) });
  }

  /** What a thread is called before it is renamed; `''` tells nothing. */
  nameThread(pid: number, name: string): void {
    if (name !== '' && this.#threadNames.size < MOST_THREADS) this.#threadNames.set(pid, this.#names.keep(name));
  }

  isNamed(pid: number): boolean {
    return this.#threadNames.has(pid);
  }

  /** `events`: null where the kernel does not say how many. `place`: line or record. */
  lose(place: number, events: number | null): void {
    this.#lost += events ?? 1;
    if (events === null) this.remarks.at(place, 'events were lost, the trace does not say how many');
  }

  overwritten(events: number): void {
    if (events > 0) this.remarks.say(`the buffer was full: ${events} events older than the trace were overwritten`);
  }

  /** Throws InputError when there were no events. */
  finish(): TraceFacts {
    if (!this.hasEvents) throw this.#nothing();
    const { remarks } = this;
    const end = Math.min(this.#last, this.#until);
    const kept = [...this.#kept.values()].flat().filter(({ t }) => t <= end);
    // Events of the same time stay as they stand in the file.
    kept.sort((a, b) => a.t - b.t || a.line - b.line);
    const events = withNames(kept, this.#threadNames);
    const seconds = (t: number): number => (t - this.#first) / 1e9;
    if (this.#overflowed !== null) {
      const after = `everything after ${seconds(end).toFixed(3)} s is only counted`;
      remarks.say(`more than ${MOST_KEPT} events of one kind (${this.#overflowed}): ${after}`);
    }
    if (this.#lost > 0) remarks.say(`the kernel lost ${this.#lost} events: rates may be too low`);
    const measuring = events.find(({ kind }) => kind === 'measuring');
    return {
      file: this.#file,
      form: this.#form,
      startedAt: this.#first / 1e9,
      seconds: seconds(end),
      measuredFrom: measuring === undefined ? null : seconds(measuring.t),
      cpus: this.#cpus.size,
      processes: this.#listed,
      ...pairProcesses(events, seconds, this.#processOf),
      requests: pairRequests(events, seconds),
      counts: Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1))),
      lost: this.#lost,
      partial: remarks.sentences(),
    };
  }

  #nothing(): InputError {
    const found = this.remarks.sentences().join('; ');
    const message =
      'no event of the kernel was found; expected the text of /sys/kernel/debug/tracing/trace, of `trace-cmd report`, or a trace of Perfetto or Chrome' +
      (found === '' ? '' : ` (${found})`);
    return InputError.ofFile(this.#file, message);
  }
}
