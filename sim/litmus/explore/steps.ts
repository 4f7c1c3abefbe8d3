/**
 * One indivisible step of one thread. User actions are one step each; a migration, a contiguous allocation and ksmd go
 * step by step.
 *
 * Who would sleep does not move until it can go on: a fork, exit or mapping change while ksmd holds mmap_sem; ksmd and a
 * forced migration at a locked page; a task that finds the page of its write locked or under migration, which takes a
 * page reference first and waits with it, as do_wp_page and migration_entry_wait do.
 *
 * Reduction: with `reduce`, a step is followed at once by those next steps of its thread that are private: they read and
 * write nothing but the thread's own phase (`nextIsPrivate`). Such a step commutes with every step of every other thread,
 * can be neither disabled nor enabled by them, and changes neither a pte, an item, a lock nor a reference. From whatever
 * state lies between, each continuation leads to the same ptes, items, locks and references in the same order as the one
 * that takes the private step first; so every unfindable pte, every way to recover and every end is seen. It never
 * goes on for ever: no two such steps of ksmd follow each other, and those of an allocation end with it or at a page.
 */
import { BLOCKED } from '../../clock/actor.ts';
import { KIND, NONE } from '../../memory/frames.ts';
import { ERRNO } from '../../migrate/unmapAndMove.ts';
import { NOT_MAPPED, OUT_OF_MEMORY } from '../../process/faults.ts';
import { PTE } from '../../process/pageTables.ts';
import { VM } from '../../process/vmas.ts';
import type { Act } from './script.ts';
import { LIFE, type World } from './world.ts';

const CPU = 0;

/** What the last step of ksmd finished. */
export const KSMD_DONE = { nothing: 0, item: 1, passEnd: 2 } as const;

export class Steps {
  /** KSMD_DONE of the last step, if it was ksmd's. */
  done: number = KSMD_DONE.nothing;
  /** Told of each machine step and action, for a witness; `effect`: what a user action came to. */
  trace: ((thread: number, effect: Effect) => void) | null = null;
  readonly #world: World;
  readonly #reduce: boolean;

  constructor(world: World, reduce: boolean) {
    this.#world = world;
    this.#reduce = reduce;
  }

  /** False: the thread is over, or waits for somebody; nothing has changed. */
  step(thread: number): boolean {
    this.done = KSMD_DONE.nothing;
    const world = this.#world;
    const moved = world.script.threads[thread].isKsmd ? this.#ksmd(thread) : this.#user(thread);
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

  #ksmd(thread: number): boolean {
    const { ksmd, slots } = this.#world.kernel;
    if (slots.isEmpty && ksmd.isBetweenItems) return false;
    const cost = ksmd.advance(CPU);
    if (ksmd.finished === 'item') this.done = KSMD_DONE.item;
    else if (ksmd.finished === 'passEnd') this.done = KSMD_DONE.passEnd;
    this.trace?.(thread, {
      kind: 'ksmd',
      isBlocked: cost === BLOCKED,
      isFinished: ksmd.finished !== null,
      point: ksmd.point,
    });
    // Asleep on a page lock it may have taken a reference first: that is a step.
    if (cost === BLOCKED) return true;
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
    const effect = this.#action(thread, act, world.contents[thread][index]);
    if (effect === 'waits') return false;
    if (effect !== 'sleeps') world.at[thread]++;
    this.trace?.(thread, { kind: effect });
    return true;
  }

  #action(thread: number, act: Act, content: number): 'waits' | 'sleeps' | 'nothing' | 'done' {
    const world = this.#world;
    const { kernel, life, machine } = world;
    if (act.process !== NONE && act.op !== 'proc') {
      if (life[act.process] === LIFE.unborn) return 'waits';
      if (life[act.process] === LIFE.gone) {
        // Whom it would have forked is never born.
        if (act.op === 'fork') life[act.child] = LIFE.gone;
        return 'nothing';
      }
    }
    const mm = act.process === NONE ? NONE : world.mmOf[act.process];
    switch (act.op) {
      case 'write':
        return this.#write(thread, act, mm, content);
      case 'proc':
        this.#born(act.process, kernel.spaces.create());
        return 'done';
      case 'pin':
      case 'unpin':
        return this.#pin(thread, act);
      case 'lock':
      case 'unlock':
        return this.#lock(thread, act);
      case 'drain':
        machine.drainAll();
        return 'done';
      case 'madvise':
        // MADV_DONTNEED takes mmap_sem for reading, as ksmd does.
        if (act.advice !== 'DONTNEED') return this.#change(act, mm);
        kernel.spaces.zapRange(mm, act.at, act.at + act.n, CPU);
        return 'done';
      default:
        return this.#change(act, mm);
    }
  }

  /** What takes mmap_sem for writing. */
  #change(act: Act, mm: number): 'waits' | 'nothing' | 'done' {
    const world = this.#world;
    const { spaces, control, locks } = world.kernel;
    if (locks.isMmReadLocked(mm)) return 'waits';
    switch (act.op) {
      case 'fork':
        this.#born(act.child, spaces.fork(mm));
        return 'done';
      case 'exit':
        spaces.exit(mm, CPU);
        world.life[act.process] = LIFE.gone;
        this.#wakeTasksOf(act.process);
        return 'done';
      case 'munmap':
        spaces.munmap(mm, act.at, act.n, CPU);
        return 'done';
      case 'mmap':
        spaces.munmap(mm, act.at, act.n, CPU);
        spaces.mmap(mm, act.at, act.n, NONE, false);
        if (act.mergeable) control.madviseMergeable(mm, act.at, act.n);
        return 'done';
      case 'mremap':
        if (this.#meetsMigration(mm, act.at, act.n)) return 'waits';
        if (!this.#isInOneVma(mm, act.at, act.n)) return 'nothing';
        spaces.munmap(mm, act.to, act.n, CPU);
        control.mremap(mm, act.at, act.n, act.to, CPU, 0);
        return 'done';
      default:
        if (act.advice === 'MERGEABLE') control.madviseMergeable(mm, act.at, act.n);
        else if (this.#meetsMigration(mm, act.at, act.n)) return 'waits';
        else control.madviseUnmergeable(mm, act.at, act.n, CPU, 0);
        return 'done';
    }
  }

  #write(thread: number, act: Act, mm: number, content: number): 'sleeps' | 'nothing' | 'done' {
    const world = this.#world;
    world.nextLabel = act.label;
    world.machine.nextPage(null, act.cma);
    const result = world.kernel.faults.write(mm, act.at, content, CPU, thread + 1);
    world.machine.nextPage(null, false);
    world.nextLabel = NONE;
    if (result === OUT_OF_MEMORY) throw new RangeError('no free frame is left for a page of the script');
    if (result === BLOCKED) return 'sleeps';
    return result === NOT_MAPPED ? 'nothing' : 'done';
  }

  #pin(thread: number, act: Act): 'nothing' | 'done' {
    const { machine, pinned } = this.#world;
    const pfn = act.op === 'pin' ? this.#page(act.label) : pinned[thread];
    if (pfn === NONE) return 'nothing';
    if (act.op === 'pin') machine.pin(pfn);
    else machine.unpin(pfn);
    pinned[thread] = act.op === 'pin' ? pfn : NONE;
    return 'done';
  }

  #lock(thread: number, act: Act): 'waits' | 'nothing' | 'done' {
    const { kernel, locked } = this.#world;
    const pfn = this.#page(act.label);
    if (act.op === 'lock') {
      if (pfn === NONE) return 'nothing';
      if (!kernel.locks.tryLockPage(pfn)) return 'waits';
      locked[thread] = pfn;
      return 'done';
    }
    const held = locked[thread];
    locked[thread] = NONE;
    // The page may have been freed under its lock.
    if (held === NONE || held !== pfn) return 'nothing';
    kernel.locks.unlockPage(held);
    return 'done';
  }

  /** As MigrationScript: drain, isolate and begin, then step by step, and put back what did not move. */
  #migrate(thread: number, act: Act): boolean {
    const world = this.#world;
    const { machine, migrating } = world;
    const move = world.moves[thread];
    if (migrating[thread] === NONE) {
      const pfn = this.#page(act.label);
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
    while (this.#reduce && !isIdle(range) && range.nextIsPrivate) {
      range.step(thread + 1, CPU);
      this.trace?.(thread, { kind: 'stepped' });
    }
    if (!isIdle(range)) return true;
    if (range.rc === 0) world.machine.freeRange(first, act.n);
    world.at[thread]++;
    this.trace?.(thread, { kind: 'ended' });
    return true;
  }

  /** Frame of a label, NONE when the page is free by now. */
  #page(label: number): number {
    const { labelled, kernel } = this.#world;
    const pfn = labelled[label];
    if (pfn === NONE) return NONE;
    const kind = kernel.frames.kind[pfn];
    return kind === KIND.anon || kind === KIND.ksm ? pfn : NONE;
  }

  #born(process: number, mm: number): void {
    const { life, mmOf, processOf } = this.#world;
    life[process] = LIFE.live;
    mmOf[process] = mm;
    processOf[mm] = process;
  }

  /** SIGKILL: a task that waits in a fault drops its reference. */
  #wakeTasksOf(process: number): void {
    const { script, at, kernel } = this.#world;
    script.threads.forEach(({ acts }, thread) => {
      if (at[thread] < acts.length && acts[at[thread]].process === process) kernel.faults.abandonWait(thread + 1, CPU);
    });
  }

  #isInOneVma(mm: number, at: number, n: number): boolean {
    const { vmas } = this.#world.kernel;
    const vma = vmas.covering(mm, at);
    return vma >= 0 && vmas.end[vma] >= at + n;
  }

  /** break_ksm waits for the end of a migration. */
  #meetsMigration(mm: number, at: number, n: number): boolean {
    const { vmas, tables } = this.#world.kernel;
    for (let vpn = at; vpn < at + n; vpn++) {
      const vma = vmas.covering(mm, vpn);
      const isMergeable = vma >= 0 && (vmas.flags[vma] & VM.mergeable) !== 0;
      if (isMergeable && (tables.get(mm, vpn) & PTE.migration) !== 0) return true;
    }
    return false;
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

/** A call, so that the compiler does not think it knows the answer of a machine that was stepped meanwhile. */
function isIdle(machine: { readonly isIdle: boolean }): boolean {
  return machine.isIdle;
}
