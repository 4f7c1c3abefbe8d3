/**
 * Why requests fail, event by event: each page that could not be migrated for a mapping that the reverse walk missed,
 * with what had made that mapping unfindable, how long before, and who did it.
 */
import { Device } from 'cma-stress';

/** @param {import('cma-stress').TraceEvent} event */
function tell(event) {
  if (event.kind !== 'migrateFailed' || !event.isFirst || event.gap === null) return;
  const { gap, pfn, cause, client, at } = event;
  const ago = ((at - gap.at) / 1e9).toFixed(2);
  console.log(
    `${(at / 1e9).toFixed(3)} s ${client}: frame ${pfn}, ${cause}: ${gap.event} ${ago} s ago, by ${gap.by?.name ?? 'nobody'}`,
  );
}

const device = new Device('fork-heavy', {
  seed: 1,
  quick: true,
  onEvent: tell,
  // Hundreds of thousands, and not needed here.
  withoutEvents: ['switch', 'fault', 'itemAppended', 'itemRemoved'],
});
device.runUntil('6s');
