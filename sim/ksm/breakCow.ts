/**
 * break_cow, break_ksm and unmerge_ksm_pages (mm/ksm.c): give one mm its own copy of a KSM page again.
 *
 * Out of memory leaves the page merged. Differences: unmerge_ksm_pages goes on behind such a page, where the kernel
 * gives up the range; ksmd sleeps at once at a page under migration, without the vendor's delay before.
 */
import type { Registers } from '../registers.ts';
import { BLOCKED } from '../clock/actor.ts';
import type { Locks } from '../clock/locks.ts';
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import type { AddressSpaces } from '../process/addressSpaces.ts';
import { REPEAT, type Faults } from '../process/faults.ts';
import { PTE, PTE_SHIFT, type PageTables } from '../process/pageTables.ts';
import { VM, type Vmas } from '../process/vmas.ts';
import type { KsmObjects } from './objects.ts';

export class BreakCow {
  /** Page under migration that the last `ofItem` sleeps on, NONE otherwise. */
  waitingFor = NONE;
  /** mm whose mmap_sem `ofItem` holds while it sleeps there. */
  #reading = NONE;
  readonly #frames: Frames;
  readonly #tables: PageTables;
  readonly #vmas: Vmas;
  readonly #spaces: AddressSpaces;
  readonly #faults: Faults;
  readonly #locks: Locks;
  readonly #objects: KsmObjects;

  constructor(
    frames: Frames,
    tables: PageTables,
    vmas: Vmas,
    spaces: AddressSpaces,
    faults: Faults,
    locks: Locks,
    objects: KsmObjects,
  ) {
    this.#frames = frames;
    this.#tables = tables;
    this.#vmas = vmas;
    this.#spaces = spaces;
    this.#faults = faults;
    this.#locks = locks;
    this.#objects = objects;
  }

  registers(registers: Registers): void {
    this.waitingFor = registers.page(this.waitingFor);
    // Whose mmap_sem it holds follows from the item in work.
    const isReading = registers.value(this.#reading === NONE ? 0 : 1) !== 0;
    this.#reading = isReading ? registers.derived(this.#reading) : NONE;
  }

  /** break_cow(rmap_item), again until it is not BLOCKED: the anon_vma reference goes, then the page is copied. */
  ofItem(item: number, who: number, cpu: number): number {
    // wait_on_page_locked: the ptes are back before the lock is dropped.
    if (this.waitingFor !== NONE && this.#locks.isPageLocked(this.waitingFor)) {
      this.#locks.waitOnPage(this.waitingFor, who);
      return BLOCKED;
    }
    // Awake again: the page may be no KSM page by now, so that no fault drops the reference.
    this.#faults.abandonWait(who, cpu);
    const objects = this.#objects;
    if (objects.itemAnonVma[item] >= 0) {
      this.#vmas.anonVmas.put(objects.itemAnonVma[item]);
      objects.itemAnonVma[item] = NONE;
    }
    const mm = objects.itemMm[item];
    const vpn = objects.itemAddress[item];
    this.waitingFor = NONE;
    if (this.#spaces.alive[mm] === 0) return 0;
    if (this.#reading === NONE && !this.#locks.tryReadMm(mm)) {
      this.#locks.waitOnMm(mm, who);
      return BLOCKED;
    }
    const vma = this.#vmas.covering(mm, vpn);
    const isMergeable = vma >= 0 && (this.#vmas.flags[vma] & VM.mergeable) !== 0 && this.#vmas.anonVma[vma] >= 0;
    const cost = isMergeable ? this.breakKsm(mm, vpn, cpu, who) : 0;
    if (cost === BLOCKED) {
      this.#reading = mm;
      this.waitingFor = this.#tables.get(mm, vpn) >> PTE_SHIFT;
      return BLOCKED;
    }
    this.#reading = NONE;
    this.#locks.readUnlockMm(mm);
    return cost;
  }

  /** break_ksm at one address: ns, or BLOCKED on the lock of a page under migration. */
  breakKsm(mm: number, vpn: number, cpu: number, who: number): number {
    const entry = this.#tables.get(mm, vpn);
    const isMapped = (entry & PTE.present) !== 0 && (entry & PTE.zero) === 0;
    if ((entry & PTE.migration) === 0 && !isMapped) return 0;
    if (isMapped && this.#frames.kind[entry >> PTE_SHIFT] !== KIND.ksm) return 0;
    let cost = this.#faults.breakCow(mm, vpn, cpu, who);
    // The vendor's delay: the wait follows it.
    if (cost === REPEAT) cost = this.#faults.breakCow(mm, vpn, cpu, who);
    if (cost === BLOCKED) return BLOCKED;
    return Math.max(0, cost);
  }

  /** unmerge_ksm_pages over [start, end); pages under migration, which only a script can meet, are left. Returns ns. */
  range(mm: number, start: number, end: number, cpu: number, who: number): number {
    let cost = 0;
    for (let vpn = start; vpn < end; vpn++) {
      if (this.#tables.slot(mm, vpn) < 0) continue;
      cost += Math.max(0, this.breakKsm(mm, vpn, cpu, who));
    }
    return cost;
  }
}
