/**
 * Shortens the window of a fork from a full scan to the rest of one mm and the size of the child: where __ksm_enter
 * puts the child's mm_slot is changed once dup_mmap is done.
 */
import type { Strategy } from './strategy.ts';

export const forkFront: Strategy = {
  name: 'fork-front',
  group: 'ksm',
  about: 'the mm_slot of a child whose parent has KSM pages goes right behind the cursor: it is scanned next',
  origin:
    "ours: the opposite of __ksm_enter, which puts a child last; kin to the active list of Wenwei Tao's RFC of 10 June 2015",
  // The window is shorter, not closed.
  claims: [],
  costs: 'children are scanned while their pages still change, and everybody else waits for them',
  attach: ({ slots, objects }) => ({
    forked: (parent, child) => {
      if (slots.present[child] !== 0 && objects.stableOf[parent] > 0) slots.moveBefore(child, slots.next[slots.cursor]);
      return 0;
    },
  }),
};
