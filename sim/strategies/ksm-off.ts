/** No KSM page, no KSM failure: run is 0 for as long as the device runs (mm/ksm.c: run_store). */
import type { LoadDescription } from '../description.ts';
import type { Strategy } from './strategy.ts';

export const ksmOff: Strategy = {
  name: 'ksm-off',
  group: 'ksm',
  about: 'echo 0 > /sys/kernel/mm/ksm/run before anything was merged',
  origin: 'CyanogenMod android_kernel_motorola_msm8226, PR 7, January 2015: the camera no longer hangs',
  claims: ['B1', 'B2', 'B3', 'B3null', 'B4', 'B6'],
  costs: 'all that merging saves: 16 to 40 MB on a 512 MB device',
  stopsKsmd: true,
  device: (description) => ({
    ...description,
    ksm: { ...description.ksm, run: 0 },
    load: withoutRunning(description.load),
  }),
};

/** Nobody starts ksmd later on either. */
function withoutRunning(load: LoadDescription): LoadDescription {
  const { events } = load;
  if (events === undefined) return load;
  return { ...load, events: events.map((event) => (event.action === 'ksm' ? { ...event, run: null } : event)) };
}
