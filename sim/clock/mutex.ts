/** A sleeping mutex: a failed tryLock registers the caller, unlock wakes all waiters and hands nothing over. */
export class Mutex {
  #held = false;
  readonly #waiters: number[] = [];
  readonly #woken: number[];

  /** `woken`: where actors to wake are put (`Locks.woken`). */
  constructor(woken: number[]) {
    this.#woken = woken;
  }

  tryLock(who: number): boolean {
    if (this.#held) {
      this.#waiters.push(who);
      return false;
    }
    this.#held = true;
    return true;
  }

  unlock(): void {
    this.#held = false;
    for (const who of this.#waiters) this.#woken.push(who);
    this.#waiters.length = 0;
  }
}
