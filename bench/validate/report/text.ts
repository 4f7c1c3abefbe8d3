/** The comparison for a terminal: a line a group with every row that disagrees below it, then totals. */
import { left, right, table } from '../../report/table.ts';
import type { Terminal } from '../../report/terminal.ts';
import { groupBy } from '../../stats/sums.ts';
import type { Row } from '../rows.ts';
import type { Validation } from '../validation.ts';
import { failureCount, failureLines } from './failures.ts';
import { estimateText } from './numbers.ts';
import { countOf, WANTED } from './totals.ts';
import type { Count } from './totals.ts';

/** Letters of the two estimates and the verdict, with the space between columns. */
const OTHER_COLUMNS = 57;

/** The report as text that ends in a newline. `verbose` shows rows that agree too. */
export function validationText(validation: Validation, verbose: boolean, terminal: Terminal): string {
  const { comparisons, totals, workload, seeds, recordings, failed } = validation;
  const { rows, notComparable } = comparisons;
  const shown = verbose ? rows : rows.filter((row) => !row.agree);
  const lines = [
    `${recordings} ${recordings === 1 ? 'recording' : 'recordings'} of a real kernel, ${seeds} modelled runs of ${workload === null ? 'each kind' : `the workload ${workload}`}`,
    '',
    ...groupLines(rows, terminal),
    '',
    ...(shown.length === 0 ? ['every row agrees'] : rowTable(shown, terminal)),
    '',
    ...measureLines(validation, terminal),
    '',
    ...totals.byFamily.map((count) => `${count.family}: ${counted(count)}`),
    `in all: ${counted(totals)}; ${WANTED * 100} % are wanted: ${mark(totals.passed, terminal)}`,
    `${totals.tellBoth.total} rows would have noticed twice and half as much: ${counted(totals.tellBoth)}`,
    `${totals.tellOne.total} would have noticed one of the two; ${totals.bothZero} found nothing on both sides`,
    `${notComparable} measures were not comparable: nothing to observe on one side`,
    ...(failed.length === 0 ? [] : [failureCount(failed), ...failureLines(failed).map((line) => `  ${line}`)]),
  ];
  return `${lines.join('\n')}\n`;
}

function groupLines(rows: readonly Row[], terminal: Terminal): string[] {
  const groups = [...groupBy(rows, (row) => row.group)].map(([group, some]) => {
    const { agreed, total } = countOf(some);
    return [
      short(group, 40),
      `${agreed}`,
      `${total}`,
      agreed === total ? '' : terminal.paint.yellow(`${total - agreed}`),
    ];
  });
  return table(terminal, [left('recordings'), right('agree'), right('of'), right('disagree')], groups);
}

function measureLines({ totals }: Validation, terminal: Terminal): string[] {
  const lines = totals.byMeasure.map(({ measure, agreed, total, tellBoth }) => [
    short(measure, terminal.width - 38),
    `${agreed}`,
    `${total}`,
    `${tellBoth}`,
  ]);
  return table(terminal, [left('measure'), right('agree'), right('of'), right('notice x2 and /2')], lines);
}

/** A heading a recording, its rows below; all in the same columns. */
function rowTable(rows: readonly Row[], terminal: Terminal): string[] {
  const measures = Math.max(20, terminal.width - OTHER_COLUMNS);
  const columns = [left('recording: measure'), right('recorded [95 %]'), right('modelled [95 %]'), left('agree')];
  const lines = [...groupBy(rows, (row) => row.recording)].flatMap(([recording, some]) => [
    [terminal.paint.bold(short(recording, measures)), '', '', ''],
    ...some.map((row) => [
      `  ${short(row.measure, measures - 2)}`,
      estimateText(row.recorded, row),
      estimateText(row.modelled, row),
      mark(row.agree, terminal),
    ]),
  ]);
  return table(terminal, columns, lines);
}

function mark(agree: boolean, terminal: Terminal): string {
  return agree ? terminal.paint.green('yes') : terminal.paint.red('NO');
}

function counted({ agreed, total }: Count): string {
  return total === 0 ? 'no rows' : `${agreed} of ${total} rows agree, ${((100 * agreed) / total).toFixed(1)} %`;
}

/** The beginning and the end of a text that is too long. */
function short(text: string, width: number): string {
  if (text.length <= width) return text;
  const end = Math.floor((width - 2) / 2);
  return `${text.slice(0, width - 2 - end)}..${text.slice(text.length - end)}`;
}
