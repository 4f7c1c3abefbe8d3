/** Axes of small pictures made of letters: which value stands in which column or row, and the labels of an axis. */

export interface Tick {
  readonly column: number;
  readonly label: string;
}

export interface Scale {
  /** Columns. */
  readonly width: number;
  /** In rising order. The label of a tick begins in its column. */
  readonly ticks: readonly Tick[];
  /** Column of a value, 0..width-1; values beyond the ends stand at the ends. */
  readonly column: (value: number) => number;
}

/** Blanks between two labels, at least. */
const GAP = 2;
/** 1, 2 and 5 times powers of ten, in rising order. */
const ROUND_NUMBERS = Array.from({ length: 19 }, (_, i) => i - 9).flatMap((exponent) =>
  [1, 2, 5].map((digit) => Number(`${digit}e${exponent}`)),
);
/** ms: nothing that is drawn is shorter. */
const LEAST_TIME = 1e-3;
const ROUNDING = 1e-9;

/** How an axis lies. */
interface Direction {
  /** From tick to tick of a linear axis, at least: more faint lines would hide what is drawn. */
  readonly leastStep: number;
  /** Whether there is room for the labels, at least two. */
  readonly fit: (ticks: readonly Tick[], length: number) => boolean;
}

const ACROSS: Direction = { leastStep: 6, fit };
const UPWARDS: Direction = { leastStep: 3, fit: fitUpwards };

/** From 0 to a round number that is at least `most`, which is above 0. */
export function linearScale(most: number, width: number): Scale {
  return linear(most, width, ACROSS);
}

/** The same for the rows of a picture: its columns are rows, counted from the bottom. */
export function linearRows(most: number, height: number): Scale {
  return linear(most, height, UPWARDS);
}

/** Logarithmic, for times in ms. The ends are round numbers with `least` and `most` between them. */
export function timeScale(least: number, most: number, width: number): Scale {
  return logarithmic(Math.max(least, LEAST_TIME), most, width, timeLabel, ACROSS);
}

/** Logarithmic, for the rows of a picture and values above 0, as `linearRows` is. `label`: of a round number. */
export function logRows(least: number, most: number, height: number, label: (value: number) => string): Scale {
  return logarithmic(least, most, height, label, UPWARDS);
}

function linear(most: number, width: number, { leastStep, fit: fits }: Direction): Scale {
  const scales = ROUND_NUMBERS.filter((step) => step >= (leastStep * most) / width).map((step) => {
    const steps = Math.ceil(most / step - ROUNDING);
    const column = columnIn(width, (value) => value / (steps * step));
    const ticks = Array.from({ length: steps + 1 }, (_, i) => ({
      column: column(i * step),
      label: Number((i * step).toPrecision(3)).toString(),
    }));
    return { width, ticks, column };
  });
  // The last ones have one step, with a label on either side.
  return scales.find(({ ticks }) => fits(ticks, width)) ?? scales[scales.length - 1];
}

function logarithmic(
  least: number,
  most: number,
  width: number,
  label: (value: number) => string,
  { fit: fits }: Direction,
): Scale {
  const low = ROUND_NUMBERS.findLast((value) => value <= least)!;
  const high = ROUND_NUMBERS.find((value) => value > low && value >= most * (1 - ROUNDING))!;
  const column = columnIn(width, (value) => Math.log(Math.max(value, low) / low) / Math.log(high / low));
  const inside = ROUND_NUMBERS.filter((value) => value >= low && value <= high);
  const ticksAt = (values: readonly number[]): Tick[] =>
    values.map((value) => ({ column: column(value), label: label(value) }));
  const led = ['125', '15', '1'].map((digits) =>
    ticksAt(inside.filter((value) => digits.includes(value.toExponential(0)[0]))),
  );
  const everySecond = led[2].filter((_, i) => i % 2 === 0);
  // The one at the end is the first to go: there is least room for it.
  const choices = [...led, everySecond].flatMap((ticks) => [ticks, ticks.slice(0, -1)]);
  return { width, ticks: choices.find((ticks) => fits(ticks, width)) ?? ticksAt([low, high]), column };
}

/**
 * The labels on a rule, each at its tick; the last one moves left when it would end beyond the scale.
 *
 * @param rule one letter
 */
export function axis({ width, ticks }: Scale, rule: string): string {
  let line = '';
  for (const tick of ticks) line = line.padEnd(begin(tick, width), rule) + tick.label;
  return line.padEnd(width, rule);
}

/** Lines of a picture, the lowest first, from the top and with the labels of their scale before them. */
export function labelledRows(scale: Scale, lines: readonly (readonly string[])[]): string[] {
  const labels = new Map(scale.ticks.map(({ column, label }) => [column, label]));
  const margin = rowMargin(scale);
  return lines
    .map((line, row) => `${(labels.get(row) ?? '').padStart(margin - 1)} ${line.join('')}`.trimEnd())
    .reverse();
}

/** Columns that the labels of rows take, with a blank behind them. */
export function rowMargin({ ticks }: Scale): number {
  return Math.max(...ticks.map(({ label }) => label.length)) + 1;
}

function columnIn(width: number, share: (value: number) => number): (value: number) => number {
  return (value) => Math.max(0, Math.min(width - 1, Math.round(share(value) * (width - 1))));
}

/** Column in which a label begins: that of its value, unless it would end beyond the scale. */
function begin({ column, label }: Tick, width: number): number {
  return Math.min(column, width - label.length);
}

function fit(ticks: readonly Tick[], width: number): boolean {
  const pairs = ticks.slice(1).map((tick, i) => [ticks[i], tick] as const);
  return pairs.length > 0 && pairs.every(([one, next]) => begin(next, width) >= one.column + one.label.length + GAP);
}

/** Labels stand in the row of their tick. */
function fitUpwards(ticks: readonly Tick[]): boolean {
  return ticks.length > 1 && ticks.slice(1).every(({ column }, i) => column > ticks[i].column);
}

/** `500 us`, `20 ms`, `1 s`; of round numbers. */
export function timeLabel(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1e3)} us`;
  return ms < 1e3 ? `${ms} ms` : `${ms / 1e3} s`;
}
