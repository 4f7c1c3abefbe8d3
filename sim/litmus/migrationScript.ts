/** One migration in a scripted test, whole or stopped at its points, beside whatever an allocation migrates itself. */
import { BLOCKED } from '../clock/actor.ts';
import { NONE } from '../memory/frames.ts';
import { ERRNO, type UnmapAndMove } from '../migrate/unmapAndMove.ts';
import type { Unmapped } from '../process/rmap.ts';
import type { Names } from './names.ts';
import { SWAP_NAMES } from './probe.ts';
import type { ScriptMachine } from './scriptMachine.ts';
import type { LitmusError } from './types.ts';

type Report = Record<string, unknown>;

const CPU = 0;
/** Actor id of the migrator. */
const MIGRATOR = 2;

export class MigrationScript {
  #page = NONE;
  /** What the unmapping walk came to, once there was one. */
  #unmapped: string | null = null;
  #found: string[] = [];
  readonly #machine: ScriptMachine;
  readonly #move: UnmapAndMove;
  readonly #names: Names;
  readonly #fail: (message: string) => LitmusError;

  /** `move`: the machine of this migration; `fail`: the error of the running action. */
  constructor(machine: ScriptMachine, move: UnmapAndMove, names: Names, fail: (message: string) => LitmusError) {
    this.#machine = machine;
    this.#move = move;
    this.#names = names;
    this.#fail = fail;
  }

  /** Isolates the page and begins one unmap_and_move. */
  start(pfn: number, force: boolean): void {
    if (!this.#move.isIdle) throw this.#fail('a migration is under way already');
    this.#machine.drainAll();
    if (!this.#machine.isolate(pfn)) throw this.#fail(`page ${this.#names.label(pfn)} is not on the LRU`);
    this.#page = pfn;
    this.#unmapped = null;
    this.#found = [];
    this.#move.begin(pfn, force);
  }

  /** Steps it to the point, or to its end; reports what is known by then. */
  runTo(point: string | null): Report {
    for (;;) {
      const report = this.#step();
      if (report !== null) return report;
      if (point !== null && this.#move.point === point) return this.#walkReport();
    }
  }

  /** That many steps; it must not end before. */
  steps(count: number): Report {
    let report: Report | null = null;
    for (let i = 0; i < count; i++) report = this.#step();
    return report ?? this.#walkReport();
  }

  /** One step: what is known once it has ended or sleeps, null while it goes on. */
  #step(): Report | null {
    const { rmap } = this.#machine.kernel;
    this.#requireUnderWay();
    const move = this.#move;
    const found: Unmapped[] = [];
    rmap.found = found;
    const cost = move.step(MIGRATOR, CPU);
    rmap.found = null;
    if (cost === BLOCKED) return { ...this.#walkReport(), rc: 'blocked' };
    if (move.point === 'mig_unmapped') {
      this.#unmapped = SWAP_NAMES[move.unmapped];
      for (const { mm, vpn } of found) this.#found.push(this.#names.address(mm, vpn));
    }
    if (!move.isIdle) return null;
    if (move.rc === ERRNO.again) this.#machine.putback(this.#page);
    return { ...this.#walkReport(), rc: move.rc };
  }

  #requireUnderWay(): void {
    if (this.#move.isIdle) throw this.#fail('no migration is under way');
  }

  #walkReport(): Report {
    return this.#unmapped === null ? {} : { unmap: this.#unmapped, found: this.#found };
  }
}
