/**
 * What user space asks of KSM: madvise(MADV_MERGEABLE, MADV_UNMERGEABLE), mremap's unmerging, and the sysfs file run
 * (mm/ksm.c: ksm_madvise, unmerge_and_remove_all_rmap_items, remove_all_stable_nodes).
 *
 * Difference: run = 2 waits for nobody: it is one step, and takes no page locks.
 */
import { NONE } from '../memory/frames.ts';
import type { AddressSpaces } from '../process/addressSpaces.ts';
import { VM, type Vmas } from '../process/vmas.ts';
import type { BreakCow } from './breakCow.ts';
import type { Cursor } from './cursor.ts';
import type { ItemRemoval } from './itemRemoval.ts';
import type { Ksmd } from './ksmd.ts';
import type { KsmObjects } from './objects.ts';
import type { MmSlots } from './slots.ts';
import type { StableTree } from './stableTree.ts';

const EBUSY = -16;
const EINVAL = -22;

export class KsmControl {
  readonly #vmas: Vmas;
  readonly #spaces: AddressSpaces;
  readonly #slots: MmSlots;
  readonly #objects: KsmObjects;
  readonly #stable: StableTree;
  readonly #cursor: Cursor;
  readonly #removal: ItemRemoval;
  readonly #breakCow: BreakCow;
  readonly #ksmd: Ksmd;

  constructor(
    vmas: Vmas,
    spaces: AddressSpaces,
    slots: MmSlots,
    objects: KsmObjects,
    stable: StableTree,
    cursor: Cursor,
    removal: ItemRemoval,
    breakCow: BreakCow,
    ksmd: Ksmd,
  ) {
    this.#vmas = vmas;
    this.#spaces = spaces;
    this.#slots = slots;
    this.#objects = objects;
    this.#stable = stable;
    this.#cursor = cursor;
    this.#removal = removal;
    this.#breakCow = breakCow;
    this.#ksmd = ksmd;
  }

  /** MADV_MERGEABLE on [start, start + pages): vmas are split at its ends. */
  madviseMergeable(mm: number, start: number, pages: number): void {
    this.#eachVmaIn(mm, start, start + pages, (vma, from, to) => {
      if ((this.#vmas.flags[vma] & (VM.mergeable | VM.shared)) !== 0) return;
      if (this.#slots.present[mm] === 0) this.#slots.enter(mm, this.#spaces.unmerging);
      this.#splitTo(vma, from, to, (part) => (this.#vmas.flags[part] |= VM.mergeable));
    });
  }

  /** MADV_UNMERGEABLE: KSM pages of the range are copied, the flag goes, rmap_items stay until ksmd comes. Returns ns. */
  madviseUnmergeable(mm: number, start: number, pages: number, cpu: number, who: number): number {
    let cost = 0;
    this.#eachVmaIn(mm, start, start + pages, (vma, from, to) => {
      if ((this.#vmas.flags[vma] & VM.mergeable) === 0) return;
      if (this.#vmas.anonVma[vma] >= 0) cost += this.#breakCow.range(mm, from, to, cpu, who);
      this.#splitTo(vma, from, to, (part) => (this.#vmas.flags[part] &= ~VM.mergeable));
      this.#vmas.shrunk[mm] = 1;
    });
    return cost;
  }

  /** mremap of [from, from + pages) inside one vma to a free range: KSM pages are copied first, VM_MERGEABLE stays. Returns ns. */
  mremap(mm: number, from: number, pages: number, to: number, cpu: number, who: number): number {
    const vmas = this.#vmas;
    const vma = vmas.covering(mm, from);
    if (vma < 0 || vmas.end[vma] < from + pages) throw new RangeError('mremap: the range is not inside one mapping');
    const isMergeable = (vmas.flags[vma] & VM.mergeable) !== 0 && vmas.anonVma[vma] >= 0;
    const cost = isMergeable ? this.#breakCow.range(mm, from, from + pages, cpu, who) : 0;
    const isUntouched = vmas.file[vma] < 0 && vmas.anonVma[vma] < 0;
    const pgoff = isUntouched ? to : vmas.indexOf(vma, from);
    const moved = vmas.create(mm, to, to + pages, pgoff, vmas.flags[vma], vmas.file[vma]);
    vmas.anonVma[moved] = vmas.anonVma[vma];
    vmas.anonVmas.clone(vma, moved);
    this.#spaces.movePtes(mm, from, to, pages);
    this.#spaces.munmap(mm, from, pages, cpu);
    return cost;
  }

  /** A write to /sys/kernel/mm/ksm/run, between two items of ksmd. */
  setRun(value: number, cpu: number, who: number): void {
    if (this.#ksmd.run === value) return;
    this.#ksmd.run = value;
    this.#spaces.unmerging = value === 2;
    if (value === 2) this.#unmergeEverything(cpu, who);
  }

  /**
   * A write to /sys/kernel/mm/ksm/max_page_sharing, between two items of ksmd: 0, -EINVAL below 2 or where the kernel has
   * no such file, -EBUSY while pages are shared or a KSM page is still mapped.
   */
  setMaxPageSharing(value: number): number {
    const { chains } = this.#stable;
    if (chains === null || value < 2) return EINVAL;
    if (chains.limit === value) return 0;
    if (this.#objects.pagesShared > 0 || !this.#removeAllStableNodes()) return EBUSY;
    chains.limit = value;
    return 0;
  }

  /** remove_all_stable_nodes: false when a page was still mapped. */
  #removeAllStableNodes(): boolean {
    const tree = this.#objects.stable;
    while (tree.root >= 0) if (!this.#stable.removeUnmapped(tree.root)) return false;
    return true;
  }

  #unmergeEverything(cpu: number, who: number): void {
    const slots = this.#slots;
    const vmas = this.#vmas;
    for (let mm = slots.next[slots.head]; mm !== slots.head;) {
      const next = slots.next[mm];
      for (let vma = vmas.first[mm]; vma >= 0 && this.#spaces.alive[mm] !== 0; vma = vmas.next[vma]) {
        if ((vmas.flags[vma] & VM.mergeable) === 0 || vmas.anonVma[vma] < 0) continue;
        this.#breakCow.range(mm, vmas.start[vma], vmas.end[vma], cpu, who);
      }
      for (let item = slots.rmapList[mm]; item >= 0;) {
        const after = this.#objects.itemNext[item];
        this.#removal.removeNow(item, this.#cursor.seqnr);
        item = after;
      }
      slots.rmapList[mm] = NONE;
      if (this.#spaces.alive[mm] === 0) {
        slots.remove(mm);
        this.#spaces.dropIfUnused(mm);
      }
      mm = next;
    }
    this.#removeAllStableNodes();
    slots.cursor = slots.head;
    this.#cursor.restart(0);
  }

  #eachVmaIn(mm: number, start: number, end: number, visit: (vma: number, from: number, to: number) => void): void {
    for (let at = start; at < end;) {
      const vma = this.#vmas.find(mm, at);
      if (vma < 0 || this.#vmas.start[vma] >= end) return;
      const from = Math.max(at, this.#vmas.start[vma]);
      const to = Math.min(end, this.#vmas.end[vma]);
      visit(vma, from, to);
      at = to;
    }
  }

  /** madvise_behavior: splits the vma so that [from, to) is one of its own, then changes that part. */
  #splitTo(vma: number, from: number, to: number, change: (part: number) => void): void {
    if (from !== this.#vmas.start[vma]) this.#vmas.split(vma, from, true);
    if (to !== this.#vmas.end[vma]) this.#vmas.split(vma, to, false);
    change(vma);
  }
}
