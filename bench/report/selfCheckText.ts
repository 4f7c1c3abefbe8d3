/** Self-checks for a terminal: a line a check, what did not come out, and the figures as a table. */
import type { Check, Row, Verdict } from '../selfcheck/check.ts';
import { table, wrap } from './table.ts';
import type { Terminal } from './terminal.ts';
import { count, digits3 } from './units.ts';

export interface Judged {
  readonly check: Check;
  readonly verdict: Verdict;
}

export function selfCheckText(judged: readonly Judged[], terminal: Terminal): string {
  const lines = judged.flatMap((one) => [...checkLines(one, terminal), '']);
  const held = judged.filter(({ verdict }) => verdict.failed.length === 0).length;
  return `${[...lines, `${held} of ${judged.length} checks hold`].join('\n')}\n`;
}

function checkLines({ check, verdict }: Judged, terminal: Terminal): string[] {
  const { paint, width } = terminal;
  const holds = verdict.failed.length === 0;
  const word = holds ? paint.green('holds') : paint.red('FAILS');
  return [
    ...wrap(`${word}  ${paint.bold(check.id)}: ${check.claim}`, width, '       '),
    ...verdict.failed.flatMap((sentence) => wrap(`       ! ${sentence}`, width, '         ')),
    ...wrap(`       ${check.rule}`, width, '       '),
    '',
    ...figureLines(verdict.figures, terminal),
  ];
}

function figureLines(rows: readonly Row[], terminal: Terminal): string[] {
  const titles = rows.length === 0 ? [] : Object.keys(rows[0]);
  const columns = titles.map((title) => {
    const isNumber = rows.every((row) => typeof row[title] === 'number');
    return { title, align: isNumber ? ('right' as const) : ('left' as const) };
  });
  const cells = rows.map((row) => titles.map((title) => cellText(row[title])));
  return table(terminal, columns, cells).map((line) => `       ${line}`.trimEnd());
}

function cellText(value: string | number): string {
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? count(value) : digits3(value);
}
