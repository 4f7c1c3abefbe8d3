/**
 * The failure rate over sleep and pace, in lines: each field of the map shows the settings that fall into it, all their
 * requests together, and is empty where none was tried.
 */
import { glyphsOf, gridLine } from '../../report/glyphs.ts';
import { axis, labelledRows, logRows, rowMargin, timeScale } from '../../report/scale.ts';
import { wrapItems } from '../../report/table.ts';
import type { Terminal } from '../../report/terminal.ts';
import type { Question } from '../tuned.ts';
import { marksOf, paintMark } from './frontPicture.ts';
import { levelOf, levelsFromZero, levelWords } from './levels.ts';
import { paceLabel } from './points.ts';
import type { Kind, Point } from './points.ts';

/** From no failure to the most. */
const ASCII = '01234';
const UNICODE = '·░▒▓█';
const ROWS = 12;
/** Columns of a field: its level, and room for two marks. */
const FIELD = 3;
const MOST_FIELDS = 30;
const MARKED: readonly Kind[] = ['recommended', 'present', 'front'];

interface Field {
  attempts: number;
  failures: number;
  readonly kinds: Set<Kind>;
}

/** `points`: those with other knobs as they are; at least one. */
export function mapPicture(points: readonly Point[], question: Question, terminal: Terminal): string[] {
  const paces = [...points.map(({ pace }) => pace), question.pace.low, question.pace.high];
  const sleeps = [...points.map((point) => point.sleepMillisecs), question.sleep.low, question.sleep.high];
  const y = logRows(Math.min(...paces), Math.max(...paces), ROWS, paceLabel);
  const margin = rowMargin(y);
  const columns = Math.min(MOST_FIELDS, Math.floor((terminal.width - margin) / FIELD));
  const x = timeScale(Math.min(...sleeps), Math.max(...sleeps), columns * FIELD);
  const fields = new Map<string, Field>();
  for (const { sleepMillisecs, pace, score, kind } of points) {
    const key = `${y.column(pace)} ${Math.floor(x.column(sleepMillisecs) / FIELD)}`;
    const field = fields.get(key) ?? { attempts: 0, failures: 0, kinds: new Set() };
    fields.set(key, field);
    field.attempts += score.attempts;
    field.failures += score.failures;
    field.kinds.add(kind);
  }
  const glyphs = terminal.unicode ? UNICODE : ASCII;
  const rates = [...fields.values()].map((field) => (100 * field.failures) / field.attempts);
  const levels = levelsFromZero(Math.max(...rates), glyphs.length - 1);
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const line = gridLine(x, terminal);
    for (let column = 0; column < columns; column++) {
      const field = fields.get(`${row} ${column}`);
      if (field === undefined) continue;
      const level = levelOf(levels, (100 * field.failures) / field.attempts);
      const letters = fieldLetters(field, glyphs[level], level, terminal);
      letters.forEach((letter, i) => (line[FIELD * column + i] = letter));
    }
    return line;
  });
  const told = levelWords(levels, String).map(
    (words, level) => `${paintLevel(level, glyphs[level].repeat(2), terminal)} ${words}`,
  );
  return [
    terminal.paint.bold('failed % over sleep_millisecs (across) and pages for a second of sleep (upwards)'),
    `${' '.repeat(margin)}${axis(x, glyphsOf(terminal).rule)}`,
    ...labelledRows(y, lines),
    ...wrapItems([...told, 'blank: not tried', ...markWords(points, terminal)], terminal.width),
  ];
}

/** The level, and behind it the marks of what is here: `11R`. */
function fieldLetters({ kinds }: Field, glyph: string, level: number, terminal: Terminal): string[] {
  const marks = MARKED.filter((kind) => kinds.has(kind)).slice(0, FIELD - 1);
  return [
    ...Array.from({ length: FIELD - marks.length }, (_, i) =>
      i === FIELD - 1 ? ' ' : paintLevel(level, glyph, terminal),
    ),
    ...marks.map((kind) => paintMark(kind, marksOf(terminal)[kind], terminal)),
  ];
}

function paintLevel(level: number, text: string, { paint }: Terminal): string {
  return [paint.cyan, paint.blue, paint.magenta, paint.yellow, paint.red][level](text);
}

function markWords(points: readonly Point[], terminal: Terminal): string[] {
  const seen = MARKED.filter((kind) => points.some((point) => point.kind === kind));
  return seen.map((kind) => `${paintMark(kind, marksOf(terminal)[kind], terminal)} ${kind}`);
}
