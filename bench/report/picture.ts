/**
 * A workload at a glance, a line a strategy: its failure rate with the 95 % interval, the latency of its requests, and
 * when they failed. It stands below the table that has the numbers, in its order.
 *
 * Everything is made of letters, so that it survives a pipe and a mail. Strategies share their axes; a label of an axis
 * begins at its value, and a faint line leads down from there.
 */
import { attemptsOf } from '../run/attemptLog.ts';
import type { CellRecord } from '../run/cell.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { verdictOf } from './findings.ts';
import { glyphsOf, gridLine } from './glyphs.ts';
import { axis, linearScale, timeScale } from './scale.ts';
import type { Scale } from './scale.ts';
import type { Terminal } from './terminal.ts';
import { count, digits3 } from './units.ts';

/** One strategy: its entry in the summary, its name in lines, and its cells. */
export interface PictureRow {
  readonly entry: SummaryEntry;
  readonly name: readonly string[];
  readonly cells: readonly CellRecord[];
}

const GAP = '  ';
/** Columns of a picture: beyond the most nothing more can be seen. */
const LEAST = { rate: 19, latency: 23, times: 10 } as const;
const MOST = { rate: 44, latency: 40, times: 24 } as const;

interface Column {
  readonly width: number;
  readonly title: string;
  readonly axis: string;
  /** A line for each row. */
  readonly lines: readonly string[];
}

/** Lines without trailing blanks; none when nobody asked for memory under any strategy. */
export function pictureLines(rows: readonly PictureRow[], terminal: Terminal): string[] {
  if (rows.every(({ entry }) => entry.attempts === 0)) return [];
  const nameWidth = Math.max('strategy'.length, ...rows.flatMap(({ name }) => name.map((line) => line.length)));
  const failures = failureTimes(rows);
  const widths = widthsFor(terminal.width - nameWidth, failures !== null);
  const columns = [
    rateColumn(rows, widths.rate, terminal),
    ...(widths.latency === 0 ? [] : [latencyColumn(rows, widths.latency, terminal)]),
    ...(failures === null || widths.times === 0 ? [] : [timesColumn(failures, widths.times, terminal)]),
  ];
  const { rule } = glyphsOf(terminal);
  const head = ['strategy'.padEnd(nameWidth), ...columns.map(({ title, width }) => title.padEnd(width))];
  const axes = [rule.repeat(nameWidth), ...columns.map((column) => column.axis)];
  return [
    head.join(GAP).trimEnd(),
    axes.join(rule.repeat(GAP.length)),
    ...rows.flatMap(({ name }, i) => {
      const line = [name[0].padEnd(nameWidth), ...columns.map(({ lines }) => lines[i])].join(GAP);
      return [line.trimEnd(), ...name.slice(1)];
    }),
  ];
}

/** A failure rate in per cent and its interval: `|---o------|`. `paint` colours the rate. */
export function rateBar(
  { mean, low, high }: SummaryEntry['failureRate'],
  scale: Scale,
  terminal: Terminal,
  paint: (text: string) => string = (text) => text,
): string {
  const glyphs = glyphsOf(terminal);
  const line = gridLine(scale, terminal);
  const [from, at, to] = [low, mean, high].map((share) => scale.column(share * 100));
  line.fill(glyphs.thin, from, to);
  line[from] = glyphs.low;
  line[to] = glyphs.high;
  line[at] = paint(glyphs.mark);
  return line.join('');
}

/** For the failure rates of all of these, in per cent. */
export function rateScale(rates: readonly SummaryEntry['failureRate'][], width: number): Scale {
  return linearScale(100 * Math.max(...rates.map(({ high }) => high)), width);
}

export function rateAxis(scale: Scale, terminal: Terminal): string {
  return axis(scale, glyphsOf(terminal).rule);
}

/** Columns for each picture, in `room` columns with a gap before each; 0: no room for it. */
function widthsFor(room: number, isTimed: boolean): { rate: number; latency: number; times: number } {
  const spare = room - 3 * GAP.length - LEAST.rate - LEAST.latency - LEAST.times;
  if (!isTimed || spare < 0) {
    const rest = room - 2 * GAP.length - LEAST.rate - LEAST.latency;
    // Beside a long name only the rate has room.
    if (rest < 0) return { rate: Math.min(MOST.rate, room - GAP.length), latency: 0, times: 0 };
    return { ...widen(rest, 0.5, 0.5), times: 0 };
  }
  return { ...widen(spare, 0.4, 0.35), times: Math.min(MOST.times, LEAST.times + Math.floor(0.25 * spare)) };
}

function widen(spare: number, rate: number, latency: number): { rate: number; latency: number } {
  return {
    rate: Math.min(MOST.rate, LEAST.rate + Math.floor(rate * spare)),
    latency: Math.min(MOST.latency, LEAST.latency + Math.floor(latency * spare)),
  };
}

/** The longest that fits, or else the last. */
function titleFor(width: number, titles: readonly string[]): string {
  return titles.find((title) => title.length <= width) ?? titles[titles.length - 1];
}

function rateColumn(rows: readonly PictureRow[], width: number, terminal: Terminal): Column {
  const { mark, low, high, thin } = glyphsOf(terminal);
  const seen = rows.filter(({ entry }) => entry.attempts > 0);
  const scale = rateScale(
    seen.map(({ entry }) => entry.failureRate),
    width,
  );
  const bar = `${low}${thin}${mark}${thin}${high}`;
  return {
    width,
    title: titleFor(width, [`failed %, ${bar} 95 % interval`, `failed % ${bar} 95 %`]),
    axis: rateAxis(scale, terminal),
    lines: rows.map(({ entry }) =>
      entry.attempts === 0
        ? 'no requests'.padEnd(width)
        : rateBar(entry.failureRate, scale, terminal, verdictPaint(entry, terminal)),
    ),
  };
}

function verdictPaint(entry: SummaryEntry, { paint }: Terminal): (text: string) => string {
  const verdict = verdictOf(entry);
  return verdict === 'lower' ? paint.green : verdict === 'higher' ? paint.red : paint.bold;
}

function latencyColumn(rows: readonly PictureRow[], width: number, terminal: Terminal): Column {
  const { mark, high, thin, thick } = glyphsOf(terminal);
  const seen = rows.filter(({ entry }) => entry.attempts > 0).map(({ entry }) => entry.latencyMs);
  const scale = timeScale(Math.min(...seen.map(({ p50 }) => p50)), Math.max(...seen.map(({ p99 }) => p99)), width);
  const lines = rows.map(({ entry: { attempts, latencyMs } }) => {
    if (attempts === 0) return ' '.repeat(width);
    const line = gridLine(scale, terminal);
    const [p50, p90, p99] = [latencyMs.p50, latencyMs.p90, latencyMs.p99].map((ms) => scale.column(ms));
    line.fill(thick, p50, p90 + 1);
    line.fill(thin, p90 + 1, p99);
    line[p99] = high;
    line[p50] = terminal.paint.bold(mark);
    return line.join('');
  });
  const bar = `p50 ${mark}${thick}${thick}p90${thin}${thin}${high} p99`;
  return {
    width,
    title: titleFor(width, [`latency, ${bar}`, `latency p50 ${mark}${thick}p90${thin}${high} p99`]),
    axis: axis(scale, glyphsOf(terminal).rule),
    lines,
  };
}

/** Starts of the requests that failed, as shares of the measured time; a list a row. */
interface FailureTimes {
  readonly seconds: number;
  readonly shares: readonly (readonly number[])[];
}

/** null where nothing failed, or where a cell does not know all of its requests. */
function failureTimes(rows: readonly PictureRow[]): FailureTimes | null {
  const cells = rows.flatMap((row) => row.cells);
  if (cells.some(({ attemptLog }) => attemptLog === undefined || attemptLog.left > 0)) return null;
  if (cells.every(({ cma }) => cma.failures === 0)) return null;
  const shares = rows.map((row) =>
    row.cells.flatMap(({ attemptLog, deviceSeconds }) =>
      attemptsOf(attemptLog)
        .filter(({ errno }) => errno !== 0)
        .map(({ at }) => at / 1e9 / deviceSeconds),
    ),
  );
  return { seconds: Math.max(...cells.map(({ deviceSeconds }) => deviceSeconds)), shares };
}

function timesColumn({ seconds, shares }: FailureTimes, width: number, terminal: Terminal): Column {
  const { rule, none, levels } = glyphsOf(terminal);
  const counts = shares.map((own) => {
    const bins = Array.from({ length: width }, () => 0);
    for (const share of own) bins[Math.max(0, Math.min(width - 1, Math.floor(share * width)))]++;
    return bins;
  });
  const most = Math.max(...counts.flat());
  // Digits are the counts themselves as long as they can be.
  const top = terminal.unicode ? most : Math.max(most, levels.length);
  const isCount = !terminal.unicode && top === levels.length;
  const level = levels[levels.length - 1];
  const end = `${digits3(seconds).replace(/\.0+$/, '')} s`;
  return {
    width,
    title: isCount
      ? titleFor(width, ['failures over time', 'failures'])
      : titleFor(width, [
          `failures, ${level} = ${count(top)}`,
          `failures ${level}=${top}`,
          `fails ${level}=${top}`,
          `${level}=${top}`,
        ]),
    axis: `0 s${rule.repeat(Math.max(1, width - 3 - end.length))}${end}`,
    lines: counts.map((bins) =>
      bins.map((n) => (n === 0 ? terminal.paint.dim(none) : levels[Math.ceil((n / top) * levels.length) - 1])).join(''),
    ),
  };
}
