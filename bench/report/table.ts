/** Tables for the terminal: columns apart by two spaces, one rule under the head, no frame. */
import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

export const left = (title: string): Column => ({ title, align: 'left' });
export const right = (title: string): Column => ({ title, align: 'right' });

/** The table as lines without trailing blanks. Cells may hold line breaks and colour. */
export function table(terminal: Terminal, columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const rule = terminal.unicode ? '─' : '-';
  const made = new Table({
    head: columns.map((column) => column.title),
    colAligns: columns.map((column) => column.align),
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  made.push(...rows.map((row) => [...row]));
  const lines = made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const width = Math.max(...lines.map(visibleLength));
  return [lines[0], rule.repeat(width), ...lines.slice(1)];
}

const COLOUR = /\u001B\[[0-9;]*m/g;

/** Letters of a text without its colour codes. */
export function visibleLength(text: string): number {
  return text.replace(COLOUR, '').length;
}

/**
 * Text broken at blanks into lines of at most `width` letters. Its own indentation stays; later lines begin with
 * `indent`.
 */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  const words = text.trimStart();
  let line = text.slice(0, text.length - words.length);
  let empty = true;
  for (const word of words.split(' ')) {
    if (!empty && visibleLength(line) + 1 + visibleLength(word) > width) {
      lines.push(line);
      line = indent + word;
    } else line += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(line);
  return lines;
}

/** Items apart by commas, as lines of at most `width` letters; no item is broken that fits into a line. */
export function wrapItems(items: readonly string[], width: number): string[] {
  const whole = items.map((item) => item.replaceAll(' ', NO_BREAK)).join(', ');
  return wrap(whole, width).map((line) => line.replaceAll(NO_BREAK, ' '));
}

const NO_BREAK = '\u00a0';
