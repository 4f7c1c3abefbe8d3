/**
 * What is left for nothing once everything is quiet: asked between two passes of ksmd in a state that ksmd comes back
 * to for ever.
 *
 * Garbage is an rmap_item of a dead mm; one whose address maps no anonymous page any more; one on the hlist of a node
 * whose page is gone; and a kept item without which the reverse walk would find the same ptes. A stale stable_node
 * without items is none: 3.10 leaves it in the tree for the next search that comes by, and it holds nothing.
 */
import { ITEM } from '../../ksm/objects.ts';
import { PTE, PTE_SHIFT } from '../../process/pageTables.ts';
import type { World } from './world.ts';

export function hasGarbage(world: World): boolean {
  return hasUselessItem(world) || hasUselessKept(world);
}

function hasUselessItem({ kernel }: World): boolean {
  const { slots, objects, spaces, tables, stable } = kernel;
  for (let mm = slots.next[slots.head]; mm !== slots.head; mm = slots.next[mm]) {
    for (let item = slots.rmapList[mm]; item >= 0; item = objects.itemNext[item]) {
      if (spaces.alive[mm] === 0) return true;
      const entry = tables.get(mm, objects.itemAddress[item]);
      if ((entry & (PTE.present | PTE.zero)) !== PTE.present) return true;
      if ((objects.itemFlags[item] & ITEM.stable) !== 0 && stable.isStale(objects.itemHead[item])) return true;
    }
  }
  return false;
}

function hasUselessKept({ kernel, windows }: World): boolean {
  const { objects, stable } = kernel;
  if (objects.keptItems === 0) return false;
  for (let node = 0; node < objects.nodeLive.length; node++) {
    if (objects.nodeLive[node] === 0) continue;
    for (let item = objects.hlist[node]; item >= 0; item = objects.hlistNext[item]) {
      if ((objects.itemFlags[item] & ITEM.kept) === 0) continue;
      if (stable.isStale(node) || !isNeeded(item, objects.kpfn[node])) return true;
    }
  }
  return false;

  /** Some pte is found through this item only: the address of an item that covers nothing is no page's. */
  function isNeeded(kept: number, pfn: number): boolean {
    const address = objects.itemAddress[kept];
    const { spaces, tables } = kernel;
    for (let mm = 0; mm < spaces.alive.length; mm++) {
      if (spaces.alive[mm] === 0) continue;
      const entry = tables.get(mm, address);
      if ((entry & (PTE.present | PTE.zero)) !== PTE.present || entry >> PTE_SHIFT !== pfn) continue;
      if (!windows.isFindable(mm, address, pfn)) continue;
      objects.itemAddress[kept] = -1;
      const isFoundWithout = windows.isFindable(mm, address, pfn);
      objects.itemAddress[kept] = address;
      if (!isFoundWithout) return true;
    }
    return false;
  }
}
