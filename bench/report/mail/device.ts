/** What stood behind it, in a mail: why pages failed, what it cost, how latencies are spread, what the device did. */
import type { CellRecord } from '../../run/cell.ts';
import { sum } from '../../stats/sums.ts';
import { CAUSE_MEANINGS, causesIn, pagesOfCause } from '../causes.ts';
import type { CauseCount } from '../causes.ts';
import { costsOf } from '../costs.ts';
import { bestOf } from '../headline.ts';
import { left, right } from '../table.ts';
import { count, digits3, percent, time } from '../units.ts';
import { fill } from './ascii.ts';
import { histogramLines, rangeOf } from './histogram.ts';
import { mmtestsTable } from './layout.ts';
import type { Row } from './layout.ts';
import { namedTable } from './named.ts';
import { ALL, latenciesOf } from './samples.ts';
import type { Side } from './side.ts';

export function causeLines(sides: readonly Side[], names: readonly string[]): string[] {
  const causes = causesIn(sides.flatMap(({ cells }) => cells));
  if (causes.length === 0) return ['No page failed to migrate.'];
  const row = (title: string, of: (cells: Side['cells']) => number): Row => ({
    title,
    values: sides.map(({ cells }) => of(cells)),
    better: 'neither',
    digits: 0,
  });
  const byCause = (title: string, counted: CauseCount): Row[] =>
    causes
      .map((cause) => row(`${title} ${cause}`, (cells) => pagesOfCause(cells, cause, counted)))
      .filter(({ values }) => values.some((value) => value !== 0));
  return [
    'Why, counted over all seeds: requests by errno; pages in the way of',
    'failed requests in their last round; pages that could not be migrated',
    '',
    ...mmtestsTable(
      [
        row('Requests EBUSY', (cells) => sum(cells, ({ cma }) => cma.errors.EBUSY)),
        row('Requests ENOMEM', (cells) => sum(cells, ({ cma }) => cma.errors.ENOMEM)),
        ...byCause('Blocking', 'blocking'),
        ...byCause('Failed', 'failed'),
      ],
      names,
    ),
    '',
    ...causes.flatMap((cause) => fill(`  ${cause.padEnd(9)} ${CAUSE_MEANINGS[cause]}`, ' '.repeat(12))),
  ];
}

export function costLines(sides: readonly Side[]): string[] {
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
export function distributionLines(sides: readonly Side[]): string[] {
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

export function durationRows(sides: readonly Side[]): Row[] {
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

export function opsRows(sides: readonly Side[]): Row[] {
  return OPS.map(([title, of]) => mean(sides, `Ops ${title}`, of, 0));
}
