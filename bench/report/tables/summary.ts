/** A row a workload and strategy: the statistics over seeds, and the costs. */
import { groupKey } from '../../plan/index.ts';
import type { SummaryEntry } from '../../stats/summarize.ts';
import { CostTotals } from '../costs.ts';
import type { Costs } from '../costs.ts';
import { verdictOf } from '../findings.ts';
import { column, tableOf } from './table.ts';
import type { ColumnOf } from './table.ts';

interface SummaryRow {
  readonly entry: SummaryEntry;
  readonly costs: Costs;
}

const latency = (name: string, about: string, of: (ms: SummaryEntry['latencyMs']) => number): ColumnOf<SummaryRow> =>
  column(`latency_ms_${name}`, 'number', about, ({ entry }) => of(entry.latencyMs));

const versus = (
  name: string,
  about: string,
  of: (entry: SummaryEntry['vsBaseline']) => number | null,
  nullable = false,
): ColumnOf<SummaryRow> =>
  column(`vs_baseline_${name}`, 'number', about, ({ entry }) => of(entry.vsBaseline), nullable);

const cost = (name: string, about: string, of: (costs: Costs) => number): ColumnOf<SummaryRow> =>
  column(name, 'number', `${about}, mean over seeds`, ({ costs }) => of(costs));

export const summaryTable = tableOf<SummaryRow>(
  'summary',
  'a workload and strategy over its seeds',
  [
    column('workload', 'text', 'name of the workload', ({ entry }) => entry.workload),
    column('strategy', 'text', 'strategies, joined by `+`', ({ entry }) => entry.strategy),
    column('baseline', 'text', 'the strategy compared with', ({ entry }) => entry.baseline),
    column('is_baseline', 'truth', 'this is that one', ({ entry }) => entry.strategy === entry.baseline),
    column('seeds', 'whole', 'cells with results', ({ entry }) => entry.seeds),
    column('attempts', 'whole', 'requests over all of them', ({ entry }) => entry.attempts),
    column('failures', 'whole', 'requests that returned no memory', ({ entry }) => entry.failures),
    column('failure_rate', 'number', 'failures / attempts, 0..1', ({ entry }) => entry.failureRate.mean),
    column('failure_rate_low', 'number', 'lower end of its 95 % interval', ({ entry }) => entry.failureRate.low),
    column('failure_rate_high', 'number', 'upper end', ({ entry }) => entry.failureRate.high),
    column(
      'failure_rate_method',
      'text',
      '[how the interval was made](results.md#how-the-intervals-are-made)',
      ({ entry }) => entry.failureRate.method,
    ),
    column(
      'failure_rate_design_effect',
      'number',
      'variance over that of independent requests; null where it cannot be seen',
      ({ entry }) => entry.failureRate.designEffect,
      true,
    ),
    column(
      'verdict',
      'text',
      '`baseline`, or `lower`, `higher`, `no difference`: whether the interval of the difference leaves out 0',
      ({ entry }) => verdictOf(entry),
    ),
    versus('difference', "failure rate less the baseline's, over the seeds that both have", (one) => one.difference),
    versus('low', 'lower end of its 95 % interval', (one) => one.low),
    versus('high', 'upper end', (one) => one.high),
    column('vs_baseline_method', 'text', 'how the interval was made', ({ entry }) => entry.vsBaseline.method),
    versus('p', 'signed-rank test, two-sided', (one) => one.p),
    versus('p_holm', "after Holm's correction over the strategies of the workload", (one) => one.pHolm),
    versus('effect', 'matched-pairs rank-biserial correlation, -1..1', (one) => one.effect),
    versus('cohens_h', "Cohen's h", (one) => one.cohensH),
    column('vs_baseline_pairs', 'whole', 'seeds that both have', ({ entry }) => entry.vsBaseline.pairs),
    column(
      'vs_baseline_seeds_needed',
      'whole',
      'seeds that would do to tell a difference as seen; null when it is told, or nothing says how many',
      ({ entry }) => entry.vsBaseline.seedsNeeded,
      true,
    ),
    latency('mean', 'latency of a request, mean over seeds', (ms) => ms.mean),
    latency('mean_low', 'lower end of its 95 % interval', (ms) => ms.low),
    latency('mean_high', 'upper end', (ms) => ms.high),
    latency('p50', 'median of all requests together', (ms) => ms.p50),
    latency('p50_low', 'lower end of its 95 % interval', (ms) => ms.p50Low),
    latency('p50_high', 'upper end', (ms) => ms.p50High),
    latency('p90', '90th percentile', (ms) => ms.p90),
    latency('p90_low', 'lower end of its 95 % interval', (ms) => ms.p90Low),
    latency('p90_high', 'upper end', (ms) => ms.p90High),
    latency('p99', '99th percentile', (ms) => ms.p99),
    latency('p99_low', 'lower end of its 95 % interval', (ms) => ms.p99Low),
    latency('p99_high', 'upper end', (ms) => ms.p99High),
    column('full_scan_ms_p50', 'number', 'median full scan of ksmd', ({ entry }) => entry.fullScanMs.p50),
    cost('ksmd_cpu_share', 'CPU time of ksmd, of one core, 0..1', (costs) => costs.ksmdCpu),
    cost('rmap_items_peak', 'most rmap_items at once', (costs) => costs.rmapItemsPeak),
    cost('rmap_items_peak_bytes', 'memory of them', (costs) => costs.rmapItemsBytes),
    cost('saved_bytes', 'memory that merging saves at the end', (costs) => costs.savedBytes),
    cost('request_cpu_ms', 'CPU time of a request', (costs) => costs.requestCpuMs),
    cost('fork_ms_p99', '99th percentile of fork', (costs) => costs.forkP99Ms),
    cost('unusable_cma_bytes', 'CMA areas that anonymous memory may not use', (costs) => costs.unusableBytes),
    cost('refaults', 'pages read again after they had been dropped', (costs) => costs.refaults),
  ],
  ({ summary, records }) => {
    const totals = new Map(summary.map((entry) => [groupKey(entry), new CostTotals()]));
    for (const cell of records) totals.get(groupKey(cell))?.add(cell);
    return summary.map((entry) => ({ entry, costs: totals.get(groupKey(entry))!.costs() }));
  },
);
