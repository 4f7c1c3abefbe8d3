/**
 * Tables as mmtests prints them: `Amean camera`, then a column a strategy with `(NN.NN%)` behind each value, positive
 * where it is better, asterisks for parentheses where the intervals do not overlap. The baseline stands first; where
 * not all columns fit, it is repeated in further blocks.
 */
import { breakName } from '../breakName.ts';
import { WIDTH } from './ascii.ts';
import { pdiff, pndiff } from './mmtests.ts';

export interface Row {
  readonly title: string;
  /** One for each column, the baseline first. */
  readonly values: readonly number[];
  readonly better: 'lower' | 'higher' | 'neither';
  /** For each column whether it differs for certain; absent: never. */
  readonly significant?: readonly boolean[];
  /** Behind the point; 2 when absent. */
  readonly digits?: number;
}

/** Letters of a column's heading before it is broken. */
const HEADING = 18;
/** Of a percentage, as mmtests has it. */
const PERCENT = 7;

/** `kernels`: the first line of the headings, `names` the others. */
export function mmtestsTable(
  rows: readonly Row[],
  names: readonly string[],
  kernels: readonly string[] | null = null,
): string[] {
  const label = Math.max(0, ...rows.map(({ title }) => title.length));
  const columns = names.map((name, i) => {
    const heading = [...(kernels === null ? [] : breakName(kernels[i], HEADING)), ...breakName(name, HEADING)];
    const cells = cellsOf(rows, i);
    const width = 1 + Math.max(...[...heading, ...cells].map((text) => text.length));
    return { heading, cells, width };
  });
  const lines: string[] = [];
  for (const block of blocksOf(columns, label)) {
    if (lines.length > 0) lines.push('');
    const deepest = Math.max(...block.map(({ heading }) => heading.length));
    for (let depth = 0; depth < deepest; depth++) {
      lines.push(line('', label, block, ({ heading }) => heading[depth] ?? ''));
    }
    for (const [i, { title }] of rows.entries()) lines.push(line(title, label, block, ({ cells }) => cells[i]));
  }
  return lines;
}

interface TableColumn {
  readonly heading: readonly string[];
  readonly cells: readonly string[];
  readonly width: number;
}

function line(
  title: string,
  label: number,
  block: readonly TableColumn[],
  of: (column: TableColumn) => string,
): string {
  return (title.padEnd(label) + block.map((column) => of(column).padStart(column.width)).join('')).trimEnd();
}

/** The baseline and as many others as fit. */
function blocksOf([baseline, ...others]: readonly TableColumn[], label: number): TableColumn[][] {
  const blocks: TableColumn[][] = [[baseline]];
  let used = label + baseline.width;
  for (const column of others) {
    let block = blocks[blocks.length - 1];
    if (used + column.width > WIDTH && block.length > 1) {
      block = [baseline];
      blocks.push(block);
      used = label + baseline.width;
    }
    block.push(column);
    used += column.width;
  }
  return blocks;
}

/** Values of a column, points below each other. */
function cellsOf(rows: readonly Row[], column: number): string[] {
  const values = rows.map(({ values: all, digits = 2 }) => all[column].toFixed(digits));
  const width = Math.max(...values.map((text) => text.length));
  return rows.map((row, i) => {
    const value = values[i].padStart(width);
    if (row.better === 'neither') return value;
    const [open, close] = row.significant?.[column] === true ? ['*', '*'] : ['(', ')'];
    const gain = (row.better === 'lower' ? pndiff : pdiff)(row.values[column], row.values[0]);
    return `${value} ${open}${percentText(gain)}%${close}`;
  });
}

/** Never wider than a column has room for. */
function percentText(value: number): string {
  const text = Math.abs(value) < 9999.995 ? value.toFixed(2) : value.toFixed(0);
  return (text.length > 9 ? value.toExponential(1) : text).padStart(PERCENT);
}
