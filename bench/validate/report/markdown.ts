/** The comparison as Markdown, in the layout that oxfmt gives tables. */
import { markdownTable } from '../../report/markdownTable.ts';
import type { Align } from '../../report/markdownTable.ts';
import { MODEL_HASH, TOOL_VERSION } from '../../run/tool.ts';
import { groupBy } from '../../stats/sums.ts';
import type { Row } from '../rows.ts';
import { isOfScenario } from '../scenarios.ts';
import type { Validation } from '../validation.ts';
import { failureCount, failureLines } from './failures.ts';
import { estimateText } from './numbers.ts';
import { countOf, WANTED } from './totals.ts';
import type { Count } from './totals.ts';

/** Every row. */
export function fullMarkdown(validation: Validation): string {
  const { rows } = validation.comparisons;
  const groups = [...groupBy(rows, (row) => row.group)].flatMap(([group, some]) => [
    `## ${plain(group)}`,
    plainTable(
      ['recording', 'measure', 'recorded', 'modelled', 'agrees'],
      ['left', 'left', 'right', 'right', 'left'],
      some.map(rowCells),
    ),
  ]);
  return `${['# The model against recordings of a real kernel', ...summary(validation), ...groups].join('\n\n')}\n`;
}

/** What a reader of the handbook wants: totals, all recordings of a scenario together, and all that does not match. */
export function shortMarkdown(validation: Validation): string {
  const { rows } = validation.comparisons;
  return [
    ...summary(validation),
    '### All recordings of a scenario together',
    scenarioTable(rows),
    '### By measure',
    measureTable(validation),
    '### What does not match',
    mismatchTable(rows),
  ].join('\n\n');
}

/** Recording, measure, both estimates, verdict. */
function rowCells(row: Row): string[] {
  const { recording, measure, recorded, modelled, agree } = row;
  return [recording, measure, estimateText(recorded, row), estimateText(modelled, row), agree ? 'yes' : '**no**'];
}

function summary({ comparisons, totals, workload, seeds, recordings, failed }: Validation): string[] {
  const lines = [
    `Version ${TOOL_VERSION}, model ${MODEL_HASH}: ${recordings} recordings, ${seeds} modelled runs of ${workload === null ? 'each group' : `the workload ${plain(workload)}`}.`,
    `**${counted(totals)}**; ${WANTED * 100} % are wanted. ${totals.tellBoth.total} rows would have noticed a model that gives twice, and one that gives half, of what was recorded (${counted(totals.tellBoth)}); ${totals.tellOne.total} one of the two; ${totals.bothZero} found nothing on both sides. ${comparisons.notComparable} measures of recordings had nothing to compare on one side and are no rows.`,
    ...(failed.length === 0 ? [] : [`**${failureCount(failed)}:** ${failureLines(failed).map(plain).join('; ')}.`]),
    plainTable(
      ['recordings', 'agree', 'of', '%'],
      ['left', 'right', 'right', 'right'],
      totals.byFamily.map((count) => [count.family, `${count.agreed}`, `${count.total}`, percentOf(count)]),
    ),
  ];
  return lines;
}

function scenarioTable(rows: readonly Row[]): string {
  const all = rows.filter(isOfScenario);
  if (all.length === 0) return 'No scenario has two groups of recordings.';
  return plainTable(
    ['recordings', 'measure', 'recorded [95 %]', 'modelled [95 %]', 'agrees', 'would notice'],
    ['left', 'left', 'right', 'right', 'left', 'left'],
    all.map((row) => [...rowCells(row), NOTICE[row.tells]]),
  );
}

const NOTICE: Readonly<Record<Row['tells'], string>> = { both: 'x2, /2', twice: 'x2', half: '/2', neither: '-' };

function measureTable({ totals }: Validation): string {
  return plainTable(
    ['measure', 'agree', 'of', '%', 'would notice x2 and /2'],
    ['left', 'right', 'right', 'right', 'right'],
    totals.byMeasure.map((count) => [
      count.measure,
      `${count.agreed}`,
      `${count.total}`,
      percentOf(count),
      `${count.tellBoth}`,
    ]),
  );
}

/** A line a group and measure in which something disagrees: the repeats together, and how many of them agree. */
function mismatchTable(rows: readonly Row[]): string {
  const pairs = [...groupBy(rows, (row) => `${row.group}\n${row.measure}`).values()].filter(
    (some) => !some.every((row) => row.agree),
  );
  if (pairs.length === 0) return 'Every row agrees.';
  return plainTable(
    ['recordings', 'measure', 'recorded', 'modelled', 'together', 'single runs that agree'],
    ['left', 'left', 'right', 'right', 'left', 'right'],
    pairs.map((some) => {
      const [first, ...rest] = some;
      const single = countOf(rest.length === 0 ? some : rest);
      const together = first.agree ? 'yes' : '**no**';
      return [
        first.group,
        first.measure,
        estimateText(first.recorded, first),
        estimateText(first.modelled, first),
        together,
        `${single.agreed} of ${single.total}`,
      ];
    }),
  );
}

function counted(count: Count): string {
  return count.total === 0 ? 'no rows' : `${count.agreed} of ${count.total} rows agree, ${percentOf(count)} %`;
}

function percentOf({ agreed, total }: Count): string {
  return total === 0 ? '-' : ((100 * agreed) / total).toFixed(1);
}

/** A table of text from recordings. */
export function plainTable(
  titles: readonly string[],
  aligns: readonly Align[],
  rows: readonly (readonly string[])[],
): string {
  return markdownTable(
    titles,
    aligns,
    rows.map((row) => row.map(plain)),
  );
}

/** Text of a recording as text: nothing in it is Markdown or HTML, but for the emphasis that this file adds. */
function plain(text: string): string {
  if (text === '**no**') return text;
  return text.replaceAll(/[\\`*<>|[\]&]/g, (letter) => (letter === '[' || letter === ']' ? letter : `\\${letter}`));
}
