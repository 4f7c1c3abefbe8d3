/**
 * mm_slots and the cursor of ksmd (mm/ksm.c: struct mm_slot, ksm_scan, __ksm_enter, __ksm_exit).
 *
 * A slot's handle is its mm. The list head is a slot of its own, as ksm_mm_head is.
 */
import { int32, uint8 } from '../arena.ts';
import type { Registers } from '../registers.ts';
import type { KernelHooks } from '../strategies/strategy.ts';
import { NONE } from '../memory/frames.ts';

export class MmSlots {
  /** mms there can be: handles are 0 .. capacity - 1. */
  readonly capacity: number;
  /** Handle of the list head; the cursor stands here between passes. */
  readonly head: number;
  readonly next: Int32Array;
  readonly prev: Int32Array;
  /** 1: the mm has a slot (MMF_VM_MERGEABLE). */
  readonly present: Uint8Array;
  /** First rmap_item of each slot, ascending address. */
  readonly rmapList: Int32Array;
  /** ksm_scan.mm_slot. */
  cursor: number;
  readonly #hooks: KernelHooks;

  constructor(maxMm: number, hooks: KernelHooks = {}) {
    this.#hooks = hooks;
    this.capacity = maxMm;
    this.head = maxMm;
    this.next = int32(maxMm + 1).fill(NONE);
    this.prev = int32(maxMm + 1).fill(NONE);
    this.present = uint8(maxMm);
    this.rmapList = int32(maxMm).fill(NONE);
    this.next[this.head] = this.head;
    this.prev[this.head] = this.head;
    this.cursor = this.head;
  }

  registers(registers: Registers): void {
    this.cursor = registers.derived(this.cursor);
  }

  get isEmpty(): boolean {
    return this.next[this.head] === this.head;
  }

  /** __ksm_enter: right before the cursor, or at the end of the list while everything is being unmerged. */
  enter(mm: number, unmerging: boolean): void {
    this.present[mm] = 1;
    this.rmapList[mm] = NONE;
    this.#insertBefore(mm, unmerging ? this.head : (this.#hooks.mmEnters?.(mm) ?? this.cursor));
  }

  /** __ksm_exit. Returns true when the slot was freed at once (not the cursor, no rmap_items). */
  exit(mm: number): boolean {
    if (this.cursor === mm) return false;
    if (this.rmapList[mm] < 0) {
      this.remove(mm);
      return true;
    }
    this.#unlink(mm);
    this.#insertBefore(mm, this.next[this.cursor]);
    return false;
  }

  /** Takes the slot off the list; the caller has dealt with its rmap_items and the cursor. */
  remove(mm: number): void {
    this.#unlink(mm);
    this.present[mm] = 0;
  }

  /** Moves a slot to right before another one; one that is to stand before itself stays where it is. */
  moveBefore(mm: number, at: number): void {
    if (mm === at) return;
    this.#unlink(mm);
    this.#insertBefore(mm, at);
  }

  #insertBefore(mm: number, at: number): void {
    const before = this.prev[at];
    this.next[mm] = at;
    this.prev[mm] = before;
    this.next[before] = mm;
    this.prev[at] = mm;
  }

  #unlink(mm: number): void {
    const before = this.prev[mm];
    const after = this.next[mm];
    this.next[before] = after;
    this.prev[after] = before;
  }
}
