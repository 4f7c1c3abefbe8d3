/**
 * The reverse walk against a slow search: what try_to_unmap finds of each user page must be what can be found, no more
 * and no less, in plain objects made from the vmas, their chains and the hlists.
 *
 * Slow and allocating, for tests and scripts. The walks are undone; nothing is changed.
 */
import type { Kernel } from '../kernel.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { PTE_SHIFT } from '../process/pageTables.ts';
import { eachMappedPte } from './mappedPtes.ts';
import { tryUnmap } from './triedUnmap.ts';

interface Mapping {
  readonly mm: number;
  readonly vpn: number;
  readonly vma: number;
  /** anon_vmas that the vma hangs on. */
  readonly chain: ReadonlySet<number>;
}

/** Messages, none when every walk finds exactly what it should. */
export function checkWalks(kernel: Kernel): string[] {
  const messages: string[] = [];
  for (const [pfn, mappings] of mappingsOf(kernel)) {
    const expected = mappings.filter((mapping) => isFindable(kernel, pfn, mapping)).map(nameOf);
    const found = tryUnmap(kernel, pfn).found.map(nameOf);
    const missed = expected.filter((name) => !found.includes(name));
    const extra = found.filter((name) => !expected.includes(name));
    if (missed.length > 0) messages.push(`walk of page ${pfn} misses ${missed.join(', ')}`);
    if (extra.length > 0) messages.push(`walk of page ${pfn} finds ${extra.join(', ')}, which nothing leads to`);
    if (new Set(found).size < found.length) messages.push(`walk of page ${pfn} finds a pte twice`);
  }
  return messages;
}

/** Every present pte of an anonymous or KSM page, by page. */
function mappingsOf(kernel: Kernel): Map<number, Mapping[]> {
  const { vmas, frames } = kernel;
  const mappings = new Map<number, Mapping[]>();
  const chains = new Map<number, ReadonlySet<number>>();
  eachMappedPte(kernel, (mm, vma, vpn, entry) => {
    const pfn = entry >> PTE_SHIFT;
    if (frames.kind[pfn] === KIND.file) return;
    const chain = chains.get(vma) ?? chainOf(vmas, vma);
    chains.set(vma, chain);
    const ofPage = mappings.get(pfn) ?? [];
    ofPage.push({ mm, vpn, vma, chain });
    mappings.set(pfn, ofPage);
  });
  return mappings;
}

/** anon_vmas that the vma hangs on. */
function chainOf({ chain, anonVmas }: Kernel['vmas'], vma: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (let avc = chain[vma]; avc >= 0; avc = anonVmas.avcNextInChain[avc]) found.add(anonVmas.avcAnonVma[avc]);
  return found;
}

/**
 * Every mapping of an anonymous page is; of a KSM page those whose address an item has and whose vma hangs there, or
 * which a strategy says it looks at because of that item.
 */
function isFindable(kernel: Kernel, pfn: number, { vpn, vma, chain }: Mapping): boolean {
  const { frames, objects, hooks } = kernel;
  if (frames.kind[pfn] === KIND.anon) return true;
  const node = frames.mapping[pfn];
  if (node === NONE) return false;
  for (let item = objects.hlist[node]; item >= 0; item = objects.hlistNext[item]) {
    if (objects.itemAddress[item] !== vpn) continue;
    if (chain.has(objects.itemAnonVma[item]) || hooks.reaches?.(item, vma) === true) return true;
  }
  return false;
}

function nameOf({ mm, vpn }: Pick<Mapping, 'mm' | 'vpn'>): string {
  return `${mm}@${vpn}`;
}
