/**
 * One device by hand: what builds up in a second, and what a request meets then. Every second of its life a row: a bar
 * for the ptes that map KSM pages but that the kernel's reverse walk would not find, and the requests of drivers, `x`
 * for one that failed.
 */
import { Device } from 'cma-stress';

const device = new Device('fork-heavy', { strategy: 'stock', seed: 1, quick: true });
device.runUntil(device.measuredFrom);

let answered = 0;
for (let second = 1; second <= 10; second++) {
  const { unfindablePtes } = device.runFor('1s');
  const requests = device.requests.slice(answered).map(({ errno }) => (errno === 0 ? '.' : 'x'));
  answered += requests.length;
  const bar = '#'.repeat(Math.ceil(unfindablePtes / 5)).padEnd(52);
  console.log(`${String(second).padStart(2)} s ${bar} ${requests.join('')}`.trimEnd());
}

// A request of your own, as a driver makes it: 0 or -16 (EBUSY), how long it took, and what was in the way.
const { errno, latency, blocked } = device.allocate('8MB');
console.log(`8 MB: errno ${errno} after ${(latency / 1e6).toFixed(1)} ms, in the way:`, blocked);

// Another pace for ksmd, from now on.
device.writeKsm({ sleep_millisecs: 500 });
device.runFor('3s');
console.log('ptes that would not be found 3 s later:', device.state().unfindablePtes);
