/**
 * All settings of a search by what they come to, in lines: failure rate upwards, p99 latency across. Where marks meet,
 * the first of the legend is seen.
 */
import { glyphsOf, gridLine } from '../../report/glyphs.ts';
import { axis, labelledRows, linearRows, rowMargin, timeScale } from '../../report/scale.ts';
import type { Terminal } from '../../report/terminal.ts';
import { wrapItems } from '../../report/table.ts';
import { KINDS, kindWords, shortLabel } from './points.ts';
import type { Kind, Point } from './points.ts';

type Marks = Readonly<Record<Kind, string>>;
const ASCII: Marks = { recommended: 'R', present: 'P', front: '*', published: 'o', verified: '+', tried: '.' };
const UNICODE: Marks = { recommended: 'R', present: 'P', front: '●', published: '◆', verified: '○', tried: '·' };

const HEIGHT = 14;
const MOST_WIDTH = 90;
/** Kinds whose points have their label beside them, where there is room. */
const LABELLED: readonly Kind[] = ['recommended', 'present', 'front', 'published'];

export function marksOf(terminal: Terminal): Marks {
  return terminal.unicode ? UNICODE : ASCII;
}

export function paintMark(kind: Kind, text: string, { paint }: Terminal): string {
  if (kind === 'recommended') return paint.bold(paint.green(text));
  if (kind === 'present') return paint.bold(paint.yellow(text));
  return kind === 'tried' ? paint.dim(text) : paint.bold(text);
}

/** `points`: at least one. */
export function frontPicture(points: readonly Point[], terminal: Terminal): string[] {
  const p99 = ({ score }: Point): number => score.p99Us / 1e3;
  const rate = ({ score }: Point): number => 100 * score.failureRate;
  const y = linearRows(Math.max(...points.map(rate)) || 1, HEIGHT);
  const margin = rowMargin(y);
  const width = Math.min(MOST_WIDTH, terminal.width - margin);
  const x = timeScale(Math.min(...points.map(p99)), Math.max(...points.map(p99)), width);
  const field = Array.from({ length: HEIGHT }, () => gridLine(x, terminal));
  const isTaken = Array.from({ length: HEIGHT }, () => Array.from({ length: width }, () => false));
  const marks = marksOf(terminal);
  const placed = points.map((point) => ({ point, row: y.column(rate(point)), column: x.column(p99(point)) }));
  for (const { point, row, column } of placed) {
    if (isTaken[row][column]) continue;
    field[row][column] = paintMark(point.kind, marks[point.kind], terminal);
    isTaken[row][column] = true;
  }
  for (const { point, row, column } of placed) {
    if (!LABELLED.includes(point.kind)) continue;
    const label = shortLabel(point);
    const begin = roomFor(label.length, column, isTaken[row]);
    if (begin === null) continue;
    for (let i = 0; i < label.length; i++) {
      field[row][begin + i] = label[i];
      isTaken[row][begin + i] = true;
    }
  }
  const { rule } = glyphsOf(terminal);
  return [
    terminal.paint.bold('failed % (upwards) and p99 latency (across), a mark a setting'),
    `${' '.repeat(margin)}${axis(x, rule)}`,
    ...labelledRows(y, field),
    ...wrapItems(legend(points, terminal), terminal.width),
  ];
}

/**
 * Column where a label of that length begins: a blank behind its mark, or before it; null: no room for it and a blank
 * around it.
 */
function roomFor(length: number, column: number, isTaken: readonly boolean[]): number | null {
  const isFree = (begin: number): boolean =>
    begin >= 0 &&
    begin + length <= isTaken.length &&
    !isTaken.slice(Math.max(0, begin - 1), begin + length + 1).includes(true);
  return [column + 2, column - 1 - length].find(isFree) ?? null;
}

function legend(points: readonly Point[], terminal: Terminal): string[] {
  const marks = marksOf(terminal);
  const told = KINDS.filter((kind) => kindWords(kind, points) !== '').map((kind) => {
    const label = shortLabel(points.find((point) => point.kind === kind)!);
    const which = kind === 'recommended' || kind === 'present' ? ` (${label})` : '';
    return `${paintMark(kind, marks[kind], terminal)} ${kindWords(kind, points)}${which}`;
  });
  const more = points.some(({ isPlain }) => !isPlain) ? ['~: other knobs are set too'] : [];
  return [...told, 'labels: pages_to_scan/sleep_millisecs', ...more];
}
