/** How requests fared, in a mail: how many failed, how long they took, how often they were tried again. */
import type { SummaryEntry } from '../../stats/summarize.ts';
import { sum } from '../../stats/sums.ts';
import { verdictOf } from '../findings.ts';
import { change } from '../headline.ts';
import { RETRY_LEVELS, retriesPerRequest } from '../retries.ts';
import { left, right } from '../table.ts';
import { percent } from '../units.ts';
import { fill } from './ascii.ts';
import { mmtestsTable } from './layout.ts';
import type { Row } from './layout.ts';
import { cidiff, statisticsOf } from './mmtests.ts';
import type { Statistics } from './mmtests.ts';
import { namedTable } from './named.ts';
import { ALL, clientsOf, latenciesOf } from './samples.ts';
import type { Side } from './side.ts';

export function counterLines(sides: readonly Side[]): string[] {
  const [baseline] = sides;
  const doubtful = sides.some((side) => changeOf(side, baseline).endsWith('~'));
  return [
    ...namedTable(
      [left('failed requests'), right('failed'), right('of'), right('%'), right('95 %'), left('')],
      sides.map((side) => {
        const { strategy, failures, attempts, failureRate } = side.entry;
        const interval = `[${percent(failureRate.low)}, ${percent(failureRate.high)}]`;
        const counted = [`${failures}`, `${attempts}`, percent(failureRate.mean), interval];
        return [strategy, ...counted, changeOf(side, baseline)];
      }),
    ),
    ...(doubtful ? ['~ within noise: the 95 % interval of the difference includes 0'] : []),
  ];
}

function changeOf({ entry }: Side, { entry: baseline }: Side): string {
  const text = change(entry.failureRate.mean, baseline.failureRate.mean);
  return text !== '' && verdictOf(entry) === 'no difference' ? `${text} ~` : text;
}

/** Groups of rows as mmtests orders them; the first of each pair is the title. */
const STATISTICS: readonly (readonly [title: string, of: (one: Statistics) => number])[] = [
  ['Min', (one) => one.Min],
  ['Amean', (one) => one.Amean],
  ['Stddev', (one) => one.Stddev],
  ['CoeffVar', (one) => one.CoeffVar],
  ['Max', (one) => one.Max],
  ...[50, 95, 99].map((best) => [`BAmean-${best}`, (one: Statistics) => one.bestMean(best)] as const),
  ...[50, 90, 95, 99].map((rank) => [`Pctile.${rank}`, (one: Statistics) => one.percentile(rank)] as const),
];

export function latencyLines(sides: readonly Side[], names: readonly string[], kernels: readonly string[]): string[] {
  const latencies = latenciesOf(sides.flatMap(({ cells }) => cells));
  const operations = latencies.operations.map((operation) => ({
    operation,
    statistics: sides.map(({ cells }) => statisticsOf(latencies.of(cells, operation))),
  }));
  const rows = STATISTICS.flatMap(([title, of]) =>
    operations.map(({ operation, statistics }): Row => {
      const row: Row = { title: `${title} ${operation}`, values: statistics.map(of), better: 'lower' };
      return title === 'Amean' ? { ...row, significant: statistics.map((one) => apart(one, statistics[0])) } : row;
    }),
  );
  const source = latencies.exact
    ? ''
    : ' From histograms (to 0.1 %), as requests were not kept one by one in this run, and so of all clients together.';
  return [
    'Latency of requests in ms of simulated time, failed ones too',
    '',
    ...mmtestsTable(rows, names, kernels),
    ...fill(`Positive is better; * on Amean where the 95 % intervals over seeds do not overlap.${source}`, ''),
  ];
}

/** Whether the intervals of two means do not overlap. */
function apart(one: Statistics, base: Statistics): boolean {
  return one.half !== null && base.half !== null && Math.abs(cidiff(one.Amean, one.half, base.Amean, base.half)) > 1;
}

export function successRows(sides: readonly Side[]): Row[] {
  const clients = clientsOf(sides.flatMap(({ cells }) => cells));
  const rows = clients.map((client): Row => {
    const values = sides.map(({ cells }) => {
      const counts = cells.flatMap(({ cma }) => (Object.hasOwn(cma.byClient, client) ? [cma.byClient[client]] : []));
      return success(
        sum(counts, (one) => one.failures),
        sum(counts, (one) => one.attempts),
      );
    });
    return { title: `Percentage ${client}`, values, better: 'higher' };
  });
  const all: Row = {
    title: `Percentage ${clients.length === 1 ? clients[0] : ALL}`,
    values: sides.map(({ entry }) => success(entry.failures, entry.attempts)),
    better: 'higher',
    significant: sides.map(({ entry }) => ratesApart(entry, sides[0].entry)),
  };
  return [...(clients.length > 1 ? rows : []), all];
}

function success(failures: number, attempts: number): number {
  return attempts === 0 ? 0 : 100 - (100 * failures) / attempts;
}

/** As cidiff, with the halves that face each other: these intervals are not symmetric. */
function ratesApart({ failureRate: one }: SummaryEntry, { failureRate: base }: SummaryEntry): boolean {
  if ([one, base].some(({ method }) => method === 'one-seed' || method === 'no-attempts')) return false;
  const above = one.mean > base.mean;
  const half = above ? one.mean - one.low : one.high - one.mean;
  const baseHalf = above ? base.high - base.mean : base.mean - base.low;
  return Math.abs(cidiff(one.mean, half, base.mean, baseHalf)) > 1;
}

const LEVEL_TITLES: Readonly<Record<(typeof RETRY_LEVELS)[number], string>> = {
  migratePasses: 'passes',
  contigTries: 'tries',
  ranges: 'ranges',
  caller: 'caller',
};

export function retryRows(sides: readonly Side[]): Row[] {
  const retries = sides.map(({ cells }) => retriesPerRequest(cells));
  return RETRY_LEVELS.map((level, i) => ({
    title: `Retries ${LEVEL_TITLES[level]}`,
    values: retries.map((levels) => levels[i]),
    better: 'lower',
  }));
}
