/**
 * Traces in ftrace's text form: `trace`, `trace_pipe`, `trace-cmd report`, atrace and systrace, also in systrace's HTML
 * (kernel/trace/trace_output.c, trace_print_context; with the TGID column of record-tgid and of Android's kernels).
 */
import { TraceCollector } from './collect.ts';
import { kindOf } from './events.ts';
import { fieldsOf } from './ftraceFields.ts';
import { HtmlEnvelope } from './htmlEnvelope.ts';
import { LineCutter } from '../lines.ts';
import type { Line } from '../lines.ts';
import type { TraceFacts } from '../traceFacts.ts';
import { unpacked } from './unpack.ts';
import type { Chunks } from './unpack.ts';

/**
 * `comm-pid (tgid) [cpu] flags seconds: name: fields`; TGID and flags are not always there, nor is a name (function
 * tracer).
 */
const EVENT =
  /^\s{0,40}(.{0,64}?)-(\d{1,10})\s{1,40}(?:\(\s{0,40}([-\d]{1,10})\)\s{1,40})?\[(\d{1,4})\]\s{1,40}(?:[^\s:]{3,9}\s{1,40})?(\d{1,10})(?:\.(\d{1,9}))?:\s{1,40}(?:([^\s:]{1,80}): *)?(.*)$/s;
const LOST = /^\s*CPU:?\s?\d{1,4} \[(?:LOST )?(\d{1,15})? ?EVENTS(?: DROPPED)?\]/;
/** More written than there still is: the oldest were overwritten. */
const ENTRIES = /^#\s*entries-in-buffer\/entries-written:\s*(\d{1,15})\/(\d{1,15})/;
const STARTED = /^#+ CPU \d+ buffer started #+/;
/** The head of a trace: several may stand in one file. */
const HEAD = /^#\s*$|^# tracer:|TASK-PID|^#[\s_|/-]*(?:=>|\|)/;
/** What trace-cmd, atrace and kernels write besides; stack traces and graphs of the function tracers. */
const EMPTY =
  /^\s*$|^cpus=\d+$|^version = \d+|^CPU \d+ is empty|^TRACE:$|^capturing trace|^\s*=> |^ \d+\)|^<stack trace>/;

/** Whether a file begins like a trace in text, or like the HTML of one. */
export function looksLikeFtrace(head: Uint8Array | string): boolean {
  const text = typeof head === 'string' ? head : Buffer.from(head).toString('utf8');
  if (/^# tracer: /m.test(text) || text.startsWith('TRACE:\n')) return true;
  if (/^\s*<(?:!doctype )?html/i.test(text))
    return /systrace|android system trace|trace-data|linuxPerfData|trace-viewer/i.test(text);
  return text.split('\n', 200).some((line) => EVENT.test(line.slice(0, 1000)));
}

/** Throws InputError when no event is found in it. */
export async function parseFtrace(chunks: Chunks, name: string): Promise<TraceFacts> {
  const collector = new TraceCollector('ftrace', name, 'line');
  const reader = new FtraceReader(collector);
  const cutter = new LineCutter((line) => reader.line(line));
  for await (const chunk of unpacked(chunks, (why) => collector.remarks.say(why))) cutter.write(chunk);
  cutter.end();
  return collector.finish();
}

/** Takes lines of ftrace text, and hands the events to a collector. */
export class FtraceReader {
  readonly #collector: TraceCollector;
  readonly #html = new HtmlEnvelope();

  constructor(collector: TraceCollector) {
    this.#collector = collector;
  }

  line(line: Line): void {
    const { remarks } = this.#collector;
    const text = this.#html.unwrap(line.text);
    if (text === null) return;
    if (line.cut) return remarks.at(line.number, 'a line is too long', text);
    // Half a number would be read as another one.
    if (line.open) return remarks.at(line.number, 'the last line is cut off (no line feed ends it)', text);
    const match = EVENT.exec(text);
    if (match === null) return this.#other(text, line.number);
    const [, comm, pidText, , cpuText, seconds] = match;
    const [tgid, fraction, name, rest] = [match.at(3), match.at(6) ?? '', match.at(7) ?? '(function)', match[8]];
    const t = Number(seconds) * 1e9 + Number(fraction.padEnd(9, '0'));
    const [pid, cpu] = [Number(pidText), Number(cpuText)];
    if (tgid !== undefined) this.#collector.belongs(pid, Number(tgid));
    this.#collector.count(name, t, cpu, line.number);
    const kind = kindOf(name);
    if (kind === null) return;
    const fields = kind === 'mark' ? {} : fieldsOf(rest);
    this.#collector.add(kind, { t, line: line.number, pid, comm, fields, text: rest });
  }

  #other(text: string, line: number): void {
    if (EMPTY.test(text)) return;
    const lost = LOST.exec(text);
    const losses = lost?.at(1);
    if (lost !== null) return this.#collector.lose(line, losses === undefined ? null : Number(losses));
    if (!text.startsWith('#')) return this.#collector.remarks.at(line, 'no event of ftrace', text);
    const entries = ENTRIES.exec(text);
    if (entries !== null) this.#collector.overwritten(Number(entries[2]) - Number(entries[1]));
    else if (STARTED.test(text)) this.#collector.remarks.at(line, "a CPU's buffer begins later than the trace", text);
    else if (this.#collector.hasEvents && !HEAD.test(text))
      this.#collector.remarks.at(line, 'a comment behind events', text);
  }
}
