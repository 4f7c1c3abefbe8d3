/** What summary, comparison and reports say alike: warnings, crossed thresholds, how far `--until-ci` came, kernel bugs. */
import type { CellRecord } from '../run/cell.ts';
import type { Crossing } from '../run/threshold.ts';
import type { UntilCiReport } from '../run/rounds.ts';
import type { Warning } from '../stats/warnings.ts';
import { wrap } from './table.ts';
import type { Terminal } from './terminal.ts';
import { count, digits3, percent } from './units.ts';

/** One line each and an empty one behind them; what holds for several workloads is said once. */
export function warningLines(warnings: readonly Warning[], terminal: Terminal): string[] {
  const places = new Map<string, string[]>();
  for (const { workload, strategy, message } of warnings) {
    const place = workload === null ? [] : [strategy === null ? workload : `${workload}/${strategy}`];
    places.set(message, [...(places.get(message) ?? []), ...place]);
  }
  if (places.size === 0) return [];
  const lines = [...places].flatMap(([message, where]) =>
    wrap(`warning: ${where.length === 0 ? '' : `${where.join(', ')}: `}${message}`, terminal.width, '  '),
  );
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
  const sum = (bug: keyof CellRecord['kernelBugs']): number =>
    cells.reduce((total, { kernelBugs }) => total + kernelBugs[bug], 0);
  const [early, twice, never] = [sum('usedAfterFree'), sum('doubleFree'), sum('leaked')];
  if (early + twice + never === 0) return null;
  return `${strategy} would break the kernel: anon_vmas freed while in use ${count(early)}, freed twice ${count(twice)}, never freed ${count(never)}`;
}
