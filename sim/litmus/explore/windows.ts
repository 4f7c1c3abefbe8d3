/**
 * The ledger of an exploration: why each unfindable pte is so, as one byte a pte in the arena, so that it is saved and
 * restored with the rest of the state.
 *
 * Names causes as `truth/ledger.ts` does. Difference: what is findable again is found out when a state is looked at
 * (`settlePte`), not at each event; nothing is timed.
 */
import { uint8 } from '../../arena.ts';
import { MIGRATE_STAGE } from '../../events.ts';
import type { Cause } from '../../observations.ts';
import { KIND } from '../../memory/frames.ts';
import { PTE_SHIFT } from '../../process/pageTables.ts';
import { Ledger, type LedgerParts } from '../../truth/ledger.ts';

/** Causes of windows; the code of one is its index + 1, 0 is none. */
export const WINDOW_CAUSES = ['B1', 'B2', 'B3', 'B3null', 'B4', 'B6', 'unknown'] as const satisfies readonly Cause[];
export type WindowCause = (typeof WINDOW_CAUSES)[number];

const B1 = 1;
const B2 = 2;
const B3 = 3;
const B3NULL = 4;
const B4 = 5;
const B6 = 6;
export const UNKNOWN = 7;

export class Windows extends Ledger {
  /** Code of the cause by entry of the page tables; right for a present pte of a KSM page after `settlePte`. */
  readonly causes: Uint8Array;
  readonly #parts: LedgerParts;

  constructor(parts: LedgerParts) {
    super(parts);
    this.#parts = parts;
    this.causes = uint8(parts.tables.entries.length);
  }

  /** The cause of a pte that maps the KSM page: 0 when the reverse walk finds it. */
  settlePte(mm: number, vpn: number, slot: number, pfn: number): number {
    const { causes } = this;
    if (this.isFindable(mm, vpn, pfn)) causes[slot] = 0;
    else if (causes[slot] === 0) causes[slot] = UNKNOWN;
    return causes[slot];
  }

  override settle(): void {
    // Nothing is booked late.
  }

  override rangeBusy(): void {
    // Nobody asks why a range failed.
  }

  override upgraded(pfn: number, anonVma: number, index: number): void {
    const { vmas } = this.#parts;
    this.#eachPte(
      anonVma,
      pfn,
      (vma) => vmas.addressOf(vma, index),
      (slot) => (this.causes[slot] = B3NULL),
    );
  }

  override replaced(mm: number, vpn: number): void {
    this.causes[this.#parts.tables.slot(mm, vpn)] = B3;
  }

  override appended(): void {
    // Seen when the state is looked at.
  }

  override nodeInserted(pfn: number): void {
    this.#rename(pfn, (cause) => (cause === B3NULL ? B2 : cause));
  }

  override mergeAbandoned(pfn: number): void {
    this.#rename(pfn, (cause) => (cause === B3NULL || cause === B3 ? B6 : cause));
  }

  override itemRemoved(item: number, pfn: number): void {
    const { objects, hooks } = this.#parts;
    const vpn = objects.itemAddress[item];
    const lost: number[] = [];
    let cause = B1;
    const note = (slot: number, mm: number): void => {
      if (this.isFindable(mm, vpn, pfn)) return;
      lost.push(slot);
      // An item whose own pte still maps the page can only have gone because ksmd saw a migration entry there.
      if (mm === objects.itemMm[item]) cause = B4;
    };
    const anonVma = objects.itemAnonVma[item];
    this.#eachPte(anonVma, pfn, () => vpn, note);
    // What a strategy finds besides lies anywhere.
    if (hooks.reaches !== undefined) this.#eachPteAt(vpn, pfn, note);
    for (const slot of lost) if (this.causes[slot] === 0) this.causes[slot] = cause;
  }

  override slotChanged(mm: number): void {
    const { frames, hooks, tables, vmas } = this.#parts;
    if (hooks.reaches === undefined) return;
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
      for (let vpn = vmas.start[vma]; vpn < vmas.end[vma]; vpn++) {
        const pfn = tables.get(mm, vpn) >> PTE_SHIFT;
        if (!tables.mapsPage(mm, vpn, pfn) || frames.kind[pfn] !== KIND.ksm) continue;
        const slot = tables.slot(mm, vpn);
        if (this.isFindable(mm, vpn, pfn)) this.causes[slot] = 0;
        else if (this.causes[slot] === 0) this.causes[slot] = B2;
      }
    }
  }

  override unmapped(mm: number, vpn: number): void {
    const slot = this.#parts.tables.slot(mm, vpn);
    if (slot >= 0) this.causes[slot] = 0;
  }

  override moved(mm: number, from: number, to: number): void {
    const { tables } = this.#parts;
    const old = tables.slot(mm, from);
    // As in the ledger: only a vma that is not mergeable moves KSM pages.
    this.causes[tables.slot(mm, to)] = this.causes[old] === 0 ? B2 : this.causes[old];
    this.causes[old] = 0;
  }

  override forked(parent: number, child: number): void {
    const { vmas, tables } = this.#parts;
    for (let vma = vmas.first[parent]; vma >= 0; vma = vmas.next[vma]) {
      for (let vpn = vmas.start[vma]; vpn < vmas.end[vma]; vpn++) {
        const slot = tables.slot(parent, vpn);
        if (slot >= 0 && this.causes[slot] !== 0) this.causes[tables.slot(child, vpn)] = this.causes[slot];
      }
    }
  }

  override migrated(from: number, to: number): void {
    this.onMigrated?.(from, to);
  }

  override migrationFailed(_pfn: number, stage: number): void {
    // An exploration looks at what can be found, not at what was tried; but memory must not run out on its small
    // machine.
    if (stage === MIGRATE_STAGE.noTarget) throw new RangeError('no free frame is left for a migration of the script');
  }

  #rename(pfn: number, change: (cause: number) => number): void {
    const { causes } = this;
    const { entries } = this.#parts.tables;
    for (let slot = 0; slot < causes.length; slot++) {
      if (causes[slot] !== 0 && entries[slot] >> PTE_SHIFT === pfn) causes[slot] = change(causes[slot]);
    }
  }

  /** ptes at `vpn` that map the page, in every address space. */
  #eachPteAt(vpn: number, pfn: number, visit: (slot: number, mm: number) => void): void {
    const { tables } = this.#parts;
    for (let mm = 0; mm < tables.mms; mm++) if (tables.mapsPage(mm, vpn, pfn)) visit(tables.slot(mm, vpn), mm);
  }

  /** ptes that map the page, at the address `vpnIn(vma)` of each vma in the anon_vma's tree. */
  #eachPte(
    anonVma: number,
    pfn: number,
    vpnIn: (vma: number) => number,
    visit: (slot: number, mm: number) => void,
  ): void {
    const { vmas, tables } = this.#parts;
    const { treeHead, avcVma, avcNextInTree } = vmas.anonVmas;
    for (let avc = treeHead[anonVma]; avc >= 0; avc = avcNextInTree[avc]) {
      const vma = avcVma[avc];
      const vpn = vpnIn(vma);
      if (vpn < vmas.start[vma] || vpn >= vmas.end[vma]) continue;
      const mm = vmas.mm[vma];
      if (tables.mapsPage(mm, vpn, pfn)) visit(tables.slot(mm, vpn), mm);
    }
  }
}
