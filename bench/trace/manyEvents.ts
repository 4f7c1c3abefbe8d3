/**
 * Events of a trace of which there are many: their names and arguments as bytes that are kept, so that no text is made
 * of each (`TraceEventFile`).
 */
import type { Output } from './output.ts';

/** Name of events that are many, with what stands before the time of one. */
export class ManyName {
  /** As JSON. */
  readonly text: string;
  readonly instant: Uint8Array;
  readonly complete: Uint8Array;

  constructor(text: string) {
    this.text = text;
    const before = (phase: string) => Buffer.from(`,\n{"name":${text},"ph":"${phase}","ts":`);
    this.instant = before('i');
    this.complete = before('X');
  }
}

const OPEN = ',"args":';

/** Arguments of events that are many: numbers, those in decimal first. */
export class ManyArgs {
  /** Of the next event. */
  readonly values: Int32Array;
  readonly #decimals: number;
  readonly #pieces: readonly Buffer[];

  /** Names of the arguments; those of `hexes` are shown as 0x1a. */
  constructor(decimals: readonly string[], hexes: readonly string[]) {
    this.values = new Int32Array(decimals.length + hexes.length);
    this.#decimals = decimals.length;
    const open = (name: string, index: number) => `${index === 0 ? `${OPEN}{` : ','}"${name}":`;
    const texts = [
      ...decimals.map(open),
      ...hexes.map((name, index) => `${index === 0 ? '' : '"'}${open(name, decimals.length + index)}"0x`),
      hexes.length === 0 ? '}' : '"}',
    ];
    this.#pieces = texts.map((text) => Buffer.from(text));
  }

  /** As JSON. */
  text(): string {
    const shown = [...this.values].map((value, i) => (i < this.#decimals ? `${value}` : value.toString(16)));
    return this.#pieces
      .map((piece, i) => `${piece.toString()}${shown[i] ?? ''}`)
      .join('')
      .slice(OPEN.length);
  }

  write(output: Output): void {
    const { values } = this;
    const pieces = this.#pieces;
    for (let i = 0; i < values.length; i++) {
      output.piece(pieces[i]);
      if (i < this.#decimals) output.decimal(values[i]);
      else output.hex(values[i]);
    }
    output.piece(pieces[values.length]);
  }
}
