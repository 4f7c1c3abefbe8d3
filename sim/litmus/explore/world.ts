/**
 * The small kernel of an exploration with its threads: everything that can change lies in one arena, scalars are noted
 * in it as registers, so that a state is saved and restored by one copy.
 */
import { Arena, inArena, int32, uint8 } from '../../arena.ts';
import { ContigRange } from '../../cma/contigRange.ts';
import type { Kernel } from '../../kernel.ts';
import { UNCHANGED } from '../../kernelProfiles.ts';
import { NONE } from '../../memory/frames.ts';
import { MigratePages } from '../../migrate/migratePages.ts';
import type { UnmapAndMove } from '../../migrate/unmapAndMove.ts';
import { LEAF_PAGES } from '../../process/pageTables.ts';
import { Registers } from '../../registers.ts';
import { strategiesNamed, type Strategy } from '../../strategies/index.ts';
import { Interpreter } from '../interpreter.ts';
import { NO_COSTS, ScriptMachine } from '../scriptMachine.ts';
import type { LedgerParts } from '../../truth/ledger.ts';
import { LitmusError, type LitmusAction } from '../types.ts';
import type { Script } from './script.ts';
import { smallMachine } from './size.ts';
import { Windows } from './windows.ts';

const ARENA_BYTES = 4 * 1024 * 1024;
/** Registers of the kernel, of a thread, and of one that allocates: its list of isolated pages. */
const REGISTERS = { kernel: 64, kept: 2, thread: 8, allocation: 64 };

/** Where a process is in its life. */
export const LIFE = { unborn: 0, live: 1, gone: 2 } as const;

export class World {
  readonly script: Script;
  readonly machine: ScriptMachine;
  readonly kernel: Kernel;
  readonly windows: Windows;
  readonly registers: Registers;
  /** All state, as words: copy it after `save`, call `load` after writing it. */
  readonly words: Int32Array;
  /**
   * Parts of `words` that can ever change, as first word and end in turn: the others are unused ends of page tables.
   */
  readonly spans: Int32Array;
  /** Scene and names, as the interpreter left them. */
  readonly interpreter: Interpreter;
  /** By process: LIFE and mm. */
  readonly life: Uint8Array;
  readonly mmOf: Int32Array;
  /** Process of each mm. */
  readonly processOf: Int32Array;
  /** Frame of each page label that threads use, NONE without. */
  readonly labelled: Int32Array;
  /** By thread: next action, page it migrates, has locked, has pinned; NONE without. */
  readonly at: Int32Array;
  readonly migrating: Int32Array;
  readonly locked: Int32Array;
  readonly pinned: Int32Array;
  /** A migration machine for each thread, and one of an allocation for those that allocate. */
  readonly moves: readonly UnmapAndMove[];
  readonly ranges: readonly (ContigRange | null)[];
  /** Those of them that are ever used. */
  readonly #machines: readonly (UnmapAndMove | ContigRange)[];
  /** Contents of each thread's writes by action. */
  readonly contents: readonly (readonly number[])[];
  /** Label that the page made by the running write gets. */
  nextLabel = NONE;
  /** First frame and end of the CMA area here, and how far it was moved down. */
  readonly area: readonly [number, number];
  readonly shift: number;

  /** Runs the scene. `plugins`: strategies besides the built-in ones. Throws LitmusError for what makes no sense. */
  constructor(script: Script, strategyNames: readonly string[], plugins: readonly Strategy[] = []) {
    this.script = script;
    const { test, threads } = script;
    const strategies = strategiesNamed(strategyNames, plugins);
    const keepsItems = strategies.some((strategy) => strategy.keepsItems === true);
    const { size, area, shift, addresses } = smallMachine(script, keepsItems);
    this.area = area;
    this.shift = shift;
    const arena = new Arena(ARENA_BYTES);
    const small = { ...test, config: { ...test.config, cma: area } };
    const allocating = threads.filter(({ acts }) => acts.some(({ op }) => op === 'cma')).length;
    const registers =
      REGISTERS.kernel +
      (keepsItems ? REGISTERS.kept * size.limits.rmapItems : 0) +
      REGISTERS.thread * threads.length +
      REGISTERS.allocation * allocating;
    let windows: Windows | null = null;
    const ledger = (parts: LedgerParts): Windows => (windows = new Windows(parts));
    const built = inArena(arena, () => ({
      machine: new ScriptMachine(small.config, strategies, { size, ledger }),
      life: uint8(script.processes.length),
      mmOf: int32(script.processes.length).fill(NONE),
      processOf: int32(size.limits.mms).fill(NONE),
      labelled: int32(script.labels.length).fill(NONE),
      at: int32(threads.length),
      migrating: int32(threads.length).fill(NONE),
      locked: int32(threads.length).fill(NONE),
      pinned: int32(threads.length).fill(NONE),
      registers: int32(registers),
    }));
    this.machine = built.machine;
    this.kernel = built.machine.kernel;
    this.windows = windows!;
    this.life = built.life;
    this.mmOf = built.mmOf;
    this.processOf = built.processOf;
    this.labelled = built.labelled;
    this.at = built.at;
    this.migrating = built.migrating;
    this.locked = built.locked;
    this.pinned = built.pinned;
    this.registers = new Registers(built.registers);
    this.words = arena.words();
    const { tables, unstable } = this.kernel;
    this.spans = spansOf(this.words, [tables.entries, unstable.itemOf, this.windows.causes], addresses);
    this.moves = threads.map(() => this.machine.newMove());
    this.ranges = threads.map(({ acts }, thread) =>
      acts.some(({ op }) => op === 'cma') ? this.#newRange(this.moves[thread]) : null,
    );
    const machines = threads.map(({ acts }, thread) => {
      const usesMove = acts.some(({ op }) => op === 'migrate');
      return this.ranges[thread] ?? (usesMove ? this.moves[thread] : null);
    });
    this.#machines = machines.filter((machine) => machine !== null);
    this.interpreter = new Interpreter(small, this.machine);
    this.#setScene(test.actions);
    const { names } = this.interpreter;
    this.contents = threads.map(({ acts }) => acts.map(({ data }) => names.content(data)));
    this.machine.onNewPage = (_mm, _vpn, pfn) => {
      for (let label = 0; label < this.labelled.length; label++) {
        if (this.labelled[label] === pfn) this.labelled[label] = NONE;
      }
      if (this.nextLabel !== NONE) this.labelled[this.nextLabel] = pfn;
    };
    this.windows.onMigrated = (from, to) => {
      for (let label = 0; label < this.labelled.length; label++) {
        if (this.labelled[label] === to) this.labelled[label] = NONE;
        else if (this.labelled[label] === from) this.labelled[label] = to;
      }
    };
    this.save();
  }

  /** Whether the thread's actions are all taken in the state of these words. */
  isOverIn(words: Int32Array, thread: number): boolean {
    return words[(this.at.byteOffset >> 2) + thread] >= this.script.threads[thread].acts.length;
  }

  /** Notes the registers, so that `words` are the whole state. */
  save(): void {
    this.#exchange(false);
  }

  /** Takes the registers from `words`. */
  load(): void {
    this.#exchange(true);
  }

  #exchange(isLoading: boolean): void {
    const { registers } = this;
    registers.begin(isLoading);
    this.kernel.registers(registers, this.at.length + 1);
    this.machine.memory.buddy.registers(registers);
    for (const machine of this.#machines) machine.registers(registers);
  }

  #setScene(actions: readonly LitmusAction[]): void {
    const { interpreter, script, kernel } = this;
    actions.forEach((action, step) => {
      const moved = action.op === 'cma' ? { ...action, start: (action['start'] as number) - this.shift } : action;
      interpreter.perform(moved, step);
    });
    const isBetween = kernel.otherMove.isIdle && kernel.range.isIdle;
    if (!isBetween) throw new LitmusError(actions.length - 1, 'the actions leave a migration under way: finish it');
    if (kernel.ksmd.run !== 1) throw new LitmusError(actions.length - 1, 'the actions leave ksmd stopped: ksm_run 1');
    script.processes.forEach((name, process) => {
      const wasMade = actions.some(({ op, p, child }) => (op === 'proc' || op === 'fork') && (child ?? p) === name);
      const mm = interpreter.names.process(name);
      const known = wasMade ? interpreter.names.lastMm(name) : NONE;
      this.life[process] = mm !== NONE ? LIFE.live : wasMade ? LIFE.gone : LIFE.unborn;
      this.mmOf[process] = known;
      if (known !== NONE && (mm !== NONE || kernel.slots.present[known] !== 0)) this.processOf[known] = process;
    });
    script.labels.forEach((label, index) => (this.labelled[index] = interpreter.names.page(label)));
  }

  #newRange(move: UnmapAndMove): ContigRange {
    const { pages } = this.machine;
    const ignore = (): void => undefined;
    const migrate = new MigratePages(move, this.kernel.migrateCounts, ignore);
    return new ContigRange({
      memory: pages,
      pages,
      migrate,
      costs: NO_COSTS,
      changes: UNCHANGED,
      discardsClean: true,
      invalidatesBhLrus: false,
      skipped: ignore,
      busy: ignore,
      tested: ignore,
    });
  }
}

/** All words but those of page-table entries, and of their causes, whose address is never mapped. */
function spansOf(
  words: Int32Array,
  bySlot: readonly (Int32Array | Uint8Array)[],
  addresses: readonly number[],
): Int32Array {
  const isUsed = new Uint8Array(words.length).fill(1);
  for (const array of bySlot) {
    const wordOf = (slot: number): number => (array.byteOffset + slot * array.BYTES_PER_ELEMENT) >> 2;
    isUsed.fill(0, wordOf(0), wordOf(array.length));
    for (let leaf = 0; leaf < array.length; leaf += LEAF_PAGES) {
      for (const vpn of addresses) isUsed[wordOf(leaf + (vpn & (LEAF_PAGES - 1)))] = 1;
    }
  }
  const spans: number[] = [];
  for (let word = 0; word < words.length; word++) {
    if (isUsed[word] === 0) continue;
    if (spans.at(-1) === word) spans[spans.length - 1] = word + 1;
    else spans.push(word, word + 1);
  }
  return Int32Array.from(spans);
}
