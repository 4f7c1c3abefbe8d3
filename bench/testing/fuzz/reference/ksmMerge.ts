/** cmp_and_merge_page and its helpers: what one visit of ksmd does with a page, and how each step fails (mm/ksm.c). */
import type { Vma } from './anonVma.ts';
import { type Faults, isKsm } from './faults.ts';
import { Unsound } from './errors.ts';
import type { KsmObjects, RmapItem } from './ksmObjects.ts';
import { insertStable, nodeOf, searchStable, searchUnstable } from './ksmTrees.ts';
import type { Page } from './memory.ts';
import { type Pte, vmaAt } from './mm.ts';
import { type Steps, whileLocked } from './steps.ts';

export class Merger {
  readonly #ksm: KsmObjects;
  readonly #faults: Faults;

  constructor(ksm: KsmObjects, faults: Faults) {
    this.#ksm = ksm;
    this.#faults = faults;
  }

  /** cmp_and_merge_page; ksmd holds a reference on the page. */
  *visit(item: RmapItem, page: Page): Steps {
    const ksm = this.#ksm;
    const node = nodeOf(page);
    if (node !== null && item.head === node) return;
    const kpage = yield* searchStable(ksm, page);
    if (kpage !== null) yield { point: 'match_found' };
    yield* ksm.leaveTree(item);
    if (kpage !== null) {
      if (yield* this.#mergeWith(item, page, kpage)) {
        yield { point: 'before_append' };
        yield* whileLocked(kpage);
        ksm.append(item, nodeOf(kpage)!);
      }
      ksm.memory.put(kpage);
      return;
    }
    if (item.checksum !== page.data) {
      item.checksum = page.data;
      return;
    }
    const match = searchUnstable(ksm, item, page);
    if (match === null) return;
    yield { point: 'match_found' };
    const isMerged = yield* this.#mergeTwo(item, page, match.item, match.page);
    ksm.memory.put(match.page);
    if (isMerged) yield* this.#toStable(item, match.item, page);
  }

  /** The two merged items get a stable node, or are undone, each in its own mm only. */
  *#toStable(item: RmapItem, treeItem: RmapItem, page: Page): Steps {
    yield { point: 'before_insert' };
    yield* whileLocked(page);
    const node = insertStable(this.#ksm, page);
    if (node !== null) {
      this.#ksm.append(treeItem, node);
      this.#ksm.append(item, node);
      return;
    }
    yield* this.#breakCow(treeItem);
    yield* this.#breakCow(item);
  }

  /** try_to_merge_two_pages: when the second half fails only the first item's mm is repaired. */
  *#mergeTwo(item: RmapItem, page: Page, treeItem: RmapItem, treePage: Page): Steps<boolean> {
    if (!(yield* this.#mergeWith(item, page, null))) return false;
    yield { point: 'between_merges' };
    if (yield* this.#mergeWith(treeItem, treePage, page)) return true;
    yield* this.#breakCow(item);
    return false;
  }

  /** try_to_merge_with_ksm_page; without `kpage` the page itself becomes a KSM page. */
  *#mergeWith(item: RmapItem, page: Page, kpage: Page | null): Steps<boolean> {
    if (item.mm.isExiting) return false;
    const vma = vmaAt(item.mm, item.at);
    if (vma === undefined) return false;
    if (!this.#mergeOne(vma, page, kpage)) return false;
    if (page !== kpage) {
      // mmap_sem is held for reading, and the page lock until now.
      this.#ksm.reading = item.mm;
      page.isLocked = true;
      yield { point: kpage === null ? 'upgraded_null' : 'replaced' };
      page.isLocked = false;
    } else if (vma.anonVma === null) throw new Unsound('3.10 takes a reference on an anon_vma that is not there');
    yield* this.#ksm.leaveTree(item);
    this.#ksm.reading = null;
    // From the vma, not from the page: the lesser bug.
    item.anonVma = vma.anonVma;
    return true;
  }

  /** try_to_merge_one_page. */
  #mergeOne(vma: Vma, page: Page, kpage: Page | null): boolean {
    if (page === kpage) return true;
    if (!vma.isMergeable || page.isLocked) return false;
    const pte = this.#writeProtect(vma, page);
    if (pte === null) return false;
    if (kpage === null) {
      page.mapping = { node: null };
      return true;
    }
    if (page.data !== kpage.data) return false;
    // replace_page
    const { memory } = this.#ksm;
    memory.get(kpage);
    kpage.mapcount++;
    pte.page = kpage;
    pte.isWritable = false;
    pte.isDirty = false;
    page.mapcount--;
    memory.put(page);
    return true;
  }

  /**
   * write_protect_page: a KSM page has no anon_vma, so it is always refused; so is one with references unaccounted for.
   */
  #writeProtect(vma: Vma, page: Page): Pte | null {
    if (page.mapping === null || isKsm(page) || !('anonVma' in page.mapping)) return null;
    if (vma.anonVma === null || vma.anonVma.root !== page.mapping.anonVma.root) return null;
    const at = vma.start + (page.index - vma.pgoff);
    if (at < vma.start || at >= vma.end) return null;
    const pte = vma.mm.ptes.get(at);
    if (pte === undefined || pte.isMigration || pte.page !== page) return null;
    if (pte.isWritable || pte.isDirty) {
      if (page.mapcount + 1 !== page.count) return null;
      pte.isWritable = false;
      pte.isDirty = false;
    }
    return pte;
  }

  /** break_cow. */
  *#breakCow(item: RmapItem): Steps {
    item.anonVma = null;
    if (item.mm.isExiting) return;
    const vma = vmaAt(item.mm, item.at);
    if (vma === undefined || !vma.isMergeable || vma.anonVma === null) return;
    this.#ksm.reading = item.mm;
    yield* this.#faults.breakKsmPage(vma, item.at);
    this.#ksm.reading = null;
  }
}
