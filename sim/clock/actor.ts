/**
 * What can act: ksmd, a process, a CMA client, kswapd, a pin holder. Each performs one indivisible step at a time and
 * says how it goes on. Between two steps anybody may overtake.
 */

/** Step results below zero; a result >= 0 is CPU time in ns after which the actor's next step follows. */
export const BLOCKED = -1;
/** The actor is finished and never runs again. */
export const FINISHED = -2;

/** Result of a step that ends in a sleep of `ns` off the CPU (0: let others run first). */
export function sleepFor(ns: number): number {
  return -3 - ns;
}

/** Added to the ns of a deferrable sleep: more than any sleep lasts, and exact in a double together with one. */
const DEFERRABLE = 2 ** 52;

/**
 * Result of a step that ends in a sleep on a deferrable timer (include/linux/timer.h: TIMER_DEFERRABLE): when `ns` are
 * over it waits until the CPU that the actor ran on has something to do.
 */
export function sleepDeferrably(ns: number): number {
  return sleepFor(ns) - DEFERRABLE;
}

export function isDeferrable(result: number): boolean {
  return result <= -DEFERRABLE;
}

/** The ns of a `sleepFor` or `sleepDeferrably` result. */
export function sleepOf(result: number): number {
  return -3 - (isDeferrable(result) ? result + DEFERRABLE : result);
}

export interface Actor {
  readonly name: string;
  /**
   * One indivisible step on CPU `cpu`; the clock says when.
   * Returns CPU time >= 0, BLOCKED after having registered with `Locks`, FINISHED, `sleepFor(ns)` or
   * `sleepDeferrably(ns)`.
   */
  step(cpu: number): number;
}
