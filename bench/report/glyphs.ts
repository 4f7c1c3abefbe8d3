/**
 * The letters that pictures in lines are made of: ASCII in a pipe, box drawing and blocks on a terminal that has them.
 */
import type { Scale } from './scale.ts';
import type { Terminal } from './terminal.ts';

/** What pictures are made of: one letter each, but `levels` from low to high. */
export interface Glyphs {
  readonly rule: string;
  /** A faint line below a label. */
  readonly grid: string;
  readonly mark: string;
  readonly low: string;
  readonly high: string;
  readonly thin: string;
  readonly thick: string;
  readonly none: string;
  readonly levels: string;
}

const ASCII: Glyphs = {
  rule: '-',
  grid: ':',
  mark: 'o',
  low: '|',
  high: '|',
  thin: '-',
  thick: '=',
  none: '.',
  levels: '123456789',
};
const UNICODE: Glyphs = {
  rule: '─',
  grid: '┊',
  mark: '●',
  low: '├',
  high: '┤',
  thin: '─',
  thick: '━',
  none: '·',
  levels: '▁▂▃▄▅▆▇█',
};

export function glyphsOf(terminal: Terminal): Glyphs {
  return terminal.unicode ? UNICODE : ASCII;
}

/** An empty line of a picture. */
export function gridLine({ width, ticks }: Scale, terminal: Terminal): string[] {
  const line = Array.from({ length: width }, () => ' ');
  for (const { column } of ticks) line[column] = terminal.paint.dim(glyphsOf(terminal).grid);
  return line;
}
