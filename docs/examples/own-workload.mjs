/**
 * A workload said on the spot, in the words of a workload file (docs/reference/workload-file.md), and changed step by
 * step: how much does it matter how often apps are started?
 */
import { compare, run } from 'cma-stress';

/** @param {string} rate */
const workload = (rate) => ({
  about: 'Apps come and go while a camera asks for buffers.',
  device: 'zx1800-512',
  spawners: { apps: { group: 'app', rate, startup: '500 ms', life: '20 s', max_live: 20 } },
  cma_clients: { camera: { area: 'default', sizes: [{ size: '8 MB' }], rate: '1/s', hold: '100 ms' } },
  warm_up: '5s',
  duration: '10s',
});

const plan = { strategies: 'stock', seeds: 2 };
const seldom = await run({ ...plan, workloads: { name: 'starts', content: workload('6/min') } });
const often = await run({ ...plan, workloads: { name: 'starts', content: workload('60/min') } });

const { factor, rows } = await compare({ seldom, often });
console.log(`they differ in ${factor.name}: ${factor.values?.join(' and ')}`);
for (const { side, attempts, latencyMs } of rows)
  console.log(
    `${side.padEnd(6)} ${attempts} requests, p50 ${latencyMs.p50.toFixed(1)} ms, p99 ${latencyMs.p99.toFixed(1)} ms`,
  );
