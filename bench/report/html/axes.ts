/** Axes of plots: what their labels say, logarithmic ones for times, and names of strategies on several lines. */
import { breakName } from '../breakName.ts';
import { timeLabel } from '../scale.ts';

/** Vega expressions for the labels of a linear axis. */
export const LABELS = {
  /** `0`, `500`, `2k`. */
  count: "datum.value === 0 ? '0' : format(datum.value, '~s')",
  /** `0.5`, `2000`. */
  number: "format(datum.value, '~r')",
  /** Of a share: `40 %`. */
  percent: "format(100 * datum.value, '~r') + ' %'",
  /** `11.2 s`. */
  seconds: "format(datum.value, '~r') + ' s'",
} as const;

/** s: nothing that is drawn is shorter, as a log scale has no 0. */
export const LEAST_TIME = 1e-6;
/** Labels of a log axis. */
const FEWEST = 2;
const MOST = 5;

/** Letters of a line, and lines of a name. */
const LETTERS = 25;
const MOST_LINES = 4;
/** px: of a line of a name. */
export const NAME_LINE = 12;

/** Scale and axis of times in s, as logAxis has them. */
export function logTimes(least: number, most: number): LogAxis {
  const label = (value: number): string => timeLabel(Number((1e3 * value).toPrecision(6)));
  return logAxis(Math.max(LEAST_TIME, least), Math.max(LEAST_TIME, most), label);
}

/** For Vega-Lite. */
export interface LogAxis {
  readonly scale: object;
  readonly axis: object;
}

/**
 * A logarithmic scale and its axis: ticks at 1 to 9 times powers of ten; labels at powers of ten, at 1, 2 and 5 times
 * them where few powers are inside, and at every tick where even those are few.
 *
 * @param least, most of the values, above 0
 * @param label of a value with one digit
 */
export function logAxis(least: number, most: number, label: (value: number) => string): LogAxis {
  const first = Math.floor(Math.log10(least));
  const decades = Math.ceil(Math.log10(most)) - first + 1;
  const ticks = Array.from({ length: decades }, (_, i) => first + i).flatMap((exponent) =>
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => ({ digit, value: Number(`${digit}e${exponent}`) })),
  );
  const begin = ticks.findLast(({ value }) => value <= least)!;
  const end = ticks.find(({ value }) => value > begin.value && value >= most)!;
  const inside = ticks.filter(({ value }) => value >= begin.value && value <= end.value);
  const choices = [[1], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]].map((digits) =>
    inside.filter(({ digit }) => digits.includes(digit)),
  );
  const enough = choices.find((some) => some.length >= FEWEST)!;
  const step = Math.ceil(enough.length / MOST);
  const labelled = enough.filter((_, i) => i % step === 0).map(({ value }) => value);
  const isLabelled = `indexof(${JSON.stringify(labelled)}, datum.value)`;
  const labels = labelled.map(label);
  return {
    scale: { type: 'log', nice: false, domain: [begin.value, end.value] },
    axis: {
      values: inside.map(({ value }) => value),
      // Vega thins out values that are more than this.
      tickCount: inside.length,
      labelExpr: `${isLabelled} < 0 ? '' : ${JSON.stringify(labels)}[${isLabelled}]`,
      labelOverlap: false,
      gridOpacity: { condition: { test: `${isLabelled} < 0`, value: 0.4 }, value: 1 },
    },
  };
}

/** Names as they stand beside the rows of a plot. */
export function namesOnLines(names: readonly string[]): string[][] {
  return names.map((name) => {
    const lines = breakName(name, LETTERS);
    if (lines.length <= MOST_LINES) return lines;
    return [...lines.slice(0, MOST_LINES - 1), `${lines[MOST_LINES - 1].slice(0, LETTERS - 1)}…`];
  });
}

/** The y axis of plots with a row a strategy, in the order given. */
export function strategyAxis(strategies: readonly string[]): object {
  const names = namesOnLines(strategies);
  const of = (values: readonly unknown[]): string =>
    `${JSON.stringify(values)}[indexof(${JSON.stringify(strategies)}, datum.value)]`;
  return {
    field: 'strategy',
    type: 'nominal',
    sort: null,
    scale: { domain: strategies },
    title: null,
    axis: {
      labelExpr: of(names),
      labelLineHeight: NAME_LINE,
      labelLimit: 0,
      labelOverlap: false,
      ticks: false,
      domain: false,
      labelPadding: 6,
      // The first of several lines would stand in the middle.
      encoding: {
        labels: { dy: { value: { signal: of(names.map(({ length }) => (-NAME_LINE * (length - 1)) / 2)) } } },
      },
    },
  };
}
