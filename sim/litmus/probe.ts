/** What a script is told of try_to_unmap for migration, tried on a page and put back. */
import type { Kernel } from '../kernel.ts';
import { tryUnmap } from '../truth/triedUnmap.ts';
import type { Names } from './names.ts';

/** Results of try_to_unmap by number, as scripts name them. */
export const SWAP_NAMES = ['SWAP_SUCCESS', 'SWAP_AGAIN', 'SWAP_FAIL'];

export function probe(kernel: Kernel, names: Names, pfn: number): Record<string, unknown> {
  const { result, found, left } = tryUnmap(kernel, pfn);
  return { result: SWAP_NAMES[result], found: found.map(({ mm, vpn }) => names.address(mm, vpn)), left };
}
