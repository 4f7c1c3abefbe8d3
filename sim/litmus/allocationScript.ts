/** One contiguous allocation in a scripted test, whole or step by step; on success the range is freed again at once. */
import { BLOCKED } from '../clock/actor.ts';
import type { Names } from './names.ts';
import type { ScriptMachine } from './scriptMachine.ts';
import type { LitmusError } from './types.ts';

type Report = Record<string, unknown>;

const CPU = 0;
/** Actor id of the CMA caller. */
const MIGRATOR = 2;

export class AllocationScript {
  #start = 0;
  #pages = 0;
  /** Calls of unmap_and_move by page. */
  #attempts: Record<string, number> = {};
  readonly #machine: ScriptMachine;
  readonly #names: Names;
  readonly #fail: (message: string) => LitmusError;

  /** `fail`: the error of the running action. */
  constructor(machine: ScriptMachine, names: Names, fail: (message: string) => LitmusError) {
    this.#machine = machine;
    this.#names = names;
    this.#fail = fail;
  }

  /** Begins alloc_contig_range on these frames. */
  start(start: number, pages: number): void {
    const { range } = this.#machine.kernel;
    if (!range.isIdle) throw this.#fail('an allocation is under way already');
    if (!this.#machine.isInCma(start, pages)) throw this.#fail('the range is not inside the CMA area');
    this.#start = start;
    this.#pages = pages;
    this.#attempts = {};
    this.#machine.onAttempt = (pfn) => {
      const label = this.#names.label(pfn);
      this.#attempts[label] = (this.#attempts[label] ?? 0) + 1;
    };
    range.begin(start, start + pages);
  }

  /** That many steps; it must not end on the way. */
  steps(count: number): Report {
    for (let i = 0; i < count; i++) this.#step();
    return this.#machine.kernel.range.isIdle ? this.#end() : {};
  }

  /** To its end. */
  finish(): Report {
    do this.#step();
    while (!this.#machine.kernel.range.isIdle);
    return this.#end();
  }

  #step(): void {
    const { range } = this.#machine.kernel;
    if (range.isIdle) throw this.#fail('no allocation is under way');
    if (range.step(MIGRATOR, CPU) === BLOCKED)
      throw this.#fail('alloc_contig_range would sleep on a page lock that nobody drops');
  }

  #end(): Report {
    const { rc } = this.#machine.kernel.range;
    this.#machine.onAttempt = null;
    if (rc === 0) this.#machine.freeRange(this.#start, this.#pages);
    return { rc, attempts: this.#attempts };
  }
}
