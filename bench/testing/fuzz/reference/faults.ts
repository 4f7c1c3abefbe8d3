/** Write faults: first touch, reuse and copy-on-write (mm/memory.c), and the breaking of KSM pages (break_ksm). */
import { prepareAnonVma, type Vma } from './anonVma.ts';
import { Senseless } from './errors.ts';
import type { Memory, Page } from './memory.ts';
import type { Mm, Pte } from './mm.ts';
import { vmaAt } from './mm.ts';
import { type Steps, whileLocked } from './steps.ts';

export function isKsm(page: Page): boolean {
  return page.mapping !== null && 'node' in page.mapping;
}

export class Faults {
  readonly #memory: Memory;
  /** Pages named by us so far. */
  #unnamed = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** A user write of a whole page. `label` and `isCma` are for the page that it may need. */
  write(mm: Mm, at: number, data: string, label: string | null, isCma: boolean): void {
    const vma = vmaAt(mm, at);
    if (vma === undefined) throw new Senseless(`nothing is mapped at ${mm.name}@${at}`);
    let pte = mm.ptes.get(at);
    if (pte?.isMigration === true) throw new Senseless('the writer would sleep until the migration ends');
    if (pte === undefined || (!pte.isWritable && !this.#canReuse(pte.page))) {
      const frame = isCma ? this.#memory.freeCmaFrame() : null;
      if (isCma && frame === null) throw new Senseless('the CMA area is full');
      pte = this.#newPage(vma, at, data, label, frame);
    } else if (!pte.isWritable) {
      // reuse_swap_page said yes: page_move_anon_rmap.
      pte.page.mapping = { anonVma: vma.anonVma! };
      pte.isWritable = true;
    }
    pte.isDirty = true;
    pte.page.data = data;
  }

  /** break_ksm by ksmd: at a migration entry it waits, with a reference on the page. */
  *breakKsmPage(vma: Vma, at: number): Steps {
    for (let pte = vma.mm.ptes.get(at); pte?.isMigration === true; pte = vma.mm.ptes.get(at)) {
      const { page } = pte;
      this.#memory.get(page);
      yield* whileLocked(page);
      this.#memory.put(page);
    }
    this.breakKsm(vma, at, at + 1);
  }

  /** break_ksm over a range of one vma, none of which is under migration. */
  breakKsm(vma: Vma, start: number, end: number): void {
    for (let at = start; at < end; at++) {
      const pte = vma.mm.ptes.get(at);
      if (pte !== undefined && isKsm(pte.page)) this.#newPage(vma, at, pte.page.data, null, null);
    }
  }

  /** do_wp_page: an anonymous page mapped once is reused, a KSM page never; page_count does not matter. */
  #canReuse(page: Page): boolean {
    if (isKsm(page)) return false;
    if (page.isLocked) throw new Senseless('the writer would sleep on a page lock');
    return page.mapcount <= 1;
  }

  /** do_anonymous_page, or the copy of do_wp_page: the old page is let go last. */
  #newPage(vma: Vma, at: number, data: string, label: string | null, frame: number | null): Pte {
    const { mm } = vma;
    prepareAnonVma(vma);
    const page = this.#memory.allocate(label ?? `${mm.name}@${at}#${++this.#unnamed}`, frame, data);
    page.mapping = { anonVma: vma.anonVma! };
    page.index = vma.pgoff + (at - vma.start);
    page.mapcount = 1;
    this.#memory.addNew(page);
    const old = mm.ptes.get(at);
    const pte = { page, isWritable: true, isDirty: true, isMigration: false };
    mm.ptes.set(at, pte);
    if (old !== undefined) {
      old.page.mapcount--;
      this.#memory.put(old.page);
    }
    return pte;
  }
}
