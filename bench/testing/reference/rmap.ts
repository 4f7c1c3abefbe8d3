/** The reverse walks: which ptes try_to_unmap finds, in which order (mm/rmap.c, mm/ksm.c). */
import type { Vma } from './anonVma.ts';
import type { Page } from './memory.ts';
import type { Pte } from './mm.ts';

export interface Found {
  readonly name: string;
  readonly pte: Pte;
}

export interface Walk {
  readonly result: 'SWAP_SUCCESS' | 'SWAP_AGAIN' | 'SWAP_FAIL';
  readonly found: readonly Found[];
  readonly left: number;
}

/** try_to_unmap, without changing anything. */
export function walk(page: Page): Walk {
  const found: Found[] = [];
  const { mapping } = page;
  let result: Walk['result'] = 'SWAP_AGAIN';
  if (mapping !== null && 'node' in mapping) {
    if (mapping.node === null) result = 'SWAP_FAIL';
    else visit(page, found, ksmPlaces(mapping.node.hlist));
  } else if (mapping !== null && page.mapcount > 0) {
    visit(page, found, anonPlaces(page, mapping.anonVma.tree));
  }
  const left = page.mapcount - found.length;
  return { result: left === 0 ? 'SWAP_SUCCESS' : result, found, left };
}

interface Place {
  readonly vma: Vma;
  readonly at: number;
}

/** try_to_unmap_one at each place, until the page is mapped no more. */
function visit(page: Page, found: Found[], places: Iterable<Place>): void {
  const taken = new Set<Pte>();
  for (const { vma, at } of places) {
    const pte = vma.mm.ptes.get(at);
    if (pte !== undefined && pte.page === page && !taken.has(pte)) {
      taken.add(pte);
      found.push({ name: `${vma.mm.name}@${at}`, pte });
    }
    if (found.length === page.mapcount) return;
  }
}

/** The interval query [index, index]. */
function* anonPlaces(page: Page, tree: readonly Vma[]): Iterable<Place> {
  for (const vma of tree) {
    const at = vma.start + (page.index - vma.pgoff);
    if (at >= vma.start && at < vma.end) yield { vma, at };
  }
}

/** First each item's own mm, then the others in the item's tree: forks that have no item yet. */
function* ksmPlaces(hlist: readonly KsmPlaceSource[]): Iterable<Place> {
  for (const isForForks of [false, true]) {
    for (const { mm, at, anonVma } of hlist) {
      for (const vma of anonVma?.tree ?? []) {
        if (at < vma.start || at >= vma.end) continue;
        if ((vma.mm !== mm) === isForForks) yield { vma, at };
      }
    }
  }
}

/** What the walk reads of an rmap_item. */
interface KsmPlaceSource {
  readonly mm: Vma['mm'];
  readonly at: number;
  readonly anonVma: { readonly tree: readonly Vma[] } | null;
}
