/**
 * What the comment in mm/ksm.c calls too costly: fork makes the child's rmap_items, and nobody waits for ksmd. It acts
 * at the end of dup_mmap.
 *
 * Difference: fork does not wait for the lock of a page that is being migrated at that moment, which it would have to
 * for the hlist.
 */
import { ITEM } from '../ksm/objects.ts';
import { NONE } from '../memory/frames.ts';
import { PTE, PTE_SHIFT } from '../process/pageTables.ts';
import type { Strategy, StrategyKernel } from './strategy.ts';

export const eagerForkItems: Strategy = {
  name: 'eager-fork-items',
  group: 'ksm',
  about: 'dup_mmap gives the child an rmap_item for every stable one of its parent whose page it maps',
  origin: 'refused for its cost by a comment in mm/ksm.c (break_ksm, "search_new_forks"); no public patch found',
  // Not B1: a child that is forked while its parent's pte is a migration entry or has no rmap_item yet gets none either
  // (docs/explore.md: fork-during-migration, b3-append).
  claims: [],
  costs:
    'fork takes longer by two list operations for each shared page and one look at each rmap_item of the parent; the items live for the child at once',
  attach: (kernel) => ({ forked: (parent, child) => copyItems(kernel, parent, child) }),
};

/** Walks the parent's rmap_list beside the child's page table. Returns ns. */
function copyItems(kernel: StrategyKernel, parent: number, child: number): number {
  const { objects, slots, tables, vmas, stable, costs } = kernel;
  if (slots.present[child] === 0) return 0;
  let cost = 0;
  let last = NONE;
  for (let item = slots.rmapList[parent]; item >= 0; item = objects.itemNext[item]) {
    cost += costs.visitHole;
    if ((objects.itemFlags[item] & ITEM.stable) === 0) continue;
    const node = objects.itemHead[item];
    const vpn = objects.itemAddress[item];
    const entry = tables.get(child, vpn);
    const isThere = (entry & (PTE.present | PTE.migration)) !== 0 && (entry & PTE.zero) === 0;
    if (!isThere || entry >> PTE_SHIFT !== objects.kpfn[node] || stable.isStale(node)) continue;
    const copy = objects.newItem(child, vpn);
    objects.oldChecksum[copy] = objects.oldChecksum[item];
    const anonVma = vmas.anonVma[vmas.covering(child, vpn)];
    objects.itemAnonVma[copy] = anonVma;
    vmas.anonVmas.get(anonVma);
    if (last === NONE) slots.rmapList[child] = copy;
    else objects.itemNext[last] = copy;
    last = copy;
    stable.append(copy, node);
    // alloc_rmap_item and stable_tree_append.
    cost += 2 * costs.rmapItem;
  }
  return cost;
}
