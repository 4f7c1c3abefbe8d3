/**
 * Chrome's Trace Event Format (JSON), which `cma-stress trace`, Perfetto's traceconv and chrome://tracing write: spans
 * of cma-stress, events that bear the name of a tracepoint with its fields as args, and ftrace text in
 * `systemTraceEvents`.
 */
import { JSONParser } from '@streamparser/json';
import type { TraceFacts } from '../traceFacts.ts';
import { InputError } from '../../errors.ts';
import { printable } from '../../plan/quote.ts';
import { TraceCollector } from './collect.ts';
import { kindOf } from './events.ts';
import { FtraceReader } from './ftraceText.ts';
import { LineCutter } from '../lines.ts';
import { OwnSpans } from './ownSpans.ts';
import { textOf } from './rawEvent.ts';
import type { Fields } from './rawEvent.ts';
import { peek } from '../read/streams.ts';
import { unpacked } from './unpack.ts';
import type { Chunks } from './unpack.ts';

/** Bytes of one value: an event has some hundred, ftrace text may have megabytes. */
const LARGEST_VALUE = 64 * 1024 ** 2;
/** The parser is fed this much at once, so that it is known how long a value has been growing. */
const PIECE = 1 << 16;
const HEAD = 64;
const LINE_FEED = 10;
const POSITION = /absolute position "(\d+)"/;

/** An event of the format; whatever is missing or of another type is not there. */
export interface ChromeEvent {
  readonly name: string;
  readonly phase: string;
  /** ns. */
  readonly t: number;
  /** ns; 0 when it has none. */
  readonly duration: number;
  readonly tid: number;
  readonly args: Fields;
}

/** Whether a file begins like a trace in JSON. */
export function looksLikeChromeJson(head: Uint8Array | string): boolean {
  const text = (typeof head === 'string' ? head : Buffer.from(head).toString('utf8')).trimStart();
  if (text.startsWith('[')) return /^\[\s*\{[^[\]]*?"ph"\s*:/.test(text);
  return text.startsWith('{') && /"(?:traceEvents|systemTraceEvents)"\s*:/.test(text);
}

/** Throws InputError when it is no JSON, or no event of ftrace or of cma-stress is in it. */
export async function parseChromeJson(chunks: Chunks, name: string): Promise<TraceFacts> {
  const collector = new TraceCollector('chrome-json', name, 'record');
  const plain = unpacked(chunks, (why) => collector.remarks.say(why));
  const { head, bytes } = await peek(plain, HEAD);
  const isList = head.toString('latin1').trimStart().startsWith('[');
  const reader = new ChromeReader(collector, isList);
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += PIECE) reader.write(chunk.subarray(at, at + PIECE), name);
  }
  reader.end();
  return collector.finish();
}

class ChromeReader {
  readonly #collector: TraceCollector;
  readonly #spans: OwnSpans;
  readonly #parser: JSONParser;
  #records = 0;
  /** Bytes before the piece that is being read, and where their last line begins. */
  #offset = 0;
  #lineStart = 0;
  #line = 1;
  /** Byte at which the last token begins. */
  #token = 0;
  /** Bytes since a value was complete. */
  #growing = 0;
  #ended = false;

  constructor(collector: TraceCollector, isList: boolean) {
    this.#collector = collector;
    this.#spans = new OwnSpans(collector);
    const paths = isList ? ['$.*'] : ['$.traceEvents.*', '$.systemTraceEvents', '$.otherData'];
    this.#parser = new JSONParser({ paths, keepStack: false, stringBufferSize: PIECE });
    this.#parser.onValue = ({ value, key }) => {
      this.#growing = 0;
      if (key === 'systemTraceEvents') this.#ftrace(value);
      else if (key === 'otherData') this.#other(value);
      else this.#event(value);
    };
    this.#parser.onToken = ({ offset }) => (this.#token = offset);
    this.#parser.onEnd = () => (this.#ended = true);
    this.#parser.onError = (error) => {
      throw error;
    };
  }

  /** Throws InputError for what is not JSON, at its line and column. */
  write(piece: Uint8Array, file: string): void {
    if (this.#ended) return;
    this.#growing += piece.length;
    try {
      this.#parser.write(piece);
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown;
      throw this.#malformed(file, piece, thrown.message);
    }
    this.#pass(piece);
    if (this.#growing > LARGEST_VALUE) {
      throw this.#wrong(file, `one value is longer than ${LARGEST_VALUE / 1024 ** 2} MB, which no trace has`);
    }
  }

  /** The format allows a list of events that nothing closes, as a recording that was cut off leaves it. */
  end(): void {
    if (!this.#ended) this.#collector.remarks.say(`the JSON ends in the middle, after event ${this.#records}`);
  }

  #event(value: unknown): void {
    this.#records++;
    const event = chromeEvent(value);
    if (event === null) return this.#collector.remarks.at(this.#records, 'no event of the Trace Event Format');
    const kind = kindOf(event.name);
    if (kind === null || kind === 'mark') return this.#spans.take(event, this.#records);
    const { t, tid, args, name } = event;
    this.#collector.count(name, t, null, this.#records);
    const raw = { t, line: this.#records, pid: tid, comm: textOf(args['comm']), fields: args, text: '' };
    this.#collector.add(kind, raw);
  }

  #ftrace(value: unknown): void {
    if (typeof value !== 'string') return;
    const reader = new FtraceReader(this.#collector);
    const cutter = new LineCutter((line) => reader.line(line));
    cutter.write(Buffer.from(value));
    cutter.end();
  }

  /** `cma-stress trace` says there when a trace ends before its time. */
  #other(value: unknown): void {
    const partial = textOf(fieldsOf(value)['partial']);
    if (partial !== '') this.#collector.remarks.say(`the trace says of itself: ${printable(partial)}`);
  }

  /** Counts bytes and lines. */
  #pass(bytes: Uint8Array): void {
    for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
      this.#line++;
      this.#lineStart = this.#offset + at + 1;
    }
    this.#offset += bytes.length;
  }

  /** The parser tells in its message which byte it stumbled over; a token that is out of place is the last one. */
  #malformed(file: string, piece: Uint8Array, message: string): InputError {
    const position = Number(POSITION.exec(message)?.[1] ?? this.#token);
    this.#pass(piece.subarray(0, Math.max(0, position - this.#offset)));
    const what = printable(message.replace(/ at chunk position[\s\S]*/, ''));
    return this.#wrong(file, `is no JSON from here on (${what})`, position - this.#lineStart + 1);
  }

  #wrong(file: string, message: string, column: number | null = null): InputError {
    return new InputError([{ file, line: this.#line, column, path: '', message }]);
  }
}

function chromeEvent(value: unknown): ChromeEvent | null {
  if (typeof value !== 'object' || value === null) return null;
  const { name, ph, ts, dur, tid, args } = value as Readonly<Record<string, unknown>>;
  if (typeof ph !== 'string') return null;
  // Metadata have no time. Of chrome's own events ts is a whole number of us, in others it has decimals, or is text.
  const us = ph === 'M' ? 0 : numberOf(ts);
  if (us === null || us < 0) return null;
  const duration = numberOf(dur) ?? 0;
  return {
    name: typeof name === 'string' ? name : '',
    phase: ph,
    t: Math.round(us * 1e3),
    duration: Math.max(0, Math.round(duration * 1e3)),
    tid: numberOf(tid) ?? 0,
    args: fieldsOf(args),
  };
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.length < 32 ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function fieldsOf(args: unknown): Fields {
  const fields: Record<string, string | number> = Object.create(null) as Record<string, string | number>;
  if (typeof args !== 'object' || args === null) return fields;
  for (const [key, value] of Object.entries(args)) {
    if (typeof value === 'string' || typeof value === 'number') fields[key] = value;
    else if (typeof value === 'boolean') fields[key] = String(value);
  }
  return fields;
}
