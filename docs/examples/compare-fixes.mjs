/**
 * Does a fix help, and is the difference more than noise? A fix against the kernel as it is, on the same lives: each
 * seed is one life of the device, and both strategies live it.
 */
import { run } from 'cma-stress';

const { summary, warnings } = await run({
  workloads: 'fork-heavy',
  strategies: ['stock', 'heir-items'],
  seeds: 4,
  duration: '10s', // of simulated time a life, instead of two minutes
  quick: true, // and a short warm-up
});

/** @param {number} share */
const percent = (share) => (100 * share).toFixed(1);
for (const { strategy, baseline, failures, attempts, failureRate, vsBaseline } of summary) {
  console.log(`${strategy}: ${failures} of ${attempts} failed, ${percent(failureRate.mean)} %`);
  if (strategy === baseline) continue;
  const { difference, low, high } = vsBaseline;
  console.log(`  against ${baseline}: ${percent(difference)} [${percent(low)}, ${percent(high)}] points`);
}
for (const { message } of warnings) console.log(`but: ${message}`);
