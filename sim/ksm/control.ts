/**
 * What user space asks of KSM: madvise(MADV_MERGEABLE, MADV_UNMERGEABLE), mremap's unmerging, and the sysfs files run
 * and, since 4.13, max_page_sharing (mm/ksm.c: ksm_madvise, run_store, unmerge_and_remove_all_rmap_items,
 * remove_all_stable_nodes, max_page_sharing_store).
 *
 * Difference: run = 2 waits for nobody: it is one step, and takes no page locks.
 */
import type { KernelEvents } from '../events.ts';
import { NONE } from '../memory/frames.ts';
import type { AddressSpaces } from '../process/addressSpaces.ts';
import type { PageTables } from '../process/pageTables.ts';
import { VM, type Vmas } from '../process/vmas.ts';
import type { BreakCow } from './breakCow.ts';
import type { Cursor } from './cursor.ts';
import type { ItemRemoval } from './itemRemoval.ts';
import type { Ksmd } from './ksmd.ts';
import type { KsmObjects } from './objects.ts';
import type { MmSlots } from './slots.ts';
import type { StableTree } from './stableTree.ts';
import type { KernelHooks } from '../strategies/strategy.ts';

const EBUSY = -16;
const EINVAL = -22;

export interface ControlParts {
  readonly tables: PageTables;
  readonly vmas: Vmas;
  readonly spaces: AddressSpaces;
  readonly slots: MmSlots;
  readonly objects: KsmObjects;
  readonly stable: StableTree;
  readonly cursor: Cursor;
  readonly removal: ItemRemoval;
  readonly breakCow: BreakCow;
  readonly ksmd: Ksmd;
  readonly events: KernelEvents;
  readonly hooks: KernelHooks;
}

export class KsmControl {
  readonly #p: ControlParts;

  constructor(parts: ControlParts) {
    this.#p = parts;
  }

  /** MADV_MERGEABLE on [start, start + pages): vmas are split at its ends. */
  madviseMergeable(mm: number, start: number, pages: number): void {
    this.#eachVmaIn(mm, start, start + pages, (vma, from, to) => {
      if ((this.#p.vmas.flags[vma] & (VM.mergeable | VM.shared)) !== 0) return;
      if (this.#p.slots.present[mm] === 0) {
        this.#p.slots.enter(mm, this.#p.spaces.unmerging);
        this.#p.events.slotChanged(mm);
      }
      this.#splitTo(vma, from, to, (part) => (this.#p.vmas.flags[part] |= VM.mergeable));
    });
  }

  /**
   * MADV_UNMERGEABLE: KSM pages of the range are copied, the flag goes, rmap_items stay until ksmd comes. Returns ns.
   */
  madviseUnmergeable(mm: number, start: number, pages: number, cpu: number, who: number): number {
    let cost = 0;
    this.#eachVmaIn(mm, start, start + pages, (vma, from, to) => {
      if ((this.#p.vmas.flags[vma] & VM.mergeable) === 0) return;
      if (this.#p.vmas.anonVma[vma] >= 0) cost += this.#p.breakCow.range(mm, from, to, cpu, who);
      this.#splitTo(vma, from, to, (part) => (this.#p.vmas.flags[part] &= ~VM.mergeable));
      this.#p.vmas.shrunk[mm] = 1;
      this.#p.tables.unrankRange(mm, from, to);
    });
    return cost;
  }

  /** mremap of pages inside one vma to a free range: KSM pages are copied first, VM_MERGEABLE stays. Returns ns. */
  mremap(mm: number, from: number, pages: number, to: number, cpu: number, who: number): number {
    const vmas = this.#p.vmas;
    const vma = vmas.covering(mm, from);
    if (vma < 0 || vmas.end[vma] < from + pages) throw new RangeError('mremap: the range is not inside one mapping');
    const isUnmerged = (vmas.flags[vma] & VM.mergeable) !== 0 || this.#p.hooks.unmergesMoved === true;
    const cost = isUnmerged && vmas.anonVma[vma] >= 0 ? this.#p.breakCow.range(mm, from, from + pages, cpu, who) : 0;
    const isUntouched = vmas.file[vma] < 0 && vmas.anonVma[vma] < 0;
    const pgoff = isUntouched ? to : vmas.indexOf(vma, from);
    const moved = vmas.create(mm, to, to + pages, pgoff, vmas.flags[vma], vmas.file[vma]);
    vmas.anonVma[moved] = vmas.anonVma[vma];
    vmas.anonVmas.clone(vma, moved);
    this.#p.spaces.movePtes(mm, from, to, pages);
    this.#p.spaces.munmap(mm, from, pages, cpu);
    return cost;
  }

  /** A write to /sys/kernel/mm/ksm/run, between two items of ksmd. */
  setRun(value: number, cpu: number, who: number): void {
    if (this.#p.ksmd.run === value) return;
    this.#p.ksmd.run = value;
    this.#p.spaces.unmerging = value === 2;
    if (value === 2) this.#unmergeEverything(cpu, who);
  }

  /**
   * A write to /sys/kernel/mm/ksm/max_page_sharing, between two items of ksmd: 0, -EINVAL below 2 or where the kernel
   * has no such file, -EBUSY while pages are shared or a KSM page is still mapped.
   */
  setMaxPageSharing(value: number): number {
    const { chains } = this.#p.stable;
    if (chains === null || value < 2) return EINVAL;
    if (chains.limit === value) return 0;
    if (this.#p.objects.pagesShared > 0 || !this.#removeAllStableNodes()) return EBUSY;
    chains.limit = value;
    return 0;
  }

  /** remove_all_stable_nodes: false when a page was still mapped. */
  #removeAllStableNodes(): boolean {
    const tree = this.#p.objects.stable;
    while (tree.root >= 0) if (!this.#p.stable.removeUnmapped(tree.root)) return false;
    return true;
  }

  #unmergeEverything(cpu: number, who: number): void {
    const slots = this.#p.slots;
    const vmas = this.#p.vmas;
    for (let mm = slots.next[slots.head]; mm !== slots.head;) {
      const next = slots.next[mm];
      for (let vma = vmas.first[mm]; vma >= 0 && this.#p.spaces.alive[mm] !== 0; vma = vmas.next[vma]) {
        if ((vmas.flags[vma] & VM.mergeable) === 0 || vmas.anonVma[vma] < 0) continue;
        this.#p.breakCow.range(mm, vmas.start[vma], vmas.end[vma], cpu, who);
      }
      for (let item = slots.rmapList[mm]; item >= 0;) {
        const after = this.#p.objects.itemNext[item];
        this.#p.removal.removeNow(item, this.#p.cursor.seqnr);
        item = after;
      }
      slots.rmapList[mm] = NONE;
      if (this.#p.spaces.alive[mm] === 0) {
        slots.remove(mm);
        this.#p.spaces.dropIfUnused(mm);
      }
      mm = next;
    }
    this.#removeAllStableNodes();
    slots.cursor = slots.head;
    this.#p.cursor.restart(0);
  }

  #eachVmaIn(mm: number, start: number, end: number, visit: (vma: number, from: number, to: number) => void): void {
    for (let at = start; at < end;) {
      const vma = this.#p.vmas.find(mm, at);
      if (vma < 0 || this.#p.vmas.start[vma] >= end) return;
      const from = Math.max(at, this.#p.vmas.start[vma]);
      const to = Math.min(end, this.#p.vmas.end[vma]);
      visit(vma, from, to);
      at = to;
    }
  }

  /** madvise_behavior: splits the vma so that [from, to) is one of its own, then changes that part. */
  #splitTo(vma: number, from: number, to: number, change: (part: number) => void): void {
    if (from !== this.#p.vmas.start[vma]) this.#p.vmas.split(vma, from, true);
    if (to !== this.#p.vmas.end[vma]) this.#p.vmas.split(vma, to, false);
    change(vma);
  }
}
