/**
 * No change to what is scanned: ksmd only runs where something runs anyway (ksm_scan_thread, mm/ksm.c of vendor
 * kernels). What a deferrable timer is says clock/scheduler.ts.
 */
import type { Strategy } from './strategy.ts';

export const deferredTimer: Strategy = {
  name: 'deferred-timer',
  group: 'scan',
  about: "ksmd sleeps on a deferrable timer, which does not wake an idle CPU: it waits for that CPU's next work",
  origin: 'Chintan Pandya (Qualcomm), linux-mm, 23 July 2014; in vendor kernels as the sysfs file deferred_timer',
  claims: [],
  costs: 'a full scan has no upper bound on a device that idles, and so has no gap that ends with one',
  // ksmd may hardly ever run: as many dead mms can wait for it as die in the whole run.
  slowsScan: true,
  attach: () => ({ sleepsDeferrably: true }),
};
