/**
 * New mms first, the others rarely (Wenwei Tao's RFC). Its second list of slots, ksm_mm_active, is a part of the one
 * list here: the active slots stand side by side, behind the mm in which ksmd was when the first of them came. The
 * cursor goes round among them until each was scanned twice, then on to the slot behind them. A dead mm counts as
 * active, as there.
 *
 * As in the patch, and not in its cover letter: 2^shift - 1 wake-ups are left out, not 2^shift; and only merging ends
 * the deferral, since the test for a page that became unstable comes after the flag it looks at was cleared.
 */
import { uint8 } from '../arena.ts';
import type { Strategy, StrategyHooks, StrategyKernel } from './strategy.ts';

/** Scans of an mm while it is active. */
const ACTIVE_SCANS = 2;
/** KSM_MAX_DEFER_SHIFT. */
const MAX_SHIFT = 6;

export const deferNewMm: Strategy = {
  name: 'defer-new-mm',
  group: 'scan',
  about: 'new mms are scanned twice at once; wake-ups are left out, up to 63 in a row, while the others merge nothing',
  origin: 'Wenwei Tao, "add defer mechanism to ksm to make it more suitable for Android devices", RFC of 10 June 2015',
  claims: [],
  costs: 'full scans up to 64 times as long: old mms that change, or lose an rmap_item, are looked after late',
  attach: (kernel) => {
    const scansLeft = uint8(kernel.slots.capacity);
    const isActive = (mm: number): boolean =>
      mm !== kernel.slots.head && (scansLeft[mm] > 0 || kernel.spaces.alive[mm] === 0);
    return { ...activeFirst(kernel, scansLeft, isActive), ...deferral(kernel, isActive) };
  },
};

/** Which mm ksmd visits next. */
function activeFirst(
  { slots }: StrategyKernel,
  scansLeft: Uint8Array,
  isActive: (mm: number) => boolean,
): StrategyHooks {
  return {
    mmEnters: (mm) => {
      scansLeft[mm] = ACTIVE_SCANS;
      // Among active ones it is the last of this round, else the last of those to come.
      let at = slots.cursor;
      if (isActive(at)) return at;
      do at = slots.next[at];
      while (isActive(at));
      return at;
    },
    nextMm: (mm, isGone) => {
      const next = slots.next[mm];
      if (!isActive(mm)) return next;
      let first = mm;
      while (isActive(slots.prev[first])) first = slots.prev[first];
      if (scansLeft[mm] > 0) scansLeft[mm]--;
      const staysActive = !isGone && isActive(mm);
      const round = isActive(next) ? next : first;
      if (round === mm) return staysActive ? mm : next;
      // Out of the midst of those that are still active.
      if (!staysActive && !isGone && first !== mm) slots.moveBefore(mm, first);
      return round;
    },
    mmState: (mm) => scansLeft[mm],
  };
}

/**
 * Which wake-ups scan (defer_ksm, ksm_defered, reset_ksm_defer). Exploration knows no wake-ups, so nothing here is part
 * of its states.
 */
function deferral({ slots }: StrategyKernel, isActive: (mm: number) => boolean): StrategyHooks {
  let shift = 0;
  /** Wake-ups since the last batch, this one included. */
  let considered = 0;
  let hasMerged = true;
  return {
    pagesToScan: (planned) => {
      considered++;
      // Active mms follow the cursor: with none at it or behind it there are none.
      const hasActive = isActive(slots.cursor) || isActive(slots.next[slots.cursor]);
      const limit = hasMerged ? 1 : 1 << Math.min(shift + 1, MAX_SHIFT);
      if (considered < limit && !hasActive) return 0;
      shift = hasMerged ? 0 : Math.min(shift + 1, MAX_SHIFT);
      hasMerged = false;
      considered = 0;
      return planned;
    },
    merged: () => {
      hasMerged = true;
    },
  };
}
