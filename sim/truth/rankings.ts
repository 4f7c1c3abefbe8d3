/**
 * Whether the keys of ksmd's trees are what the pages hold, wherever no doubt is noted: a search that goes by the keys
 * then finds what the kernel's finds, which reads the pages themselves.
 */
import type { Kernel } from '../kernel.ts';
import type { RbTree } from '../ksm/rbTree.ts';
import { ITEM } from '../ksm/objects.ts';
import { NONE } from '../memory/frames.ts';
import { PTE, PTE_SHIFT } from '../process/pageTables.ts';
import { VM } from '../process/vmas.ts';

/** Adds a message for each node that should be in doubt and is not. */
export function checkRankings({ objects, stable, frames, tables, vmas, spaces }: Kernel, messages: string[]): void {
  if (stable.chains === null) {
    eachUndoubted(objects.stable, (node, key) => {
      if (stable.isStale(node)) messages.push(`nobody doubts stable_node ${node}, which is stale`);
      else if (frames.content[objects.kpfn[node]] !== key)
        messages.push(`stable_node ${node} has another key than content`);
    });
  }
  eachUndoubted(objects.unstable, (item, key) => {
    if ((objects.itemFlags[item] & ITEM.unstable) === 0) return;
    const mm = objects.itemMm[item];
    const address = objects.itemAddress[item];
    const entry = spaces.alive[mm] === 0 ? 0 : tables.get(mm, address);
    const vma = spaces.alive[mm] === 0 ? NONE : vmas.covering(mm, address);
    const isThere = (entry & (PTE.present | PTE.zero)) === PTE.present;
    const mayMerge = vma >= 0 && (vmas.flags[vma] & VM.mergeable) !== 0;
    if (!isThere || !mayMerge || frames.content[entry >> PTE_SHIFT] !== key)
      messages.push(
        `nobody doubts unstable rmap_item ${item}, whose page at ${address} of mm ${mm} is not what it was`,
      );
  });
}

function eachUndoubted(tree: RbTree, visit: (node: number, key: number) => void): void {
  const waiting = [tree.root];
  while (waiting.length > 0) {
    const node = waiting.pop()!;
    if (node < 0) continue;
    if (!tree.isDoubtful(node)) visit(node, tree.keyOf(node));
    waiting.push(tree.leftOf(node), tree.rightOf(node));
  }
}
