/**
 * The walk that misses a pte (try_to_unmap_ksm, rmap_walk_ksm) looks for it where ksmd would come by: in every mm of
 * the list, at the addresses on record.
 */
import type { Strategy } from './strategy.ts';

export const targetedRescan: Strategy = {
  name: 'targeted-rescan',
  group: 'ksm',
  about: 'on a miss the reverse walk looks at the recorded addresses in every mm of the mm_slot list',
  origin: 'ours: rmap_items have the addresses, the mm_slot list has the mms; no public patch found',
  // Not B1: the last item at an address takes it with it (docs/explore.md: b1-empty-hlist). Not B2: an mm without
  // anything mergeable has no mm_slot, and what a relative moved by mremap lies at no recorded address (by fuzzing).
  claims: [],
  costs:
    'a walk that misses looks at (addresses of the page) x (address spaces) ptes; what a relative moved by mremap lies at none of them',
  attach: ({ objects, slots, vmas, spaces }) => ({
    walkMore: (node, visit) => {
      const addresses = new Set<number>();
      for (let item = objects.hlist[node]; item >= 0; item = objects.hlistNext[item]) {
        addresses.add(objects.itemAddress[item]);
      }
      for (let mm = slots.next[slots.head]; mm !== slots.head; mm = slots.next[mm]) {
        if (spaces.alive[mm] === 0) continue;
        for (const vpn of addresses) if (visit(mm, vpn)) return;
      }
    },
    reaches: (_item, vma) => slots.present[vmas.mm[vma]] !== 0,
  }),
};
