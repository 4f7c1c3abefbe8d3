/**
 * Runs one scripted test on the same kernel rooms as the device, without a clock: an action performs the steps it
 * stands for, ksmd and the migrator can be stopped between theirs.
 *
 * Differences: CPU 0 does everything; whoever would sleep on a lock reports it, and goes on when told to.
 */
import type { Kernel } from '../kernel.ts';
import { NONE } from '../memory/frames.ts';
import { strategiesNamed } from '../strategies/index.ts';
import { checkKernel } from '../truth/invariants.ts';
import { checkWalks } from '../truth/walks.ts';
import { AllocationScript } from './allocationScript.ts';
import { KsmdScript } from './ksmdScript.ts';
import { MigrationScript } from './migrationScript.ts';
import { Names } from './names.ts';
import { probe } from './probe.ts';
import { ProcessScript, type PageRange, type PageWrite } from './processScript.ts';
import { Relations } from './relations.ts';
import { ScriptMachine } from './scriptMachine.ts';
import { differences, snapshot } from './snapshot.ts';
import { LitmusError, type LitmusAction, type LitmusMismatch, type LitmusOptions } from './types.ts';
import type { LitmusResult, LitmusState, LitmusTest } from './types.ts';

type Report = Record<string, unknown>;

export class Interpreter {
  readonly #machine: ScriptMachine;
  readonly #kernel: Kernel;
  readonly #names: Names;
  readonly #processes: ProcessScript;
  readonly #ksmd: KsmdScript;
  /** Migrations by who makes them; '' when that is not said. */
  readonly #migrations = new Map<string, MigrationScript>();
  readonly #allocation: AllocationScript;
  readonly #relations: Relations;
  #step = 0;
  /** The error of the running action. */
  readonly #fail = (message: string): LitmusError => new LitmusError(this.#step, message);

  /** `on`: the machine to run on; or the names of strategies, for a roomy one of its own. */
  constructor(test: LitmusTest, on: readonly string[] | ScriptMachine) {
    const machine = on instanceof ScriptMachine ? on : new ScriptMachine(test.config, strategiesNamed(on));
    const { kernel } = machine;
    const names = new Names(kernel.frames, [...test.actions, ...Object.values(test.threads ?? {}).flat()]);
    this.#machine = machine;
    this.#kernel = kernel;
    this.#names = names;
    this.#relations = new Relations(kernel, names);
    this.#processes = new ProcessScript(machine, names, this.#fail);
    this.#ksmd = new KsmdScript(kernel, names, this.#fail);
    this.#allocation = new AllocationScript(machine, names, this.#fail);
    machine.onNewPage = (mm, vpn, pfn, label) => names.addPage(pfn, mm, vpn, label);
    kernel.ledger.onMigrated = (from, to) => names.movePage(from, to);
  }

  /** Performs one action; returns what it reports. Throws LitmusError. */
  perform(action: LitmusAction, step: number): Report {
    this.#step = step;
    switch (action.op) {
      case 'proc':
        this.#processes.create(text(action, 'p'));
        return {};
      case 'mmap':
        this.#processes.mmap(range(action), action['mergeable'] !== false);
        return {};
      case 'write':
        return this.#processes.write(writeOf(action));
      case 'fork':
        this.#processes.fork(text(action, 'parent'), text(action, 'child'));
        return {};
      case 'exit':
        this.#processes.exit(text(action, 'p'));
        return {};
      case 'munmap':
        this.#processes.munmap(range(action));
        return {};
      case 'mremap':
        this.#processes.mremap(range(action, 'from'), number(action, 'to'));
        return {};
      case 'madvise':
        this.#processes.madvise(range(action), text(action, 'advice'));
        return {};
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
        if (!this.#machine.unpin(this.#page(action))) throw this.#fail('nobody pins the page');
        return {};
      case 'lock':
        if (!this.#machine.lock(this.#page(action))) throw this.#fail('the page is locked already');
        return {};
      case 'unlock':
        if (!this.#machine.unlock(this.#page(action))) throw this.#fail('the script does not hold the page lock');
        return {};
      case 'drain':
        this.#machine.drainAll();
        return {};
      case 'check':
        return { ...snapshot(this.#kernel, this.#names), absent: this.#absent(action) };
      default:
        throw this.#fail(`unknown op ${action.op}`);
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

  #page(action: LitmusAction): number {
    const label = text(action, 'page');
    const pfn = this.#names.page(label);
    if (pfn === NONE) throw this.#fail(`there is no page ${label}, or it is free by now`);
    return pfn;
  }
}

function text(action: LitmusAction, key: string): string {
  return String(action[key]);
}

function number(action: LitmusAction, key: string, otherwise = 0): number {
  const value = action[key];
  return typeof value === 'number' ? value : otherwise;
}

function range(action: LitmusAction, start = 'start'): PageRange {
  return { p: text(action, 'p'), start: number(action, start), n: number(action, 'n') };
}

function writeOf(action: LitmusAction): PageWrite {
  const { page, by } = action;
  return {
    p: text(action, 'p'),
    at: number(action, 'at'),
    data: text(action, 'data'),
    label: typeof page === 'string' ? page : null,
    cma: action['cma'] === true,
    by: typeof by === 'string' ? by : null,
  };
}

/**
 * Runs a test, with all invariants recounted after each action; throws LitmusError for an action that makes no sense.
 */
export function runLitmus(test: LitmusTest, options: LitmusOptions): LitmusResult {
  const machine = new ScriptMachine(test.config, strategiesNamed(options.strategies, options.plugins));
  const interpreter = new Interpreter(test, machine);
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
