/**
 * The processes of a scripted test: what each does to its address space, and writes that sleep on a page lock.
 *
 * What would sleep otherwise, on mmap_sem or until a migration ends, makes no sense in a script: nobody else could go
 * on.
 */
import { BLOCKED } from '../clock/actor.ts';
import type { Kernel } from '../kernel.ts';
import { NONE } from '../memory/frames.ts';
import { NOT_MAPPED, OUT_OF_MEMORY } from '../process/faults.ts';
import { firstUnderMigration } from './firstUnderMigration.ts';
import type { Names } from './names.ts';
import type { ScriptMachine } from './scriptMachine.ts';
import type { LitmusError } from './types.ts';

type Report = Record<string, unknown>;

const CPU = 0;
/** Actor ids of the script itself, and from where those of tasks that may sleep begin; ksmd is 0, the migrator 2. */
const WHO = { script: 1, sleepers: 10 } as const;

/** A range of virtual pages of a process. */
export interface PageRange {
  readonly p: string;
  readonly start: number;
  readonly n: number;
}

/** A write of a page. */
export interface PageWrite {
  readonly p: string;
  readonly at: number;
  readonly data: string;
  /** Label of the page that it makes, if it makes one; and whether that comes from the CMA area. */
  readonly label: string | null;
  readonly cma: boolean;
  /** Task that may sleep in it, and goes on when the action is given again; null: nobody sleeps. */
  readonly by: string | null;
}

export class ProcessScript {
  /** Tasks that may sleep: their actor id and process. */
  readonly #sleepers = new Map<string, { readonly who: number; readonly process: string }>();
  readonly #machine: ScriptMachine;
  readonly #kernel: Kernel;
  readonly #names: Names;
  readonly #fail: (message: string) => LitmusError;

  /** `fail`: the error of the running action. */
  constructor(machine: ScriptMachine, names: Names, fail: (message: string) => LitmusError) {
    this.#machine = machine;
    this.#kernel = machine.kernel;
    this.#names = names;
    this.#fail = fail;
  }

  /** A process of its own, as exec leaves it. */
  create(p: string): void {
    this.#requireNew(p);
    this.#names.addProcess(p, this.#kernel.spaces.create());
  }

  fork(parent: string, child: string): void {
    const mm = this.#writable(parent);
    this.#requireNew(child);
    this.#names.addProcess(child, this.#kernel.spaces.fork(mm));
  }

  exit(p: string): void {
    this.#kernel.spaces.exit(this.#writable(p), CPU);
    for (const { who, process } of this.#sleepers.values()) {
      if (process === p) this.#kernel.faults.abandonWait(who, CPU);
    }
    this.#names.removeProcess(p);
  }

  /** MAP_FIXED: what was mapped there goes. */
  mmap({ p, start, n }: PageRange, mergeable: boolean): void {
    const mm = this.#writable(p);
    this.#kernel.spaces.munmap(mm, start, n, CPU);
    this.#kernel.spaces.mmap(mm, start, n, NONE, false);
    if (mergeable) this.#kernel.control.madviseMergeable(mm, start, n);
  }

  munmap({ p, start, n }: PageRange): void {
    this.#kernel.spaces.munmap(this.#writable(p), start, n, CPU);
  }

  mremap({ p, start, n }: PageRange, to: number): void {
    const mm = this.#writable(p);
    this.#requireNoMigration(mm, start, n);
    this.#kernel.spaces.munmap(mm, to, n, CPU);
    try {
      this.#kernel.control.mremap(mm, start, n, to, CPU, WHO.script);
    } catch (error) {
      if (error instanceof RangeError) throw this.#fail(error.message);
      throw error;
    }
  }

  madvise({ p, start, n }: PageRange, advice: string): void {
    const { control, spaces } = this.#kernel;
    // MADV_DONTNEED takes mmap_sem for reading, as ksmd does.
    const mm = advice === 'DONTNEED' ? this.#live(p) : this.#writable(p);
    if (advice === 'MERGEABLE') control.madviseMergeable(mm, start, n);
    else if (advice === 'UNMERGEABLE') {
      this.#requireNoMigration(mm, start, n);
      control.madviseUnmergeable(mm, start, n, CPU, WHO.script);
    } else if (advice === 'DONTNEED') spaces.zapRange(mm, start, start + n, CPU);
    else throw this.#fail(`unknown advice ${advice}`);
  }

  write({ p, at, data, label, cma, by }: PageWrite): Report {
    const mm = this.#live(p);
    this.#machine.nextPage(label, cma);
    const who = by === null ? WHO.script : this.#sleeper(by, p);
    const result = this.#kernel.faults.write(mm, at, this.#names.content(data), CPU, who);
    this.#machine.nextPage(null, false);
    if (result === NOT_MAPPED) throw this.#fail(`nothing is mapped at ${p}@${at}`);
    if (result === OUT_OF_MEMORY) throw this.#fail('no free frame is left for the page');
    if (result !== BLOCKED) return by === null ? {} : { write: 'done' };
    if (by === null) throw this.#fail('the writer would sleep on a page lock');
    return { write: 'blocked' };
  }

  /** Actor id of a task that may sleep. */
  #sleeper(by: string, process: string): number {
    const who = this.#sleepers.get(by)?.who ?? WHO.sleepers + this.#sleepers.size;
    this.#sleepers.set(by, { who, process });
    return who;
  }

  #live(p: string): number {
    const mm = this.#names.process(p);
    if (mm === NONE) throw this.#fail(`there is no process ${p}`);
    return mm;
  }

  #writable(p: string): number {
    const mm = this.#live(p);
    if (this.#kernel.locks.isMmReadLocked(mm)) throw this.#fail(`${p} would sleep on its mmap_sem, which ksmd holds`);
    return mm;
  }

  #requireNew(p: string): void {
    if (this.#names.process(p) !== NONE) throw this.#fail(`process ${p} exists already`);
  }

  #requireNoMigration(mm: number, start: number, pages: number): void {
    const vpn = firstUnderMigration(this.#kernel, mm, start, pages);
    if (vpn === NONE) return;
    throw this.#fail(`the caller would sleep until the migration of ${this.#names.address(mm, vpn)} ends`);
  }
}
