/**
 * Writes Chrome's Trace Event Format (JSON): one event a line, as it comes.
 *
 * Names and arguments are JSON text already: events are many, and an object of each would cost as much as all else.
 * Spans are B and E in order of time, so that they nest as they were told even where they take no time; what is known
 * only once it is over is an X, which readers put where it belongs. An E bears the name of its B: it need not, but
 * speedscope wants it.
 */
import type { Output } from './output.ts';
import { json } from './format.ts';

/** What the format calls a thread. */
export interface Track {
  /** Its pid and tid as JSON. */
  readonly where: string;
  /** Names of its spans that have begun, the outermost first, as JSON. */
  readonly open: string[];
}

/** For events that have no arguments. */
export const NO_ARGS = '';

export function newTrack(pid: number, tid: number): Track {
  return { where: `"pid":${pid},"tid":${tid}`, open: [] };
}

export class TraceEventFile {
  #isFirst = true;
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
    output.write('{"displayTimeUnit":"ns","traceEvents":[');
  }

  begin(at: number, track: Track, name: string, args: string): void {
    track.open.push(name);
    this.#put(name, 'B', at, track, '', args);
  }

  end(at: number, track: Track, args: string): void {
    this.#put(track.open.pop() ?? '""', 'E', at, track, '', args);
  }

  complete(began: number, end: number, track: Track, name: string, args: string): void {
    this.#put(name, 'X', began, track, `,"dur":${us(end - began)}`, args);
  }

  /** `scope`: t for the track, g for all of them. */
  instant(at: number, track: Track, name: string, args: string, scope: 't' | 'g' = 't'): void {
    this.#put(name, 'i', at, track, scope === 't' ? ',"s":"t"' : ',"s":"g"', args);
  }

  counter(at: number, track: Track, name: string, args: string): void {
    this.#put(name, 'C', at, track, '', args);
  }

  /**
   * An arrow begins (s) or goes on (t) at the event just written, a span of the track. None ends with an f: which failure is
   * the last nobody knows, and readers draw an arrow for each t.
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

  #put(name: string, phase: string, at: number, { where }: Track, more: string, args: string): void {
    const comma = this.#isFirst ? '' : ',';
    this.#isFirst = false;
    const tail = args === NO_ARGS ? '' : `,"args":${args}`;
    this.#output.write(`${comma}\n{"name":${name},"ph":"${phase}","ts":${us(at)},${where}${more}${tail}}`);
  }
}

const DECIMALS = Array.from({ length: 1000 }, (_, ns) => (ns === 0 ? '' : `.${`${ns}`.padStart(3, '0')}`));

/** ns as microseconds, exactly. */
export function us(ns: number): string {
  const whole = Math.floor(ns / 1000);
  return `${whole}${DECIMALS[ns - whole * 1000]}`;
}
