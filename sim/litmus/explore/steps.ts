/**
 * One indivisible step of one thread. User actions are one step each; a migration, a contiguous allocation and ksmd go
 * step by step.
 *
 * Who would sleep does not move until it can go on: a fork, exit or mapping change while ksmd holds mmap_sem; ksmd and
 * a forced migration at a locked page; a task that finds the page of its write locked or under migration, which takes a
 * page reference first and waits with it, as do_wp_page and migration_entry_wait do.
 *
 * Reduction: with `reduce`, a step is followed at once by those next steps of its thread that are private: they read
 * and write nothing but the thread's own phase (`nextIsPrivate`). Such a step commutes with every step of every other
 * thread, can be neither disabled nor enabled by them, and changes neither a pte, an item, a lock nor a reference. From
 * whatever state lies between, each continuation leads to the same ptes, items, locks and references in the same order
 * as the one that takes the private step first; so every unfindable pte, every way to recover and every end is seen. It
 * never goes on for ever: no two such steps of ksmd follow each other, and those of an allocation end with it or at a
 * page.
 */
import { BLOCKED } from '../../clock/actor.ts';
import { NONE } from '../../memory/frames.ts';
import { ERRNO } from '../../migrate/unmapAndMove.ts';
import type { Act } from './script.ts';
import { UserActions } from './userActions.ts';
import type { World } from './world.ts';

const CPU = 0;

/** What the last step of ksmd finished; `asleep`: nothing, it sleeps on a lock. */
export const KSMD_DONE = { nothing: 0, item: 1, passEnd: 2, asleep: 3 } as const;

export class Steps {
  /** KSMD_DONE of the last step, if it was ksmd's. */
  done: number = KSMD_DONE.nothing;
  /** Told of each machine step and action, for a witness; `effect`: what a user action came to. */
  trace: ((thread: number, effect: Effect) => void) | null = null;
  readonly #world: World;
  readonly #actions: UserActions;
  readonly #reduce: boolean;
  readonly #wholeItems: boolean;

  /** `wholeItems`: a step of ksmd's thread goes on to the end of the item, so that nobody comes in between. */
  constructor(world: World, reduce: boolean, wholeItems = false) {
    this.#wholeItems = wholeItems;
    this.#world = world;
    this.#actions = new UserActions(world);
    this.#reduce = reduce;
  }

  /** False: the thread is over, or waits for somebody; nothing has changed. */
  step(thread: number): boolean {
    this.done = KSMD_DONE.nothing;
    const world = this.#world;
    const moved = world.script.threads[thread].isKsmd ? this.#ksmdTurn(thread) : this.#user(thread);
    world.kernel.locks.forgetWaiters();
    return moved;
  }

  /** All its actions are over; ksmd never is. */
  isOver(thread: number): boolean {
    const { script, at } = this.#world;
    return at[thread] >= script.threads[thread].acts.length;
  }

  /** It is inside a kernel operation, or holds a page lock, which it will end without anything new beginning. */
  isInside(thread: number): boolean {
    const { migrating, locked, ranges } = this.#world;
    const range = ranges[thread];
    return migrating[thread] !== NONE || locked[thread] !== NONE || (range !== null && !range.isIdle);
  }

  /** One step of ksmd, also when the script has no thread for it. */
  ksmd(): boolean {
    this.done = KSMD_DONE.nothing;
    const moved = this.#ksmd(NONE);
    this.#world.kernel.locks.forgetWaiters();
    return moved;
  }

  #ksmdTurn(thread: number): boolean {
    if (!this.#ksmd(thread)) return false;
    const isInside = (): boolean => this.#wholeItems && this.done === KSMD_DONE.nothing;
    while (isInside() && this.#ksmd(thread));
    return true;
  }

  #ksmd(thread: number): boolean {
    const { ksmd, slots, objects } = this.#world.kernel;
    const isAsleep = slots.isEmpty && ksmd.isBetweenItems;
    const kept = objects.keptItems;
    if (isAsleep && kept === 0) return false;
    const cost = ksmd.advance(CPU);
    // With nobody to visit it sleeps, once strategies have let go of what they kept.
    if (isAsleep && objects.keptItems === kept) return false;
    if (ksmd.finished === 'item') this.done = KSMD_DONE.item;
    else if (ksmd.finished === 'passEnd') this.done = KSMD_DONE.passEnd;
    this.trace?.(thread, {
      kind: 'ksmd',
      isBlocked: cost === BLOCKED,
      isFinished: ksmd.finished !== null,
      point: ksmd.point,
    });
    // Asleep on a page lock it may have taken a reference first: that is a step.
    if (cost === BLOCKED) {
      this.done = KSMD_DONE.asleep;
      return true;
    }
    while (this.#reduce && ksmd.nextIsPrivate) {
      ksmd.advance(CPU);
      this.trace?.(thread, { kind: 'ksmd', isPrivate: true });
    }
    return true;
  }

  #user(thread: number): boolean {
    const world = this.#world;
    const { acts } = world.script.threads[thread];
    const index = world.at[thread];
    if (index >= acts.length) return false;
    const act = acts[index];
    if (act.op === 'migrate') return this.#migrate(thread, act);
    if (act.op === 'cma') return this.#cma(thread, act);
    const effect = this.#actions.take(thread, act, world.contents[thread][index]);
    if (effect === 'waits') return false;
    if (effect !== 'sleeps') world.at[thread]++;
    this.trace?.(thread, { kind: effect });
    return true;
  }

  /** As MigrationScript: drain, isolate and begin, then step by step, and put back what did not move. */
  #migrate(thread: number, act: Act): boolean {
    const world = this.#world;
    const { machine, migrating } = world;
    const move = world.moves[thread];
    if (migrating[thread] === NONE) {
      const pfn = this.#actions.page(act.label);
      if (pfn !== NONE) machine.drainAll();
      if (pfn === NONE || !machine.isolate(pfn)) {
        world.at[thread]++;
        this.trace?.(thread, { kind: pfn === NONE ? 'nothing' : 'drained' });
        return true;
      }
      migrating[thread] = pfn;
      move.begin(pfn, act.force);
      this.trace?.(thread, { kind: 'begun' });
      return true;
    }
    if (move.step(thread + 1, CPU) === BLOCKED) return false;
    const isOver = move.isIdle;
    if (isOver) {
      if (move.rc === ERRNO.again) machine.putback(migrating[thread]);
      migrating[thread] = NONE;
      world.at[thread]++;
    }
    this.trace?.(thread, { kind: isOver ? 'ended' : 'stepped', point: move.point });
    return true;
  }

  /** alloc_contig_range under cma_mutex, and free_contig_range at once. */
  #cma(thread: number, act: Act): boolean {
    const world = this.#world;
    const range = world.ranges[thread]!;
    const first = act.at - world.shift;
    const isBegin = range.isIdle;
    if (isBegin) {
      if (world.ranges.some((other) => other !== null && !other.isIdle)) return false;
      range.begin(first, first + act.n);
    }
    if (range.step(thread + 1, CPU) === BLOCKED) return false;
    this.trace?.(thread, { kind: isBegin ? 'begun' : 'stepped' });
    while (this.#reduce && !range.isIdle && range.nextIsPrivate) {
      range.step(thread + 1, CPU);
      this.trace?.(thread, { kind: 'stepped' });
    }
    if (!range.isIdle) return true;
    if (range.rc === 0) world.machine.freeRange(first, act.n);
    world.at[thread]++;
    this.trace?.(thread, { kind: 'ended' });
    return true;
  }
}

/** What one step of a thread came to, as a witness writes it down. */
export interface Effect {
  readonly kind: 'ksmd' | 'nothing' | 'sleeps' | 'done' | 'drained' | 'begun' | 'stepped' | 'ended';
  readonly isBlocked?: boolean;
  readonly isFinished?: boolean;
  /** ksmd's step changed nothing but its phase. */
  readonly isPrivate?: boolean;
  readonly point?: string | null;
}
