/**
 * What summary, comparison and reports say alike: how far to trust it, warnings, what went wrong, how far `--until-ci`
 * came.
 */
import type { CellRecord, FailedCell } from '../run/cell.ts';
import type { Crossing } from '../run/threshold.ts';
import type { UntilCiReport } from '../run/rounds.ts';
import type { SummaryEntry } from '../stats/summarize.ts';
import { sum } from '../stats/sums.ts';
import type { Warning } from '../stats/warnings.ts';
import { wrap } from './table.ts';
import type { Terminal } from './terminal.ts';
import { count, digits3, percent } from './units.ts';

/** How many seeds a strategy has: `4`, or `4 to 10`; `0` where no cell finished. */
export function seedCounts(summary: readonly Pick<SummaryEntry, 'seeds'>[]): string {
  const seeds = summary.map((entry) => entry.seeds);
  if (seeds.length === 0) return '0';
  const [least, most] = [Math.min(...seeds), Math.max(...seeds)];
  return least === most ? `${least}` : `${least} to ${most}`;
}

/** `1 seed`, `4 to 10 seeds`. */
export function seedsText(summary: readonly Pick<SummaryEntry, 'seeds'>[]): string {
  const counted = seedCounts(summary);
  return `${counted} ${counted === '1' ? 'seed' : 'seeds'}`;
}

/** How far the numbers carry, in a sentence. */
export function confidence(summary: readonly SummaryEntry[]): string {
  if (summary.length === 0) return 'No cell finished, so nothing can be said.';
  const n = `n=${seedsText(summary)}`;
  if (summary.some(({ seeds }) => seeds === 1))
    return `${n}: intervals take attempts as independent and mean little; use --seeds 5 or more.`;
  return `Intervals are 95 %, over ${n}; lower and higher mean that the interval of the difference leaves out 0.`;
}

/** Each `fork-heavy/stock: what is the matter`; what holds for several places is said once. */
export function warningTexts(warnings: readonly Warning[]): string[] {
  const places = new Map<string, string[]>();
  for (const { workload, strategy, message } of warnings) {
    const place = workload === null ? [] : [strategy === null ? workload : `${workload}/${strategy}`];
    places.set(message, [...(places.get(message) ?? []), ...place]);
  }
  return [...places].map(([message, where]) => `${where.length === 0 ? '' : `${where.join(', ')}: `}${message}`);
}

/** One line each and an empty one behind them. */
export function warningLines(warnings: readonly Warning[], terminal: Terminal): string[] {
  if (warnings.length === 0) return [];
  const lines = warningTexts(warnings).flatMap((text) => wrap(`warning: ${text}`, terminal.width, '  '));
  return [...lines.map((line) => terminal.paint.yellow(line)), ''];
}

/** `threshold crossed: p99_latency regresses 10%: w/s has 12.0 ms against 10.0 ms`. */
export function crossingText({ threshold, workload, strategy, value, baseline, unit }: Crossing): string {
  const number = (of: number): string => `${digits3(of)}${unit === '' ? '' : ` ${unit}`}`;
  const against = baseline === null ? '' : ` against ${number(baseline)}`;
  return `threshold crossed: ${threshold}: ${workload}/${strategy} has ${number(value)}${against}`;
}

/** How many intervals are as narrow as was asked for, and which are not. */
export function untilCiSentence({ width, maxSeeds, intervals }: UntilCiReport): string {
  const wide = intervals.filter((one) => !one.reached);
  const asked = `${percent(width)} points`;
  if (wide.length === 0) return `Every interval of a failure rate is at most ${asked} wide, as --until-ci asked for.`;
  const names = wide.map((one) => `${one.workload}/${one.strategy} (${percent(one.width)} with ${one.seeds} seeds)`);
  const narrow = `${intervals.length - wide.length} of ${intervals.length} intervals are at most ${asked} wide`;
  return `Of --until-ci: ${narrow}; not reached with up to ${maxSeeds} seeds: ${names.join(', ')}.`;
}

/** `page-anon-vma-naive would break the kernel: ...`; null when it would not. */
export function bugSentence(strategy: string, cells: readonly CellRecord[]): string | null {
  const total = (bug: keyof CellRecord['kernelBugs']): number => sum(cells, ({ kernelBugs }) => kernelBugs[bug]);
  const [early, twice, never] = [total('usedAfterFree'), total('doubleFree'), total('leaked')];
  if (early + twice + never === 0) return null;
  return `${strategy} would break the kernel: anon_vmas freed while in use ${count(early)}, freed twice ${count(twice)}, never freed ${count(never)}`;
}

/** What is worse than a warning: kernel bugs, cells that failed, thresholds that were crossed. */
export function troubleTexts(
  run: {
    readonly summary: readonly SummaryEntry[];
    readonly failed: readonly FailedCell[];
    readonly crossed: readonly Crossing[];
  },
  cellsOf: (entry: SummaryEntry) => readonly CellRecord[],
): string[] {
  return [
    ...run.summary.flatMap((entry) => bugSentence(`${entry.workload}: ${entry.strategy}`, cellsOf(entry)) ?? []),
    ...run.failed.map(failedCellText),
    ...run.crossed.map(crossingText),
  ];
}

/** `failed cell fork-heavy/stock seed 1, in a second attempt too: InvariantError: mapcount of frame 7`. */
export function failedCellText({ workload, strategy, seed, attempts = 1, error }: FailedCell): string {
  const again = attempts > 1 ? ', in a second attempt too' : '';
  return `failed cell ${workload}/${strategy} seed ${seed}${again}: ${error.name}: ${error.message}`;
}
