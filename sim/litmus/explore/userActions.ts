/**
 * What a task of a thread does in one step: writes, forks, exits, changes of mappings, page locks and references. When
 * it has to wait, and when it passes without effect, is said in steps.ts and script.ts.
 */
import { BLOCKED } from '../../clock/actor.ts';
import { KIND, NONE } from '../../memory/frames.ts';
import { NOT_MAPPED, OUT_OF_MEMORY } from '../../process/faults.ts';
import { firstUnderMigration } from '../firstUnderMigration.ts';
import type { Act } from './script.ts';
import { LIFE, type World } from './world.ts';

const CPU = 0;

export class UserActions {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Takes the action, or says that the thread waits (nothing has changed) or sleeps (with a page reference). */
  take(thread: number, act: Act, content: number): 'waits' | 'sleeps' | 'nothing' | 'done' {
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
    const pfn = act.op === 'pin' ? this.page(act.label) : pinned[thread];
    if (pfn === NONE) return 'nothing';
    if (act.op === 'pin') machine.pin(pfn);
    else machine.unpin(pfn);
    pinned[thread] = act.op === 'pin' ? pfn : NONE;
    return 'done';
  }

  #lock(thread: number, act: Act): 'waits' | 'nothing' | 'done' {
    const { kernel, locked } = this.#world;
    const pfn = this.page(act.label);
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

  /** Frame of a label, NONE when the page is free by now. */
  page(label: number): number {
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

  #meetsMigration(mm: number, at: number, n: number): boolean {
    return firstUnderMigration(this.#world.kernel, mm, at, n) !== NONE;
  }
}
