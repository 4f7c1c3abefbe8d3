/**
 * A fix strategy of your own: what it is, and the places in the kernel where it acts. As it stands it works: an
 * rmap_item that would be removed stays on its stable_node as a cover for one full round of ksmd, so that the reverse
 * walk still finds relatives that ksmd has not visited. Change it into yours.
 *
 *     cma-stress litmus explore FILE.yaml --strategy stock,./my-strategy.ts    every interleaving of a small script
 *     cma-stress run fork-heavy --quick --strategy stock,./my-strategy.ts     how often allocations fail, and the price
 *
 * All hooks, with what they are given and return: docs/how-to/write-a-strategy.md.
 */
import { Covers, defineStrategy } from 'cma-stress';

/** Passes of ksmd that a cover stays: the one in which it was left, and one full round. */
const PASSES = 2;

export default defineStrategy({
  name: 'my-strategy',
  // 'ksm' (its bookkeeping), 'scan' (its scanning policy) or 'cma' (allocation and migration).
  group: 'ksm',
  about: 'a removed rmap_item stays on its stable_node as a covering item for one full round of ksmd',
  origin: 'who proposed it, where and when',
  // Causes that it removes; [] for none. `litmus explore` shows whether that is so.
  claims: ['B4'],
  costs: 'rmap_items live one round longer; longer hlists to walk',
  // It leaves covering items behind, so that pools are made larger.
  keepsItems: true,

  // Changes to the device itself, if it has any: sizes, sysfs knobs.
  // device: (description) => ({ ...description, ksm: { ...description.ksm, pages_to_scan: 200 } }),

  // Called once for each kernel: whatever the strategy remembers belongs in here, not at the top of the file.
  attach: (kernel) => {
    const covers = new Covers(kernel, () => false);
    return {
      // A stable rmap_item is about to leave its hlist. Returns what that costs on top, ns of CPU time.
      itemLeaves: (item, seqnr) => {
        covers.leave(item, seqnr + PASSES);
        return kernel.costs.rmapItem;
      },
      // The cover went with its page.
      coverGone: (item) => covers.forget(item),
      // A pass of ksmd begins: covers that have stayed long enough go.
      passStarts: (seqnr) => covers.release(seqnr) * kernel.costs.rmapItem,
      // For exploring only: what the strategy remembers is saved and restored with the state of the kernel.
      registers: (registers) => covers.registers(registers),
      itemState: (item, seqnr) => covers.itemState(item, seqnr),
    };
  },
});
