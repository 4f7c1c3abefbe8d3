/**
 * A fix of one's own, tried from a program: whoever fails to get memory sleeps 20 ms and tries once more. `Device`
 * takes the strategy itself. For many seeds on many threads `run` takes the name of a file that exports it:
 * docs/how-to/write-a-strategy.md.
 */
import { defineStrategy, Device } from 'cma-stress';

const patient = defineStrategy({
  name: 'patient',
  group: 'cma',
  about: 'the CMA caller sleeps 20 ms and tries once more',
  origin: 'an example',
  claims: [],
  costs: '20 ms more for each failure',
  attach: () => ({
    afterFailure: ({ rounds }) => (rounds === 0 ? { cpuNs: 0, sleepNs: 20_000_000, then: 'try' } : null),
  }),
});

for (const strategy of ['stock', patient]) {
  const device = new Device('fork-heavy', { strategy, seed: 1, quick: true });
  device.run();
  const { cma } = device.results();
  console.log(
    `${device.strategy.padEnd(7)} ${cma.failures} of ${cma.attempts} failed, p99 ${(cma.latencyUs.p99 / 1e3).toFixed(0)} ms`,
  );
}
