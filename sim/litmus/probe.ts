/** What try_to_unmap for migration would do to a page now; everything is put back as it was. */
import type { Kernel } from '../kernel.ts';
import { KIND, NONE } from '../memory/frames.ts';
import type { Names } from './names.ts';

/** Results of try_to_unmap by number, as scripts name them. */
export const SWAP_NAMES = ['SWAP_SUCCESS', 'SWAP_AGAIN', 'SWAP_FAIL'];

/** The ptes before a probe; kept, since a fresh copy for each is most of the time of random scripts. */
let saved = new Int32Array(0);

export function probe(kernel: Kernel, names: Names, pfn: number): Record<string, unknown> {
  const { frames, tables, rmap } = kernel;
  if (saved.length === tables.entries.length) saved.set(tables.entries);
  else saved = tables.entries.slice();
  const found: number[] = [];
  rmap.found = found;
  const result = kernel.ksmRmap.tryToUnmap(pfn);
  rmap.found = null;
  const left = frames.mapcount[pfn];
  const mappings: string[] = [];
  for (let i = 0; i < found.length; i += 2) {
    mappings.push(names.address(found[i], found[i + 1]));
    const slot = tables.slot(found[i], found[i + 1]);
    if (slot !== NONE) tables.entries[slot] = saved[slot];
    if (frames.kind[pfn] === KIND.ksm) frames.mapKsm(pfn);
    else frames.mapcount[pfn]++;
    frames.count[pfn]++;
  }
  return { result: SWAP_NAMES[result], found: mappings, left };
}
