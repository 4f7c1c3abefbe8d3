/**
 * Runs one scripted test on the same kernel rooms as the device, without a clock: an action performs the steps it stands
 * for, ksmd and the migrator can be stopped between theirs.
 *
 * Differences: CPU 0 does everything; whoever would sleep on a lock reports it, and goes on when told to.
 */
import { BLOCKED } from '../clock/actor.ts';
import type { Kernel } from '../kernel.ts';
import { NONE } from '../memory/frames.ts';
import { NOT_MAPPED, OUT_OF_MEMORY } from '../process/faults.ts';
import { PTE } from '../process/pageTables.ts';
import { VM } from '../process/vmas.ts';
import { strategiesNamed } from '../strategies/index.ts';
import { checkKernel } from '../truth/invariants.ts';
import { checkWalks } from '../truth/walks.ts';
import { KsmdScript } from './ksmdScript.ts';
import { AllocationScript } from './allocationScript.ts';
import { MigrationScript } from './migrationScript.ts';
import { Names } from './names.ts';
import { probe } from './probe.ts';
import { Relations } from './relations.ts';
import { ScriptMachine } from './scriptMachine.ts';
import { differences, snapshot } from './snapshot.ts';
import { LitmusError, type LitmusAction, type LitmusMismatch, type LitmusOptions } from './types.ts';
import type { LitmusResult, LitmusState, LitmusTest } from './types.ts';

type Report = Record<string, unknown>;

const CPU = 0;
/** Actor ids of the script itself, and from where those of tasks that may sleep begin; ksmd is 0, the migrator 2. */
const WHO = { script: 1, sleepers: 10 } as const;

export class Interpreter {
  readonly #machine: ScriptMachine;
  readonly #kernel: Kernel;
  readonly #names: Names;
  readonly #ksmd: KsmdScript;
  /** Migrations by who makes them; '' when that is not said. */
  readonly #migrations = new Map<string, MigrationScript>();
  readonly #allocation: AllocationScript;
  /** Actor ids of tasks that may sleep, and what they wait to write. */
  readonly #sleepers = new Map<string, { who: number; process: string }>();
  readonly #fail: (message: string) => LitmusError;
  readonly #relations: Relations;
  #step = 0;

  /** `machine`: what to run on, a roomy one of its own unless given. */
  constructor(
    test: LitmusTest,
    strategies: readonly string[],
    machine = new ScriptMachine(test.config, strategiesNamed(strategies)),
  ) {
    this.#machine = machine;
    this.#kernel = this.#machine.kernel;
    this.#names = new Names(this.#kernel.frames, [...test.actions, ...Object.values(test.threads ?? {}).flat()]);
    const fail = (message: string) => this.#error(message);
    this.#relations = new Relations(this.#kernel, this.#names);
    this.#ksmd = new KsmdScript(this.#kernel, this.#names, fail);
    this.#fail = fail;
    this.#allocation = new AllocationScript(this.#machine, this.#names, fail);
    this.#machine.onNewPage = (mm, vpn, pfn, label) => this.#names.addPage(pfn, mm, vpn, label);
    this.#kernel.ledger.onMigrated = (from, to) => this.#names.movePage(from, to);
  }

  /** Performs one action; returns what it reports. Throws LitmusError. */
  perform(action: LitmusAction, step: number): Report {
    this.#step = step;
    switch (action.op) {
      case 'proc':
        return this.#proc(text(action, 'p'));
      case 'mmap':
        return this.#mmap(action);
      case 'write':
        return this.#write(action);
      case 'fork':
        return this.#fork(text(action, 'parent'), text(action, 'child'));
      case 'exit':
        return this.#exit(text(action, 'p'));
      case 'munmap':
        this.#kernel.spaces.munmap(this.#writable(action), number(action, 'start'), number(action, 'n'), CPU);
        return {};
      case 'mremap':
        return this.#mremap(action);
      case 'madvise':
        return this.#madvise(action);
      case 'ksm_run':
        return this.#ksmd.setRun(number(action, 'value'));
      case 'scan':
        return { processed: this.#ksmd.scan(number(action, 'count', 1)) };
      case 'scan_until':
        return this.#ksmd.scanUntil(`${text(action, 'p')}@${number(action, 'at')}`, 1);
      case 'pass':
        return this.#ksmd.scanUntil('end', number(action, 'count', 1));
      case 'ksmd_to':
        return this.#ksmd.stopAt(text(action, 'point'));
      case 'ksmd_finish':
        return this.#ksmd.finish();
      case 'probe':
        return probe(this.#kernel, this.#names, this.#page(action));
      case 'ksmd_step':
        return this.#ksmd.steps(number(action, 'count', 1));
      case 'migrate':
        this.#migrationOf(action).start(this.#page(action), action['force'] === true);
        return this.#migrationOf(action).runTo(null);
      case 'migrate_start':
        this.#migrationOf(action).start(this.#page(action), action['force'] === true);
        return {};
      case 'migrate_to':
        return this.#migrationOf(action).runTo(text(action, 'point'));
      case 'migrate_step':
        return this.#migrationOf(action).steps(number(action, 'count', 1));
      case 'migrate_finish':
        return this.#migrationOf(action).runTo(null);
      case 'cma':
        this.#allocation.start(number(action, 'start'), number(action, 'n'));
        return this.#allocation.finish();
      case 'cma_start':
        this.#allocation.start(number(action, 'start'), number(action, 'n'));
        return {};
      case 'cma_step':
        return this.#allocation.steps(number(action, 'count', 1));
      case 'cma_finish':
        return this.#allocation.finish();
      case 'pin':
        this.#machine.pin(this.#page(action));
        return {};
      case 'unpin':
        if (!this.#machine.unpin(this.#page(action))) throw this.#error('nobody pins the page');
        return {};
      case 'lock':
        if (!this.#machine.lock(this.#page(action))) throw this.#error('the page is locked already');
        return {};
      case 'unlock':
        if (!this.#machine.unlock(this.#page(action))) throw this.#error('the script does not hold the page lock');
        return {};
      case 'drain':
        this.#machine.drainAll();
        return {};
      case 'check':
        return { ...snapshot(this.#kernel, this.#names), absent: this.#absent(action) };
      default:
        throw this.#error(`unknown op ${action.op}`);
    }
  }

  /** The state after an action; asked after each, or names of anon_vmas whose maker has died are lost. */
  state(action: LitmusAction, report: Report): LitmusState {
    const shot = snapshot(this.#kernel, this.#names);
    const shown = action.op === 'check' ? {} : report;
    return { step: this.#step, op: action.op, report: shown, ...shot, relations: this.#relations.after(shot) };
  }

  /** What does not hold of the model's own invariants, and of what its reverse walks find. */
  audit(): string[] {
    const messages = [...checkKernel(this.#kernel), ...this.#machine.forgottenFrames()];
    return messages.length > 0 ? messages : checkWalks(this.#kernel);
  }

  get names(): Names {
    return this.#names;
  }

  get kernel(): Kernel {
    return this.#kernel;
  }

  #proc(name: string): Report {
    if (this.#names.process(name) !== NONE) throw this.#error(`process ${name} exists already`);
    this.#names.addProcess(name, this.#kernel.spaces.create());
    return {};
  }

  #mmap(action: LitmusAction): Report {
    const mm = this.#writable(action);
    const start = number(action, 'start');
    const pages = number(action, 'n');
    // MAP_FIXED: what was mapped there goes.
    this.#kernel.spaces.munmap(mm, start, pages, CPU);
    this.#kernel.spaces.mmap(mm, start, pages, NONE, false);
    if (action['mergeable'] !== false) this.#kernel.control.madviseMergeable(mm, start, pages);
    return {};
  }

  #write(action: LitmusAction): Report {
    const mm = this.#process(action);
    const label = typeof action['page'] === 'string' ? action['page'] : null;
    this.#machine.nextPage(label, action['cma'] === true);
    const content = this.#names.content(text(action, 'data'));
    const sleeper = this.#sleeper(action);
    const result = this.#kernel.faults.write(mm, number(action, 'at'), content, CPU, sleeper?.who ?? WHO.script);
    this.#machine.nextPage(null, false);
    if (result === NOT_MAPPED) throw this.#error(`nothing is mapped at ${text(action, 'p')}@${number(action, 'at')}`);
    if (result === OUT_OF_MEMORY) throw this.#error('no free frame is left for the page');
    if (result !== BLOCKED) return sleeper === null ? {} : { write: 'done' };
    if (sleeper === null) throw this.#error('the writer would sleep on a page lock');
    return { write: 'blocked' };
  }

  #fork(parent: string, child: string): Report {
    const mm = this.#live(parent);
    this.#requireWritable(mm, parent);
    if (this.#names.process(child) !== NONE) throw this.#error(`process ${child} exists already`);
    this.#names.addProcess(child, this.#kernel.spaces.fork(mm));
    return {};
  }

  #exit(name: string): Report {
    const mm = this.#live(name);
    this.#requireWritable(mm, name);
    this.#kernel.spaces.exit(mm, CPU);
    for (const { who, process } of this.#sleepers.values()) {
      if (process === name) this.#kernel.faults.abandonWait(who, CPU);
    }
    this.#names.removeProcess(name);
    return {};
  }

  #mremap(action: LitmusAction): Report {
    const mm = this.#writable(action);
    const to = number(action, 'to');
    const pages = number(action, 'n');
    this.#requireNoMigration(mm, number(action, 'from'), pages);
    this.#kernel.spaces.munmap(mm, to, pages, CPU);
    try {
      this.#kernel.control.mremap(mm, number(action, 'from'), pages, to, CPU, WHO.script);
    } catch (error) {
      if (error instanceof RangeError) throw this.#error(error.message);
      throw error;
    }
    return {};
  }

  #madvise(action: LitmusAction): Report {
    const advice = text(action, 'advice');
    // MADV_DONTNEED takes mmap_sem for reading, as ksmd does.
    const mm = advice === 'DONTNEED' ? this.#process(action) : this.#writable(action);
    const start = number(action, 'start');
    const pages = number(action, 'n');
    const { control, spaces } = this.#kernel;
    if (advice === 'MERGEABLE') control.madviseMergeable(mm, start, pages);
    else if (advice === 'UNMERGEABLE') {
      this.#requireNoMigration(mm, start, pages);
      control.madviseUnmergeable(mm, start, pages, CPU, WHO.script);
    } else if (advice === 'DONTNEED') spaces.zapRange(mm, start, start + pages, CPU);
    else throw this.#error(`unknown advice ${advice}`);
    return {};
  }

  /** The task of `by`, which may sleep in its write and is told to go on by the same action again; null without. */
  #sleeper(action: LitmusAction): { who: number } | null {
    const { by } = action;
    if (typeof by !== 'string') return null;
    const known = this.#sleepers.get(by);
    const sleeper = { who: known?.who ?? WHO.sleepers + this.#sleepers.size, process: text(action, 'p') };
    this.#sleepers.set(by, sleeper);
    return sleeper;
  }

  #migrationOf(action: LitmusAction): MigrationScript {
    const by = typeof action['by'] === 'string' ? action['by'] : '';
    let migration = this.#migrations.get(by);
    if (migration === undefined) {
      const isFirst = this.#migrations.size === 0;
      const move = isFirst ? this.#kernel.otherMove : this.#machine.newMove();
      migration = new MigrationScript(this.#machine, move, this.#names, this.#fail);
      this.#migrations.set(by, migration);
    }
    return migration;
  }

  /** Labels of `absent` whose page is not free. */
  #absent(action: LitmusAction): string[] {
    const labels = Array.isArray(action['absent']) ? (action['absent'] as string[]) : [];
    return labels.filter((label) => this.#names.page(label) !== NONE);
  }

  #process(action: LitmusAction): number {
    return this.#live(text(action, 'p'));
  }

  #writable(action: LitmusAction): number {
    const mm = this.#process(action);
    this.#requireWritable(mm, text(action, 'p'));
    return mm;
  }

  #requireWritable(mm: number, name: string): void {
    if (this.#kernel.locks.isMmReadLocked(mm))
      throw this.#error(`${name} would sleep on its mmap_sem, which ksmd holds`);
  }

  /** break_ksm waits for the end of a migration. */
  #requireNoMigration(mm: number, start: number, pages: number): void {
    const { tables, vmas } = this.#kernel;
    for (let vpn = start; vpn < start + pages; vpn++) {
      const vma = vmas.covering(mm, vpn);
      const isMergeable = vma >= 0 && (vmas.flags[vma] & VM.mergeable) !== 0;
      if (isMergeable && (tables.get(mm, vpn) & PTE.migration) !== 0)
        throw this.#error(`the caller would sleep until the migration of ${this.#names.address(mm, vpn)} ends`);
    }
  }

  #live(name: string): number {
    const mm = this.#names.process(name);
    if (mm === NONE) throw this.#error(`there is no process ${name}`);
    return mm;
  }

  #page(action: LitmusAction): number {
    const label = text(action, 'page');
    const pfn = this.#names.page(label);
    if (pfn === NONE) throw this.#error(`there is no page ${label}, or it is free by now`);
    return pfn;
  }

  #error(message: string): LitmusError {
    return new LitmusError(this.#step, message);
  }
}

function text(action: LitmusAction, key: string): string {
  return String(action[key]);
}

function number(action: LitmusAction, key: string, otherwise = 0): number {
  const value = action[key];
  return typeof value === 'number' ? value : otherwise;
}

/** Runs a test, with all invariants recounted after each action; throws LitmusError for an action that makes no sense. */
export function runLitmus(test: LitmusTest, options: LitmusOptions): LitmusResult {
  const machine = new ScriptMachine(test.config, strategiesNamed(options.strategies, options.plugins));
  const interpreter = new Interpreter(test, options.strategies, machine);
  const mismatches: LitmusMismatch[] = [];
  const states: LitmusState[] = [];
  test.actions.forEach((action, step) => {
    const report = interpreter.perform(action, step);
    const found = differences(action['expect'] ?? {}, report, '');
    if (action.op === 'check') {
      for (const label of report['absent'] as string[]) {
        found.push({ path: `absent.${label}`, expected: 'free', actual: 'in use' });
      }
    }
    for (const message of interpreter.audit()) found.push({ path: 'invariant', expected: null, actual: message });
    for (const difference of found) mismatches.push({ step, op: action.op, ...difference });
    if (options.step) states.push(interpreter.state(action, report));
  });
  return { id: test.id, ok: mismatches.length === 0, mismatches, states };
}
