/** The reverse walks: which ptes try_to_unmap finds, in which order (mm/rmap.c, mm/ksm.c). */
import type { Vma } from './anonVma.ts';
import type { Page } from './memory.ts';
import type { Pte } from './mm.ts';

interface Found {
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
  const hasNoNode = mapping !== null && 'node' in mapping && mapping.node === null;
  if (page.mapcount > 0) visit(page, found, placesOf(page));
  const left = page.mapcount - found.length;
  return { result: left === 0 ? 'SWAP_SUCCESS' : hasNoNode ? 'SWAP_FAIL' : 'SWAP_AGAIN', found, left };
}

/** remove_migration_ptes: the entries for `from` that the walk of `to` comes to map `to`. */
export function restore(from: Page, to: Page): void {
  for (const { vma, at } of placesOf(to)) {
    const pte = vma.mm.ptes.get(at);
    if (pte === undefined || !pte.isMigration || pte.page !== from) continue;
    pte.isMigration = false;
    pte.page = to;
    to.mapcount++;
    to.count++;
  }
}

/** Where the page may be mapped, in the order of the walk. */
function placesOf(page: Page): Iterable<Place> {
  const { mapping } = page;
  if (mapping === null) return [];
  if ('anonVma' in mapping) return anonPlaces(page, mapping.anonVma.tree);
  return mapping.node === null ? [] : ksmPlaces(mapping.node.hlist);
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
    if (pte !== undefined && !pte.isMigration && pte.page === page && !taken.has(pte)) {
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
