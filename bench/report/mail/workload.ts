/** The part of a mail about one workload: counters, tables in the layout of mmtests, causes, costs, a histogram, Ops. */
import { CAUSES } from '../../../sim/index.ts';
import type { Cause } from '../../../sim/index.ts';
import type { ResolvedWorkload } from '../../plan/types.ts';
import type { CellRecord } from '../../run/cell.ts';
import { sum } from '../../stats/failureRate.ts';
import type { SummaryEntry } from '../../stats/summarize.ts';
import { CAUSE_MEANINGS } from '../causes.ts';
import { costsOf } from '../costs.ts';
import { verdictOf } from '../findings.ts';
import { bestOf, change } from '../headline.ts';
import { table } from '../table.ts';
import type { Column } from '../table.ts';
import { PLAIN } from '../terminal.ts';
import { count, digits3, percent, time } from '../units.ts';
import { breakName, fill, underlined, WIDTH } from './ascii.ts';
import { histogramLines, rangeOf } from './histogram.ts';
import { mmtestsTable } from './layout.ts';
import type { Row } from './layout.ts';
import { cidiff, statisticsOf } from './mmtests.ts';
import type { Statistics } from './mmtests.ts';
import { ALL, clientsOf, latenciesOf } from './samples.ts';

/** A strategy with its cells. */
export interface Side {
  readonly entry: SummaryEntry;
  readonly cells: readonly CellRecord[];
}

/** `sides`: the baseline first. */
export function workloadLines(workload: ResolvedWorkload, sides: readonly Side[]): string[] {
  const names = sides.map(({ entry }) => entry.strategy);
  const kernels = sides.map(() => workload.kernel);
  const settings = Object.entries(workload.settings).map(([name, value]) => `${name}=${value}`.replaceAll(' ', ''));
  return [
    ...underlined(`${workload.name} / ${workload.device} / ${workload.kernel}`),
    ...fill(workload.about, ''),
    ...fill(`Settings: ${settings.join(', ')}.`),
    '',
    ...counterLines(sides),
    '',
    ...latencyLines(sides, names, kernels),
    '',
    'Requests that got memory (%) and retries per request',
    '',
    ...mmtestsTable([...successRows(sides), ...retryRows(sides)], names, kernels),
    '',
    ...causeLines(sides, names),
    '',
    ...costLines(sides),
    '',
    ...distributionLines(sides),
    ...mmtestsTable([...durationRows(sides), ...opsRows(sides)], names),
    'Duration in s of simulated time and Ops: mean of a seed.',
  ];
}

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });

/** A table whose first column, names, is broken so that the whole fits. */
function namedTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const others = columns
    .slice(1)
    .map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i + 1].length)));
  const width = Math.max(8, WIDTH - sum(others, (other) => other + 2));
  return table(
    PLAIN,
    columns,
    rows.map(([name, ...cells]) => [breakName(name, width).join('\n'), ...cells]),
  );
}

function counterLines(sides: readonly Side[]): string[] {
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

function latencyLines(sides: readonly Side[], names: readonly string[], kernels: readonly string[]): string[] {
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
    ...fill(`Positive is better; * where the 95 % intervals over seeds do not overlap.${source}`, ''),
  ];
}

/** Whether the intervals of two means do not overlap. */
function apart(one: Statistics, base: Statistics): boolean {
  return one.half !== null && base.half !== null && Math.abs(cidiff(one.Amean, one.half, base.Amean, base.half)) > 1;
}

function successRows(sides: readonly Side[]): Row[] {
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

const LEVELS = [
  ['passes', 'migratePasses'],
  ['tries', 'contigTries'],
  ['ranges', 'ranges'],
  ['caller', 'caller'],
] as const;

function retryRows(sides: readonly Side[]): Row[] {
  return LEVELS.map(([title, level]) => ({
    title: `Retries ${title}`,
    values: sides.map(({ entry, cells }) =>
      entry.attempts === 0 ? 0 : sum(cells, ({ cma }) => cma.retries[level]) / entry.attempts,
    ),
    better: 'lower',
  }));
}

function causeLines(sides: readonly Side[], names: readonly string[]): string[] {
  const total = (title: string, of: (cell: CellRecord) => number): Row => ({
    title,
    values: sides.map(({ cells }) => sum(cells, of)),
    better: 'neither',
    digits: 0,
  });
  const byCause = (title: string, of: (cell: CellRecord) => Partial<Record<Cause, number>>): Row[] =>
    CAUSES.map((cause) => total(`${title} ${cause}`, (cell) => of(cell)[cause] ?? 0)).filter(anything);
  const blocking = byCause('Blocking', ({ cma }) => cma.blockedByCause);
  const failed = byCause('Failed', ({ migration }) => migration.failedByCause);
  const causes = CAUSES.filter((cause) => [...blocking, ...failed].some(({ title }) => title.endsWith(` ${cause}`)));
  if (causes.length === 0) return ['No page failed to migrate.'];
  return [
    'Why, counted over all seeds: requests by errno; pages in the way of',
    'failed requests in their last round; pages that could not be migrated',
    '',
    ...mmtestsTable(
      [
        total('Requests EBUSY', ({ cma }) => cma.errors.EBUSY),
        total('Requests ENOMEM', ({ cma }) => cma.errors.ENOMEM),
        ...blocking,
        ...failed,
      ],
      names,
    ),
    '',
    ...causes.flatMap((cause) => fill(`  ${cause.padEnd(9)} ${CAUSE_MEANINGS[cause]}`, ' '.repeat(12))),
  ];
}

function anything({ values }: Row): boolean {
  return values.some((value) => value !== 0);
}

function costLines(sides: readonly Side[]): string[] {
  return namedTable(
    [left('costs'), right('ksmd CPU %'), right('scanned'), right('MB saved'), right('rmap_items'), right('fork p99')],
    sides.map(({ entry, cells }) => {
      const { ksmdCpu, savedBytes, rmapItemsPeak, forkP99Ms } = costsOf(cells);
      const scanned = count(sum(cells, ({ ksm }) => ksm.pagesScanned) / cells.length);
      return [
        entry.strategy,
        percent(ksmdCpu),
        scanned,
        digits3(savedBytes / 1024 ** 2),
        count(rmapItemsPeak),
        time(forkP99Ms),
      ];
    }),
  );
}

/** Of the baseline and the best, on the same scale. Ends in an empty line unless there is nothing. */
function distributionLines(sides: readonly Side[]): string[] {
  const best = bestOf(sides.map(({ entry }) => entry));
  const shown = sides.filter(({ entry }, i) => i === 0 || entry === best);
  const latencies = latenciesOf(sides.flatMap(({ cells }) => cells));
  const samples = shown.map(({ cells }) => latencies.of(cells, ALL));
  const range = rangeOf(samples);
  if (range === null) return [];
  return shown.flatMap(({ entry }, i) => [
    ...histogramLines(`Latency in us, ${entry.strategy}`, samples[i], range),
    '',
  ]);
}

function mean(sides: readonly Side[], title: string, of: (cell: CellRecord) => number, digits?: number): Row {
  const values = sides.map(({ cells }) => sum(cells, of) / cells.length);
  return { title, values, better: 'neither', ...(digits === undefined ? {} : { digits }) };
}

function durationRows(sides: readonly Side[]): Row[] {
  return [
    mean(sides, 'Duration Simulated', (cell) => cell.deviceSeconds),
    mean(sides, 'Duration ksmd', (cell) => cell.ksm.cpuShare * cell.deviceSeconds),
    mean(sides, 'Duration Requests', ({ cma }) => cma.cpuUs.total / 1e6),
  ];
}

const OPS: readonly (readonly [title: string, of: (cell: CellRecord) => number])[] = [
  ['Forks', ({ counts }) => counts.forks],
  ['Exits', ({ counts }) => counts.exits],
  ['LMK Kills', ({ counts }) => counts.lmkKills],
  ['COW Faults', ({ counts }) => counts.cowFaults],
  ['Anon Faults', ({ counts }) => counts.anonFaults],
  ['KSM Scanned', ({ ksm }) => ksm.pagesScanned],
  ['KSM Merges', ({ ksm }) => ksm.merges],
  ['KSM Full Scans', ({ ksm }) => ksm.fullScans],
  ['Migrated', ({ migration }) => migration.pages],
  ['Migrate Failed', ({ migration }) => migration.failed],
  ['Cache Discarded', ({ pageCache }) => pageCache.discarded],
  ['Refaults', ({ pageCache }) => pageCache.refaults],
];

function opsRows(sides: readonly Side[]): Row[] {
  return OPS.map(([title, of]) => mean(sides, `Ops ${title}`, of, 0));
}
