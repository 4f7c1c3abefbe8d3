/** How many pages the device leaves for processes and page cache, and how many a population takes. */
import type { Step } from '../../plan/node.ts';
import { PAGE_KB, readSize } from '../../plan/units.ts';
import type { Draft } from '../draft.ts';
import type { Context } from './context.ts';
import { lineOf, privatePages, type GroupPlan } from './groupPlan.ts';

/** A size that is in the draft, pages; `otherwise`: when it is not. */
export function pagesIn(draft: Draft, path: readonly Step[], otherwise: number): number {
  const text = draft.text(path);
  const reading = text === null ? null : readSize(text);
  return reading !== null && 'value' in reading ? reading.value : otherwise;
}

/** What kernel, carve-outs and min_free leave of the memory that is in the draft, pages. */
export function roomOf({ base, draft }: Context): number {
  const { memory } = base.device;
  const carveOut = (name: string, pages: number): number => {
    const path = ['memory', 'reserved', name];
    return draft.text(path) === 'none' ? 0 : pagesIn(draft, [...path, 'size'], pages);
  };
  const names = new Map([['outside-memtotal', 0], ...memory.reserved.map(({ name, pages }) => [name, pages] as const)]);
  const reserved = [...names].reduce((sum, [name, pages]) => sum + carveOut(name, pages), 0);
  const kernel =
    pagesIn(draft, ['memory', 'unmovable'], memory.unmovablePages) +
    pagesIn(draft, ['memory', 'reclaimable'], memory.reclaimablePages);
  const minFree = pagesIn(draft, ['memory', 'min_free'], Math.ceil(memory.minFreeKbytes / PAGE_KB));
  return pagesIn(draft, ['memory', 'size'], memory.frames) - reserved - kernel - minFree;
}

/** Anonymous memory before anything is merged, and mapped files, pages: as the plan counts them. */
export function neededBy(groups: readonly GroupPlan[]): number {
  return groups.reduce((sum, group) => sum + group.count * anonOf(group, groups), 0) + filesOf(groups);
}

function anonOf(group: GroupPlan, groups: readonly GroupPlan[]): number {
  const [, ...above] = lineOf(group, groups);
  const inherited = above.reduce((sum, one) => sum + privatePages(one), 0);
  return privatePages(group) + Math.round((group.rewriteInherited?.value ?? 0) * inherited);
}

/** Page cache of mapped files. */
export function filesOf(groups: readonly GroupPlan[]): number {
  const files = new Map<string, number>();
  for (const region of groups.flatMap(({ regions }) => regions))
    if (region.kind === 'shared-file' && region.file !== null)
      files.set(region.file, Math.max(files.get(region.file) ?? 0, region.populated));
  return [...files.values()].reduce((sum, pages) => sum + pages, 0);
}
