/** What every section of the report looks at, and how strategies are told apart in plots. */
import type { ResolvedWorkload } from '../../plan/types.ts';
import type { CellRecord } from '../../run/cell.ts';
import type { StoredRun } from '../../run/readRun.ts';
import type { SummaryEntry } from '../../stats/summarize.ts';
import { sum } from '../../stats/sums.ts';
import { escapeHtml } from './escape.ts';

/** Lines that can be told apart in one plot: as many as there are colours `--s0`, `--s1`, ... */
const MOST_LINES = 8;
/** Entries whose numbers a text alternative says; the rest is in a table. */
const MOST_SAID = 8;
const DASHES: readonly (readonly number[])[] = [
  [],
  [6, 3],
  [2, 2],
  [9, 3, 2, 3],
  [12, 4],
  [4, 2, 1, 2],
  [1, 3],
  [9, 2, 2, 2, 2, 2],
];

/** What Vega calls a shape, and a path like it. */
export const SHAPES: readonly (readonly [name: string, path: string])[] = [
  ['circle', 'M4 0a4 4 0 1 1-8 0a4 4 0 1 1 8 0z'],
  ['square', 'M-4-4h8v8h-8z'],
  ['triangle-up', 'M0-5l5 9h-10z'],
  ['diamond', 'M0-5l4 5l-4 5l-4-5z'],
  ['cross', 'M-1.5-5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z'],
  ['triangle-down', 'M0 5l5-9h-10z'],
  ['triangle-right', 'M5 0l-9 5v-10z'],
  ['triangle-left', 'M-5 0l9 5v-10z'],
];

export interface WorkloadResults {
  readonly workload: ResolvedWorkload;
  /** In the order of the run; at least one. */
  readonly entries: readonly SummaryEntry[];
}

export interface ReportContext {
  readonly run: StoredRun;
  /** Those of which a cell finished. */
  readonly workloads: readonly WorkloadResults[];
  readonly cellsOf: (entry: SummaryEntry) => readonly CellRecord[];
  /**
   * Strategies that are lines of plots, each with a colour of its own: all, or the baseline and those that fail least.
   */
  readonly lines: readonly string[];
  readonly strategies: readonly string[];
}

export function contextOf(run: StoredRun): ReportContext {
  const { summary, cellsOf, manifest } = run;
  const strategies = [...new Set(summary.map(({ strategy }) => strategy))];
  return {
    run,
    workloads: manifest.workloads
      .map((workload) => ({ workload, entries: summary.filter((entry) => entry.workload === workload.name) }))
      .filter(({ entries }) => entries.length > 0),
    cellsOf,
    lines: linesOf(strategies, summary),
    strategies,
  };
}

function linesOf(strategies: readonly string[], summary: readonly SummaryEntry[]): readonly string[] {
  if (strategies.length <= MOST_LINES) return strategies;
  const baselines = new Set(summary.map(({ baseline }) => baseline));
  const rate = (strategy: string): number => {
    const own = summary.filter((entry) => entry.strategy === strategy);
    return (
      sum(own, ({ failures }) => failures) /
      Math.max(
        1,
        sum(own, ({ attempts }) => attempts),
      )
    );
  };
  const rank = (strategy: string): number => (baselines.has(strategy) ? -1 : rate(strategy));
  const best = [...strategies].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_LINES);
  return strategies.filter((strategy) => best.includes(strategy));
}

/** Colours of strategies for a plot: those that are lines have their own, the others share one. */
export function strategyColours({ strategies, lines }: ReportContext): { domain: string[]; range: string[] } {
  return {
    domain: [...strategies],
    range: strategies.map((name) => (lines.includes(name) ? `var(--s${lines.indexOf(name)})` : 'var(--soft)')),
  };
}

/** Colours of the strategies that are lines. */
export function lineColours({ lines }: ReportContext): { domain: string[]; range: string[] } {
  return { domain: [...lines], range: lines.map((_, i) => `var(--s${i})`) };
}

/** Dashes of the strategies that are lines. */
export function strategyDashes({ lines }: ReportContext): { domain: string[]; range: (readonly number[])[] } {
  return { domain: [...lines], range: lines.map((_, i) => DASHES[i]) };
}

/** Shapes of the strategies that are lines, where a strategy is points: names of Vega's. */
export function strategyShapes({ lines }: ReportContext): { domain: string[]; range: string[] } {
  return { domain: [...lines], range: lines.map((_, i) => SHAPES[i][0]) };
}

/** Which point is which, as HTML. */
export function pointKey(context: ReportContext): string {
  return strategyKey(context, (i) => pointSwatch(i, `var(--s${i})`), 'points');
}

/** A point in a key: an outline, or filled. `shape`: by index. */
export function pointSwatch(shape: number, colour: string, isFilled = false): string {
  const fill = isFilled ? ` fill="${colour}"` : '';
  return `<svg class="swatch point" viewBox="-6 -6 12 12" aria-hidden="true"><path d="${SHAPES[shape][1]}" stroke="${colour}" stroke-width="1.5"${fill}/></svg>`;
}

/** Which line is which, as HTML. */
export function lineKey(context: ReportContext): string {
  const swatch = (i: number): string => {
    const dash = DASHES[i].length === 0 ? '' : ` stroke-dasharray="${DASHES[i].join(' ')}"`;
    return `<svg class="swatch" viewBox="0 0 30 10" aria-hidden="true"><path d="M1 5h28" stroke="var(--s${i})" stroke-width="2.5"${dash}/></svg>`;
  };
  return strategyKey(context, swatch, 'lines');
}

function strategyKey({ lines, strategies }: ReportContext, swatch: (i: number) => string, what: string): string {
  const items = lines.map((name, i) => `<li>${swatch(i)}${escapeHtml(name)}</li>`);
  const others = strategies.length - lines.length;
  if (others > 0)
    items.push(`<li>${what} are those of the baseline and of the ${lines.length - 1} strategies that fail least</li>`);
  return `<ul class="key">${items.join('')}</ul>`;
}

/** Which colour is which, as HTML. */
export function colourKey(names: readonly string[], colours: readonly string[]): string {
  const items = names.map((name, i) => {
    const swatch = `<svg class="swatch" viewBox="0 0 30 10" aria-hidden="true"><path d="M0 0h30v10H0z" fill="${colours[i]}"/></svg>`;
    return `<li>${swatch}${escapeHtml(name)}</li>`;
  });
  return `<ul class="key">${items.join('')}</ul>`;
}

/** For the text alternative of a plot: `stock 3.3 %; heir-items 0 %; and 5 more, in the table`. */
export function said<T>(items: readonly T[], text: (item: T) => string): string {
  const shown = items.slice(0, MOST_SAID).map(text);
  if (items.length > MOST_SAID) shown.push(`and ${items.length - MOST_SAID} more, in the table`);
  return shown.join('; ');
}
