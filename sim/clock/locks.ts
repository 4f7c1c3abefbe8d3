/**
 * Sleeping locks: the page lock (PG_locked) and mmap_sem.
 *
 * Mirrors lock_page/unlock_page (mm/filemap.c) and rw_semaphore as far as order matters: unlocking wakes every waiter
 * and hands nothing over, so whoever runs first takes the lock; a waiting writer does not hold up new readers
 * (difference: in the kernel it does; ksmd and one task are the only two users of an mmap_sem here).
 */
import { int32, uint8 } from '../arena.ts';
import { PG, type Frames } from '../memory/frames.ts';

export class Locks {
  /** Actors to wake, filled by unlocks and emptied by whoever runs the actors. */
  readonly woken: number[] = [];
  readonly #flags: Uint16Array;
  readonly #pageWaiters = new Map<number, number[]>();
  readonly #mmWaiters = new Map<number, number[]>();
  readonly #readers: Int32Array;
  readonly #writer: Uint8Array;

  constructor(frames: Frames, maxMm: number) {
    this.#flags = frames.flags;
    this.#readers = int32(maxMm);
    this.#writer = uint8(maxMm);
  }

  isPageLocked(pfn: number): boolean {
    return (this.#flags[pfn] & PG.locked) !== 0;
  }

  tryLockPage(pfn: number): boolean {
    if ((this.#flags[pfn] & PG.locked) !== 0) return false;
    this.#flags[pfn] |= PG.locked;
    return true;
  }

  unlockPage(pfn: number): void {
    this.#flags[pfn] &= ~PG.locked;
    if (this.#pageWaiters.size > 0) this.#wake(this.#pageWaiters, pfn);
  }

  /** Actor `who` is woken at the next unlock of the page (also used for end_page_writeback). */
  waitOnPage(pfn: number, who: number): void {
    add(this.#pageWaiters, pfn, who);
  }

  /** Wakes waiters without an unlock: end of writeback. */
  wakePage(pfn: number): void {
    if (this.#pageWaiters.size > 0) this.#wake(this.#pageWaiters, pfn);
  }

  tryReadMm(mm: number): boolean {
    if (this.#writer[mm] !== 0) return false;
    this.#readers[mm]++;
    return true;
  }

  readUnlockMm(mm: number): void {
    this.#readers[mm]--;
    if (this.#readers[mm] === 0 && this.#mmWaiters.size > 0) this.#wake(this.#mmWaiters, mm);
  }

  tryWriteMm(mm: number): boolean {
    if (this.#writer[mm] !== 0 || this.#readers[mm] !== 0) return false;
    this.#writer[mm] = 1;
    return true;
  }

  writeUnlockMm(mm: number): void {
    this.#writer[mm] = 0;
    if (this.#mmWaiters.size > 0) this.#wake(this.#mmWaiters, mm);
  }

  isMmWriteLocked(mm: number): boolean {
    return this.#writer[mm] !== 0;
  }

  isMmReadLocked(mm: number): boolean {
    return this.#readers[mm] !== 0;
  }

  waitOnMm(mm: number, who: number): void {
    add(this.#mmWaiters, mm, who);
  }

  /** Nobody is told of an unlock: for whoever tries again by itself. */
  forgetWaiters(): void {
    if (this.woken.length > 0) this.woken.length = 0;
    if (this.#pageWaiters.size > 0) this.#pageWaiters.clear();
    if (this.#mmWaiters.size > 0) this.#mmWaiters.clear();
  }

  #wake(queues: Map<number, number[]>, key: number): void {
    const queue = queues.get(key);
    if (queue === undefined) return;
    queues.delete(key);
    for (const who of queue) this.woken.push(who);
  }
}

function add(queues: Map<number, number[]>, key: number, who: number): void {
  const queue = queues.get(key);
  if (queue === undefined) queues.set(key, [who]);
  else queue.push(who);
}
