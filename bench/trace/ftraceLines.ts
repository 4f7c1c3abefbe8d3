/**
 * Lines of /sys/kernel/debug/tracing/trace: the header and line layout of Linux 3.10 (kernel/trace/trace.c,
 * trace_output.c).
 */
import type { Task, TraceEvent } from '../../sim/index.ts';
import type { Output } from './output.ts';

/** Characters of task_struct.comm. */
const COMM = 15;
/** Digits of the number of entries, which is known at the end only. */
const COUNT_DIGITS = 10;
const TITLE = '# tracer: nop\n#\n# entries-in-buffer/entries-written: ';

interface Who {
  readonly task: Task | null;
  readonly cpu: number;
}

export class FtraceLines {
  #entries = 0;
  readonly #output: Output;
  readonly #cpus: number;
  /** Tasks of the CMA clients, by name, and ksmd: for spans that end while nobody runs. */
  readonly #known = new Map<string, Who>();
  /** `TASK-PID`, by pid. */
  readonly #heads = new Map<number, string>();

  constructor(cpus: number, output: Output) {
    this.#output = output;
    this.#cpus = cpus;
    output.write(`${TITLE}${this.#counts()}
#
#                              _-----=> irqs-off
#                             / _----=> need-resched
#                            | / _---=> hardirq/softirq
#                            || / _--=> preempt-depth
#                            ||| /     delay
#           TASK-PID   CPU#  ||||    TIMESTAMP  FUNCTION
#              | |       |   ||||       |         |
`);
  }

  finish(partial: string | null): void {
    if (partial !== null) this.#output.write(`# ${partial}\n`);
    this.#output.patch(TITLE.length, this.#counts());
  }

  /** 0 to begin with, which stays where the output cannot be written over. */
  #counts(): string {
    const count = this.#entries;
    return `${count}/${count}`.padEnd(2 * COUNT_DIGITS + 1) + `   #P:${this.#cpus}`;
  }

  /** A span begins on the thread that the event is of. */
  begin(event: TraceEvent, name: string): void {
    const who = this.#whoOf(event);
    this.#put(who, event.at, 'tracing_mark_write', `B|${who.task?.pid ?? 0}|${name}`);
  }

  end(event: TraceEvent): void {
    const who = this.#whoOf(event);
    this.#put(who, event.at, 'tracing_mark_write', `E|${who.task?.pid ?? 0}`);
  }

  /** A moment: a span that takes no time, which every reader knows. */
  point(event: TraceEvent, name: string): void {
    this.begin(event, name.replaceAll('|', '/'));
    this.end(event);
  }

  mark(event: TraceEvent, text: string): void {
    this.line(event, 'tracing_mark_write', text);
  }

  line(event: TraceEvent, name: string, fields: string): void {
    this.#put(this.#whoOf(event), event.at, name, fields);
  }

  /** Who writes the line. Spans that are cut short end as those who began them. */
  #whoOf(event: TraceEvent): Who {
    const owner = 'client' in event ? event.client : event.kind === 'scan' || event.kind === 'batch' ? 'ksmd' : null;
    if (owner === null) return event;
    if (event.task === null) return this.#known.get(owner) ?? event;
    this.#known.set(owner, { task: event.task, cpu: event.cpu });
    return event;
  }

  #put({ task, cpu }: Who, at: number, name: string, fields: string): void {
    this.#entries++;
    const where = `[${`${cpu}`.padStart(3, '0')}]`;
    this.#output.write(`${this.#headOf(task)} ${where} .... ${seconds(at)}: ${name}: ${fields}\n`);
  }

  #headOf(task: Task | null): string {
    const pid = task?.pid ?? 0;
    let head = this.#heads.get(pid);
    if (head === undefined) {
      head = `${(task === null ? '<idle>' : comm(task.name)).padStart(16)}-${`${pid}`.padEnd(5)}`;
      this.#heads.set(pid, head);
    }
    return head;
  }
}

/** As task_struct.comm: no blanks, at most 15 characters. */
export function comm(name: string): string {
  return name
    .replace(/^cma client /, 'cma/')
    .replace(/[^\w.:/-]+/g, '-')
    .slice(0, COMM);
}

/** `%5lu.%06lu`, cut to microseconds. */
function seconds(ns: number): string {
  const usec = Math.floor(ns / 1e3);
  const rest = usec % 1e6;
  return `${`${(usec - rest) / 1e6}`.padStart(5)}.${`${rest}`.padStart(6, '0')}`;
}
