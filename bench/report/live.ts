/**
 * The figures of a run that is not complete: a line for each workload and strategy, with the cells that are done and
 * the failure rate so far. Where they do not fit the height of a terminal, workloads that are done or have not begun
 * take one line, and of the others the strategies that began last are shown.
 */
import type { Standing } from '../stats/standing.ts';
import { groupBy, sum } from '../stats/sums.ts';
import { rateAxis, rateBar, rateScale } from './picture.ts';
import type { Scale } from './scale.ts';
import type { Terminal } from './terminal.ts';
import { count, counted, percent } from './units.ts';

const GAP = '  ';
const INDENT = '  ';
/** Columns of the bar; with fewer there is none. */
const LEAST_BAR = 12;
const MOST_BAR = 40;
/** Columns that are kept for what is beside the name of a strategy. */
const BESIDE_NAME = 54;

/** A strategy, with the columns before the bar as text. */
interface Row {
  readonly standing: Standing;
  readonly texts: readonly string[];
}

/**
 * The lines, at most `rows` of them.
 *
 * @param rows at least 3
 */
export function liveLines(standings: readonly Standing[], terminal: Terminal, rows = Infinity): string[] {
  const blocks = [...groupBy(standings, ({ workload }) => workload).values()];
  const layout = layoutOf(standings, terminal);
  const room = rows - layout.head.length;
  const lines =
    sum(blocks, (block) => 1 + block.length) <= room
      ? blocks.flatMap((block) => [heading(block, terminal), ...block.map(layout.line)])
      : shortened(blocks, room, layout.line, terminal);
  return [...layout.head, ...lines];
}

/** One line for where lines cannot be redrawn: failure rates so far of the workload that is being run. */
export function liveSentence(standings: readonly Standing[], workload: string, width: number): string {
  const seen = standings.filter((one) => one.workload === workload && one.attempts > 0);
  if (seen.length === 0) return '';
  const texts = seen.map(({ strategy, failureRate }) => `${strategy} ${percent(failureRate.mean)} %`);
  const text = (): string => `${workload}, failed so far: ${texts.join(', ')}`;
  // The first is the baseline, and the last ones are what is new.
  if (text().length > width) texts.splice(1, 1, '...');
  while (texts.length > 3 && text().length > width) texts.splice(2, 1);
  return text();
}

function layoutOf(
  standings: readonly Standing[],
  terminal: Terminal,
): { head: readonly string[]; line: (standing: Standing) => string } {
  const titles = [`${INDENT}strategy`, 'cells', 'failures', 'failed % [95 %]'];
  const rows = standings.map((standing): Row => ({ standing, texts: textsOf(standing, terminal.width - BESIDE_NAME) }));
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map(({ texts }) => texts[i].length)));
  const join = (texts: readonly string[]): string =>
    texts.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join(GAP);
  const left = terminal.width - sum(widths, (width) => width + GAP.length);
  const seen = standings.filter(({ attempts }) => attempts > 0).map(({ failureRate }) => failureRate);
  const scale = left < LEAST_BAR || seen.length === 0 ? null : rateScale(seen, Math.min(MOST_BAR, left));
  const textOf = new Map(rows.map(({ standing, texts }) => [standing, join(texts)]));
  return {
    head: [join(titles) + (scale === null ? '' : GAP + terminal.paint.dim(rateAxis(scale, terminal)))],
    line: (standing) => (textOf.get(standing)! + barOf(standing, scale, terminal)).trimEnd(),
  };
}

function textsOf(standing: Standing, longest: number): string[] {
  const { strategy, done, cells, failed, attempts, failures, failureRate } = standing;
  const { mean, low, high } = failureRate;
  return [
    INDENT + (strategy.length <= longest ? strategy : `${strategy.slice(0, longest - 3)}...`),
    `${done}/${cells}${failed === 0 ? '' : ` (${failed} failed)`}`,
    attempts === 0 ? '-' : `${count(failures)} of ${count(attempts)}`,
    attempts === 0 ? '-' : `${percent(mean)} [${percent(low)}, ${percent(high)}]`,
  ];
}

function barOf({ attempts, failureRate }: Standing, scale: Scale | null, terminal: Terminal): string {
  return scale === null || attempts === 0 ? '' : GAP + rateBar(failureRate, scale, terminal);
}

function heading(block: readonly Standing[], terminal: Terminal): string {
  const [done, cells] = [sum(block, (one) => one.done), sum(block, (one) => one.cells)];
  return `${terminal.paint.bold(block[0].workload)}: ${count(done)} of ${counted(cells, 'cell')}`;
}

/** `0 % to 2.5 % failed`. */
function rangeText(standings: readonly Standing[]): string {
  const rates = standings.filter(({ attempts }) => attempts > 0).map(({ failureRate }) => failureRate.mean);
  if (rates.length === 0) return 'no requests yet';
  const [least, most] = [percent(Math.min(...rates)), percent(Math.max(...rates))];
  return least === most ? `${least} % failed` : `${least} % to ${most} % failed`;
}

function shortened(
  blocks: readonly (readonly Standing[])[],
  room: number,
  line: (standing: Standing) => string,
  terminal: Terminal,
): string[] {
  const isOpen = (block: readonly Standing[]): boolean =>
    block.some(({ done }) => done > 0) && block.some(({ done, cells }) => done < cells);
  const open = blocks.filter(isOpen);
  const each = Math.max(2, Math.floor((room - (blocks.length - open.length)) / Math.max(1, open.length)));
  const lines = blocks.flatMap((block) => {
    const head = heading(block, terminal);
    if (!isOpen(block)) return [`${head}, ${rangeText(block)}`];
    return [head, ...window(block, each - 1, line)];
  });
  return lines.length <= room ? lines : [...lines.slice(0, room - 1), `... ${lines.length - room + 1} lines more`];
}

/** The strategies that began last in `room` lines, those before them and those behind them in a line each. */
function window(block: readonly Standing[], room: number, line: (standing: Standing) => string): string[] {
  if (block.length <= room) return block.map(line);
  const begun = block.filter(({ done }) => done > 0);
  const waiting = block.length - begun.length;
  const after = waiting === 0 ? [] : [`${INDENT}... ${waiting} not begun`];
  const left = room - after.length;
  if (begun.length <= left) return [...begun.map(line), ...after];
  const shown = Math.max(0, left - 1);
  const before = begun.slice(0, begun.length - shown);
  return [
    `${INDENT}... ${before.length} before: ${rangeText(before)}`,
    ...begun.slice(begun.length - shown).map(line),
    ...after,
  ];
}
