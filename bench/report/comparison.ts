/** The text of `cma-stress compare`: what differs, per group two tables with the baseline first, and a verdict each. */
import type { Comparison, Row } from '../compare/compare.ts';
import { fewestPairs } from '../stats/seedsNeeded.ts';
import { groupBy } from '../stats/sums.ts';
import { crossingText, seedsText, warningLines } from './closing.ts';
import { pointsText, pText, rateText, timeText } from './estimates.ts';
import { isConfirmed, verdictOf } from './findings.ts';
import { left, right, table, wrap } from './table.ts';
import type { Terminal } from './terminal.ts';
import { bytes, digits3, percent } from './units.ts';

/** The comparison as text that ends in a newline. */
export function comparisonText(comparison: Comparison, terminal: Terminal): string {
  const lines = heading(comparison).flatMap((line) => wrap(line, terminal.width, '  '));
  for (const [name, rows] of groupBy(comparison.rows, ({ entry }) => entry.workload)) {
    const title = `${terminal.paint.bold(name)}: ${seedsText([rows[0].entry])} on every side`;
    lines.push('', title, '', ...failureTable(rows, terminal), '', ...costTable(rows, terminal), '');
    for (const row of rows.slice(1)) lines.push(...wrap(verdict(row, rows), terminal.width, '  '));
  }
  lines.push('', 'Intervals are 95 %, over seeds; p is that of the signed-rank test on pairs of seeds.', '');
  lines.push(...warningLines(comparison.warnings, terminal));
  for (const crossing of comparison.crossed) lines.push(terminal.paint.red(crossingText(crossing)));
  while (lines.at(-1) === '') lines.pop();
  return `${lines.join('\n')}\n`;
}

function heading({ sides, factor }: Comparison): string[] {
  const paths = sides.map(({ name, path }) => (name === path ? name : `${name} (${path})`));
  const told = factor.values?.every((value, index) => value === sides[index].name) === true;
  const values = told ? undefined : factor.values?.map((value, index) => `${value} in ${sides[index].name}`).join(', ');
  const what = factor.name === null ? 'nothing' : values === undefined ? factor.name : `${factor.name}, ${values}`;
  return [`baseline ${paths[0]}, against ${paths.slice(1).join(', ')}`, `what differs: ${what}`];
}

function failureTable(rows: readonly Row[], terminal: Terminal): string[] {
  const [baseline] = rows;
  const { paint } = terminal;
  const colours = { baseline: paint.dim, lower: paint.green, higher: paint.red, 'no difference': paint.dim };
  return table(
    terminal,
    [left('side'), right('failed % [95 %]'), right('points [95 %]'), right('p'), right('p Holm'), right('effect')],
    rows.map((row) => {
      const { strategy, failureRate: rate, vsBaseline } = row.entry;
      const versus =
        row === baseline
          ? ['baseline', '', '', '']
          : [
              pointsText(row.entry.vsBaseline),
              pText(vsBaseline.p),
              pText(vsBaseline.pHolm),
              digits3(vsBaseline.effect),
            ];
      const [first, ...others] = versus;
      return [strategy, rateText(rate), colours[verdictOf(row.entry)](first), ...others];
    }),
  );
}

function costTable(rows: readonly Row[], terminal: Terminal): string[] {
  return table(
    terminal,
    [left('side'), right('latency p99 [95 %]'), right('change'), right('ksmd CPU %'), right('saved')],
    rows.map(({ entry, p99Change, cpuShare, savedBytes }, index) => {
      const { p99, p99Low, p99High } = entry.latencyMs;
      const change = p99Change === null ? 'from 0' : `${p99Change > 0 ? '+' : ''}${percent(p99Change)} %`;
      return [
        entry.strategy,
        timeText(p99, p99Low, p99High),
        index === 0 ? '' : change,
        percent(cpuShare),
        bytes(savedBytes),
      ];
    }),
  );
}

/** One sentence. */
function verdict(row: Row, rows: readonly Row[]): string {
  const { strategy, baseline, failureRate, failures, vsBaseline } = row.entry;
  const reference = rows[0].entry;
  const kind = verdictOf(row.entry);
  if (kind === 'no difference') {
    if (failures + reference.failures === 0) return `${strategy}: no allocation failed, as under ${baseline}.`;
    const seeds = vsBaseline.seedsNeeded;
    const more = seeds === null ? '' : `; about ${seeds} seeds would do to tell a difference as seen`;
    return `${strategy} cannot be told from ${baseline} by ${vsBaseline.pairs} pairs of seeds${more}.`;
  }
  const rates = `${percent(failureRate.mean)} % against ${percent(reference.failureRate.mean)} %`;
  const found = `${strategy} fails ${kind === 'lower' ? 'less' : 'more'} often than ${baseline}, ${rates}`;
  if (isConfirmed(row.entry)) return `${found} (p = ${pText(vsBaseline.pHolm)}).`;
  const test = vsBaseline.tooFewSeeds
    ? `which ${vsBaseline.pairs} seeds are too few for the signed-rank test to confirm, ${fewestPairs(rows.length - 1)} can`
    : `which the signed-rank test does not confirm (p = ${pText(vsBaseline.pHolm)})`;
  return `${found}, ${test}.`;
}
