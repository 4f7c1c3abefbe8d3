/** The self-checks, in the order in which they are shown. */
import type { Check } from './check.ts';
import { forkFree } from './forkFree.ts';
import { keepUntilRescanned } from './keepUntilRescanned.ts';
import { ksmOff } from './ksmOff.ts';
import { nullRepair } from './nullRepair.ts';
import { pageAnonVma } from './pageAnonVma.ts';
import { retry } from './retry.ts';
import { scanSpeed } from './scanSpeed.ts';

export const CHECKS: readonly Check[] = [
  forkFree,
  scanSpeed,
  ksmOff,
  retry,
  pageAnonVma,
  keepUntilRescanned,
  nullRepair,
];
