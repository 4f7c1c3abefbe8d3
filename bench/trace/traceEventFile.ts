/**
 * Writes Chrome's Trace Event Format (JSON): one event a line, as it comes.
 *
 * Names and arguments are JSON text already: events are many, and an object of each would cost as much as all else.
 *
 * Where events of one track have the same time, Perfetto takes an E first, then an X that takes time, the longest
 * first, and then all others as they stand in the file. So a span that takes no time is an instant, or an X where an
 * arrow is to lead to it, and one that takes time no X where the span around it begins with it. An E bears the name of
 * its B: it need not, but speedscope wants it.
 */
import type { Output } from './output.ts';
import { json } from './format.ts';
import type { ManyArgs, ManyName } from './manyEvents.ts';

/** What the format calls a thread. */
export interface Track {
  /** Its pid and tid as JSON. */
  readonly where: string;
  /** The same behind a comma for events that are many; and that with the scope of an instant. */
  readonly whereBytes: Uint8Array;
  readonly instantBytes: Uint8Array;
  /** Spans that have begun, the outermost first. */
  readonly open: Begun[];
  /** How many of them, the innermost, are not written yet: all of one time. */
  held: number;
  /** Time of its last B. */
  lastBegin: number;
}

interface Begun {
  readonly at: number;
  readonly name: string;
  readonly args: string;
}

/** For events that have no arguments. */
export const NO_ARGS = '';

export function newTrack(pid: number, tid: number): Track {
  const where = `"pid":${pid},"tid":${tid}`;
  const whereBytes = Buffer.from(`,${where}`);
  const instantBytes = Buffer.from(`,${where},"s":"t"`);
  return { where, whereBytes, instantBytes, open: [], held: 0, lastBegin: -1 };
}

const DURATION = Buffer.from(',"dur":');
const CLOSE = Buffer.from('}');

export class TraceEventFile {
  #isFirst = true;
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
    output.write('{"traceEvents":[');
  }

  begin(at: number, track: Track, name: string, args: string): void {
    this.#releaseBefore(at, track);
    track.open.push({ at, name, args });
    track.held++;
  }

  /** The innermost span of the track ends. */
  end(at: number, track: Track, args: string): void {
    this.#releaseBefore(at, track);
    const begun = track.open.pop();
    if (begun === undefined) throw new RangeError(`nothing is open on ${track.where}`);
    if (track.held === 0) return this.#put(begun.name, 'E', at, track, '', args);
    track.held--;
    this.instant(at, track, begun.name, merged(begun.args, args));
  }

  /** A span that is over: it may lie in spans that have begun, and around others that are over. */
  complete(began: number, end: number, track: Track, name: string, args: string): void {
    this.#releaseBefore(end, track);
    if (began === track.lastBegin && end > began) {
      this.#put(name, 'B', began, track, '', args);
      this.#put(name, 'E', end, track, '', args);
    } else this.#put(name, 'X', began, track, `,"dur":${us(end - began)}`, args);
  }

  /** `scope`: t for the track, g for all of them. */
  instant(at: number, track: Track, name: string, args: string, scope: 't' | 'g' = 't'): void {
    this.#releaseBefore(at, track);
    this.#put(name, 'i', at, track, scope === 't' ? ',"s":"t"' : ',"s":"g"', args);
  }

  /**
   * `instant` and `complete` for events that are many: no text is made of them, only bytes. Gain: a third of the time
   * of writing.
   */
  instantOfMany(at: number, track: Track, name: ManyName, args: ManyArgs | null): void {
    this.#releaseBefore(at, track);
    this.#output.piece(name.instant);
    this.#time(at);
    this.#output.piece(track.instantBytes);
    args?.write(this.#output);
    this.#output.piece(CLOSE);
  }

  completeOfMany(began: number, end: number, track: Track, name: ManyName, args: ManyArgs | null): void {
    this.#releaseBefore(end, track);
    // It may have to become two events, which is seldom.
    if (began === track.lastBegin) return this.complete(began, end, track, name.text, args?.text() ?? NO_ARGS);
    this.#output.piece(name.complete);
    this.#time(began);
    this.#output.piece(track.whereBytes);
    this.#output.piece(DURATION);
    this.#time(end - began);
    args?.write(this.#output);
    this.#output.piece(CLOSE);
  }

  counter(at: number, track: Track, name: string, args: string): void {
    this.#put(name, 'C', at, track, '', args);
  }

  /**
   * An arrow begins (s) or goes on (t) at the span just written. None ends with an f: which failure is the last nobody
   * knows, and readers draw an arrow for each t.
   */
  arrow(phase: 's' | 't', at: number, track: Track, id: number): void {
    this.#put('"unfindable pte"', phase, at, track, `,"cat":"gap","id":${id}`, NO_ARGS);
  }

  meta(name: string, track: Track, args: Readonly<Record<string, unknown>>): void {
    this.#put(json(name), 'M', 0, track, '', json(args));
  }

  finish(otherData: Readonly<Record<string, unknown>>): void {
    this.#output.write(`\n],"otherData":${json(otherData)}}\n`);
  }

  /** As `us`. */
  #time(ns: number): void {
    const whole = Math.floor(ns / 1000);
    this.#output.decimal(whole);
    this.#output.piece(DECIMAL_BYTES[ns - whole * 1000]);
  }

  /** Writes the begins that are held back in case their spans take no time, once time has gone on. */
  #releaseBefore(at: number, track: Track): void {
    const { open, held } = track;
    if (held === 0 || open[open.length - 1].at === at) return;
    track.held = 0;
    for (const begun of open.slice(-held)) {
      track.lastBegin = begun.at;
      this.#put(begun.name, 'B', begun.at, track, '', begun.args);
    }
  }

  #put(name: string, phase: string, at: number, { where }: Track, more: string, args: string): void {
    const comma = this.#isFirst ? '' : ',';
    this.#isFirst = false;
    const tail = args === NO_ARGS ? '' : `,"args":${args}`;
    this.#output.write(`${comma}\n{"name":${name},"ph":"${phase}","ts":${us(at)},${where}${more}${tail}}`);
  }
}

function merged(args: string, more: string): string {
  if (args === NO_ARGS || more === NO_ARGS) return args + more;
  return `${args.slice(0, -1)},${more.slice(1)}`;
}

const DECIMALS = Array.from({ length: 1000 }, (_, ns) => (ns === 0 ? '' : `.${`${ns}`.padStart(3, '0')}`));
/** The same as bytes. */
const DECIMAL_BYTES = DECIMALS.map((text) => Buffer.from(text));

/** ns as microseconds, exactly. */
export function us(ns: number): string {
  const whole = Math.floor(ns / 1000);
  return `${whole}${DECIMALS[ns - whole * 1000]}`;
}
