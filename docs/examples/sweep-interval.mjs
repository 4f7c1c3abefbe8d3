/**
 * A sweep: one knob of ksmd in steps, the same lives each time. Failure rates against what the interval gives up:
 * memory that merging saves, and ksmd's share of a CPU.
 */
import { run } from 'cma-stress';

console.log('sleep_millisecs  failed %  saved MB  ksmd CPU %');
for (const sleep of [20, 100, 500]) {
  const { cells, summary } = await run({
    workloads: 'fork-heavy',
    strategies: 'stock',
    settings: { 'ksm.sleep_millisecs': sleep },
    seeds: 1, // to see that it works: take 20
    quick: true,
    threads: 1,
  });
  const columns = [100 * summary[0].failureRate.mean, cells[0].ksm.savedBytes / 1024 ** 2, 100 * cells[0].ksm.cpuShare];
  console.log(String(sleep).padStart(15), columns.map((value) => value.toFixed(1).padStart(9)).join(' '));
}
