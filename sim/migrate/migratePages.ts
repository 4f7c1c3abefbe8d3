/**
 * migrate_pages (mm/migrate.c) with MIGRATE_SYNC: up to ten passes over a list of isolated pages, waiting for locks and
 * writeback from the fourth pass on.
 */
import type { Registers } from '../registers.ts';
import { BLOCKED } from '../clock/actor.ts';
import { PageList } from './pageList.ts';
import { ERRNO, type UnmapAndMove } from './unmapAndMove.ts';

const PASSES = 10;
/** Passes 0..2 do not wait. */
const LAST_UNFORCED_PASS = 2;

/** What the tracepoint mm_migrate_pages says, summed over calls. */
export interface MigrateCounts {
  calls: number;
  migrated: number;
  /** Pages that were left behind, once for each call. */
  failed: number;
}

export class MigratePages {
  /** Return value once done: pages that failed (> 0), 0, or -ENOMEM. */
  result = 0;
  /** Passes of the last call. */
  passes = 0;
  /** Pages that moved to another frame in the last call. */
  migrated = 0;
  readonly #one: UnmapAndMove;
  readonly #counts: MigrateCounts;
  readonly #attempted: (pfn: number) => void;
  #list = new PageList();
  #at = 0;
  #retry = 0;
  #running = false;

  /** `counts` is added to; `attempted` is told of each unmap_and_move. */
  constructor(one: UnmapAndMove, counts: MigrateCounts, attempted: (pfn: number) => void) {
    this.#one = one;
    this.#counts = counts;
    this.#attempted = attempted;
  }

  get isIdle(): boolean {
    return !this.#running;
  }

  /** Page in work or next, NONE between passes. */
  get page(): number {
    return this.#list.at(this.#at);
  }

  /** Pages of the list that have not left it. */
  get pages(): number {
    return this.#list.length;
  }

  /** The list is its owner's. `isOver`: nobody asks for the result any more. */
  registers(registers: Registers, isOver: boolean): void {
    this.#running = registers.value(this.#running ? 1 : 0) !== 0;
    this.#at = registers.value(this.#running ? this.#at : 0);
    this.#retry = registers.value(this.#running ? this.#retry : 0);
    this.passes = registers.value(this.#running ? this.passes : 0);
    this.migrated = registers.derived(this.migrated);
    this.result = registers.value(isOver ? 0 : this.result);
    this.#one.registers(registers);
  }

  /** The next step only counts. */
  get nextIsPrivate(): boolean {
    return this.#running && this.#one.isIdle && this.#at >= this.#list.length;
  }

  /** `list`: isolated pages; those that leave it are removed in place, the others stay isolated. */
  begin(list: PageList): void {
    this.#list = list;
    this.#at = 0;
    this.#retry = 0;
    this.passes = list.length === 0 ? 0 : 1;
    this.migrated = 0;
    this.result = 0;
    this.#running = true;
  }

  step(who: number, cpu: number): number {
    const one = this.#one;
    if (one.isIdle) {
      if (this.#at >= this.#list.length) return this.#endOfPass();
      one.begin(this.page, this.passes - 1 > LAST_UNFORCED_PASS);
      this.#attempted(this.page);
    }
    const cost = one.step(who, cpu);
    if (cost === BLOCKED || !one.isIdle) return cost;
    if (one.rc === ERRNO.again) {
      this.#retry++;
      this.#at++;
    } else if (one.rc === ERRNO.noMemory) {
      this.#end(ERRNO.noMemory);
    } else {
      if (one.target >= 0) this.migrated++;
      this.#list.removeAt(this.#at);
    }
    return cost;
  }

  #endOfPass(): number {
    if (this.#retry === 0 || this.passes === PASSES) {
      this.#end(this.#retry);
      return 0;
    }
    this.passes++;
    this.#retry = 0;
    this.#at = 0;
    return 0;
  }

  #end(result: number): void {
    this.result = result;
    this.#running = false;
    this.#counts.calls++;
    this.#counts.migrated += this.migrated;
    this.#counts.failed += this.#list.length;
  }
}
