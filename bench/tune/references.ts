/**
 * Scan settings that are in use, which every search is measured against: pages_to_scan and sleep_millisecs, and who
 * sets them (domain notes C3).
 */

export interface Reference {
  readonly name: string;
  readonly pagesToScan: number;
  readonly sleepMillisecs: number;
  /** Where it is set. */
  readonly source: string;
}

export const REFERENCES: readonly Reference[] = [
  { name: 'kernel', pagesToScan: 100, sleepMillisecs: 20, source: 'mm/ksm.c, the default' },
  {
    name: 'AOSP low-ram',
    pagesToScan: 100,
    sleepMillisecs: 500,
    source: 'init.rc of low-ram devices (tegratab, hm2014811)',
  },
  { name: 'community 100/50', pagesToScan: 100, sleepMillisecs: 50, source: 'mamh-android/mem, ksm_enable.sh' },
  {
    name: 'community 256/1500',
    pagesToScan: 256,
    sleepMillisecs: 1500,
    source: 'init scripts of community kernels, 1000 to 2000 ms',
  },
  { name: 'CyanogenMod 512/2000', pagesToScan: 512, sleepMillisecs: 2000, source: 'CyanogenMod init script' },
];
