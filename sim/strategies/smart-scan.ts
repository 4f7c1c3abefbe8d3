/**
 * What did not merge a few times is looked at more and more rarely (mm/ksm.c of 6.7: should_skip_rmap_item, skip_age).
 *
 * Decided in scan_get_next_rmap_item, when the item is there and its page referenced: a page passed over costs the walk
 * to it, and its item leaves the tree it is in.
 */
import { uint8 } from '../arena.ts';
import { KIND, NONE } from '../memory/frames.ts';
import type { Strategy } from './strategy.ts';

/** An item is passed over from its fourth visit on only (should_skip_rmap_item, mm/ksm.c of 6.7). */
const FIRST_SKIPPED_AGE = 3;
/** From this age on all ages mean the same. */
const OLDEST = 9;
const U8_MAX = 255;

/** Visits that follow one in vain and are left out, by the age at that one (skip_age). */
function skipsAfter(age: number): number {
  if (age <= 3) return 1;
  if (age <= 5) return 2;
  if (age <= 8) return 4;
  return 8;
}

export const smartScan: Strategy = {
  name: 'smart-scan',
  group: 'scan',
  about: 'pages that did not merge in three visits are passed over, 1, 2, 4, then 8 times between two visits',
  origin: 'Stefan Roesch, "Smart scanning mode for KSM", September 2023; Linux 6.7, on by default',
  claims: [],
  costs:
    'two bytes in every rmap_item, four with padding; a page that becomes equal to another late is merged up to 8 scans later',
  itemBytes: 4,
  attach: ({ objects, frames }) => {
    const ages = uint8(objects.capacity);
    const remaining = uint8(objects.capacity);
    return {
      itemMade: (item) => {
        ages[item] = 0;
        remaining[item] = 0;
      },
      skipsItem: (item, pfn) => {
        // Those need their items looked after.
        if (frames.kind[pfn] === KIND.ksm) return false;
        const age = ages[item];
        if (age !== U8_MAX) ages[item] = age + 1;
        if (age < FIRST_SKIPPED_AGE) return false;
        if (remaining[item] === 0) {
          remaining[item] = skipsAfter(age);
          return false;
        }
        remaining[item]--;
        return true;
      },
      // A covering item is visited by nobody.
      itemState: (item) =>
        objects.itemMm[item] === NONE ? 0 : Math.min(ages[item], OLDEST) * (U8_MAX + 1) + remaining[item],
    };
  },
};
