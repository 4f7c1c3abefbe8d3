/**
 * One script on the model, its invariants recounted after every action, and beside it on the reference, compared after
 * every action. The reference knows stock 3.10 only: under other strategies the model is held to its invariants.
 */
import { isDeepStrictEqual } from 'node:util';
import { ReusedArena, strategies } from '../../../sim/index.ts';
import { Interpreter } from '../../../sim/litmus/interpreter.ts';
import { snapshot } from '../../../sim/litmus/snapshot.ts';
import { LitmusError, type LitmusAction, type LitmusTest } from '../../../sim/litmus/types.ts';
import type { Coverage } from './coverage.ts';
import { Scene } from './scene.ts';
import { returnsWithin } from '../returnsWithin.ts';
import { actionOf, CONTENTS, triesOf, type Draw } from './script.ts';
import { NotPassed, Senseless, Sleeps, Unsound } from './reference/errors.ts';
import { ReferenceMachine, type Report } from './reference/machine.ts';

/** What a script runs on. */
export interface Setup {
  readonly strategies: readonly string[];
  readonly config: LitmusTest['config'];
}

/** Where the models part, or the model breaks an invariant. */
export interface Disagreement {
  readonly setup: Setup;
  /** The script up to and with the action after which they differ. */
  readonly actions: readonly LitmusAction[];
  readonly differences: readonly string[];
  /** What the reference says, if it was asked; null for each thing that the model has and the reference does not. */
  readonly expected?: { readonly report: Report; readonly state?: object };
}

export interface Comparison {
  readonly compared: number;
  readonly disagreement: Disagreement | null;
}

interface Choice {
  readonly action: LitmusAction;
  readonly tries: number;
}

/** Runs the prologue, then draws, turned into actions by the state of the model. */
export function compareDraws(
  setup: Setup,
  prologue: readonly LitmusAction[],
  draws: readonly Draw[],
  coverage: Coverage | null,
): Comparison {
  const trial = new Trial(setup, coverage);
  return trial.run(prologue.length + draws.length, (step, scene) => {
    if (step < prologue.length) return { action: prologue[step], tries: 1 };
    const draw = draws[step - prologue.length];
    const action = actionOf(draw, step, scene);
    return action === null ? null : { action, tries: triesOf(draw) };
  });
}

/** Runs a script as it stands, without the actions that make no sense. */
export function compareActions(setup: Setup, actions: readonly LitmusAction[]): Comparison {
  return new Trial(setup, null).run(actions.length, (step) => ({ action: actions[step], tries: 1 }));
}

/**
 * What one action came to: done, to be left out of the script, the end of the script, or ksmd did not pass the point.
 */
type Outcome = 'done' | 'senseless' | 'over' | 'notPassed';

/** What an item of ksmd that never came to the point of a ksmd_to amounts to. */
const FINISH: LitmusAction = { op: 'ksmd_finish' };
/** A script takes a hundredth of that. */
const PATIENCE_MS = 4000;
/** Actions that may have changed something before the model refuses them; the script ends there. */
const MAY_HAVE_BEGUN = ['cma', 'pass', 'scan_until', 'write', 'migrate', 'migrate_start', 'mremap'];

/** Of one script's kernel after the other. */
const memory = new ReusedArena();

class Trial {
  readonly #setup: Setup;
  readonly #fast: Interpreter;
  readonly #scene: Scene;
  readonly #reference: ReferenceMachine | null;
  readonly #coverage: Coverage | null;
  readonly #actions: LitmusAction[] = [];
  #disagreement: Disagreement | null = null;

  constructor(setup: Setup, coverage: Coverage | null) {
    this.#setup = setup;
    // The interpreter numbers contents from the script: it is given all of them in advance.
    const actions = CONTENTS.map((data) => ({ op: 'write', data }));
    const test = { id: '', title: '', kind: '', config: setup.config, actions, why: '' };
    this.#fast = memory.build(() => new Interpreter(test, setup.strategies));
    this.#scene = new Scene(this.#fast);
    const isKnown = setup.strategies.every((name) => name === 'stock') && setup.config.kernel === undefined;
    this.#reference = isKnown ? new ReferenceMachine(setup.config) : null;
    this.#coverage = coverage;
  }

  run(steps: number, choose: (step: number, scene: Scene) => Choice | null): Comparison {
    if (!returnsWithin(PATIENCE_MS, () => this.#runAll(steps, choose))) {
      this.#conclude([`the model does not return from ${JSON.stringify(this.#actions.at(-1))}`]);
    }
    return { compared: this.#actions.length, disagreement: this.#disagreement };
  }

  #runAll(steps: number, choose: (step: number, scene: Scene) => Choice | null): void {
    this.#coverage?.beginScript();
    for (let step = 0; step < steps; step++) {
      const choice = choose(step, this.#scene);
      let outcome: Outcome = 'notPassed';
      for (let i = 0; i < (choice?.tries ?? 0) && outcome === 'notPassed' && this.#disagreement === null; i++) {
        outcome = this.#perform(choice!.action, step === steps - 1);
      }
      if (outcome === 'over' || this.#disagreement !== null) return;
    }
  }

  #perform(action: LitmusAction, isLast: boolean): Outcome {
    return this.#reference === null ? this.#alone(action) : this.#beside(this.#reference, action, isLast);
  }

  #beside(reference: ReferenceMachine, action: LitmusAction, isLast: boolean): Outcome {
    let performed = action;
    let report: Report;
    try {
      report = reference.perform(action);
    } catch (error) {
      if (!(error instanceof NotPassed)) return this.#refused(error, action, isLast);
      performed = FINISH;
      report = { ksmd: 'done', what: error.item };
    }
    this.#actions.push(performed);
    const state = reference.state();
    try {
      const actual = this.#fast.perform(performed, this.#actions.length);
      const broken = this.#audit();
      if (broken.some((line) => line.includes('hlist'))) return this.#conclude(broken);
      const shown = snapshot(this.#fast.kernel, this.#fast.names);
      const lines = [...differences(report, actual, 'report'), ...differences(state, shown, ''), ...broken];
      if (lines.length > 0) {
        const expected = { report: withNulls(report, actual), state: withNulls(state, shown) };
        return this.#conclude(lines, expected);
      }
      this.#noteDone(performed, actual);
    } catch (error) {
      return this.#conclude([`the model throws: ${stackOf(error)}`], { report, state });
    }
    return performed === action ? 'done' : 'notPassed';
  }

  /** The reference refuses the action, or would sleep in it for ever: so must the model, when it is the last one. */
  #refused(error: unknown, action: LitmusAction, isLast: boolean): Outcome {
    if (error instanceof Unsound) return 'over';
    if (error instanceof Senseless && !isLast) return 'senseless';
    this.#actions.push(action);
    if (!(error instanceof Senseless) && !(error instanceof Sleeps)) {
      return this.#conclude([`the reference throws: ${stackOf(error)}`]);
    }
    try {
      const report = this.#fast.perform(action, this.#actions.length);
      const line = `the model performs what the reference refuses (${error.message}): ${JSON.stringify(report)}`;
      return this.#conclude([line], { report: { refused: error.message } });
    } catch (thrown) {
      return thrown instanceof LitmusError ? 'over' : this.#conclude([`the model throws: ${stackOf(thrown)}`]);
    }
  }

  /** Without a reference: the invariants only. */
  #alone(action: LitmusAction): Outcome {
    let performed = action;
    // In the script from the beginning, in case it never returns.
    this.#actions.push(action);
    try {
      let report: Report = {};
      try {
        report = this.#fast.perform(action, this.#actions.length);
      } catch (error) {
        if (!(error instanceof LitmusError)) throw error;
        this.#actions.pop();
        if (action.op !== 'ksmd_to') return MAY_HAVE_BEGUN.includes(action.op) ? 'over' : 'senseless';
        performed = FINISH;
        this.#actions.push(performed);
      }
      const lines = this.#audit();
      if (lines.length > 0) return this.#conclude(lines);
      this.#noteDone(performed, report);
    } catch (error) {
      return this.#conclude([`the model throws: ${stackOf(error)}`]);
    }
    return performed === action ? 'done' : 'notPassed';
  }

  #audit(): string[] {
    const broken = this.#fast.audit().map((message) => `invariant: ${message}`);
    return broken.length > 0 ? broken : this.#brokenClaims();
  }

  /** Mappings that are unfindable for a cause that a strategy claims to remove. The audit has settled the ledger. */
  #brokenClaims(): string[] {
    const claims = strategies.filter(({ name }) => this.#setup.strategies.includes(name)).flatMap((one) => one.claims);
    const { ledger, hooks } = this.#fast.kernel;
    // By its address nobody finds what a relative has moved before the upgrade: B2 of that kind only some deal with.
    const mayBeMoved = hooks.unmergesMoved !== true && this.#actions.some(({ op }) => op === 'mremap');
    const gaps = [...ledger.gaps.values()].filter(({ cause }) => !(mayBeMoved && cause === 'B2'));
    return gaps
      .filter(({ cause }) => claims.includes(cause))
      .map(({ mm, vpn, cause }) => `claim: ${this.#fast.names.address(mm, vpn)} is unfindable by ${cause}`);
  }

  #noteDone(action: LitmusAction, report: Report): void {
    this.#scene.performed(action);
    this.#coverage?.note(this.#fast, action, report);
  }

  #conclude(lines: readonly string[], expected?: Disagreement['expected']): 'over' {
    const found = { setup: this.#setup, actions: this.#actions, differences: lines };
    this.#disagreement = expected === undefined ? found : { ...found, expected };
    return 'over';
  }
}

/** One line for each entry that is not the same on both sides. */
function differences(expected: unknown, actual: unknown, path: string): string[] {
  if (isDeepStrictEqual(expected, actual)) return [];
  if (!isRecord(expected) || !isRecord(actual)) {
    return [`${path}: the reference says ${JSON.stringify(expected)}, the model ${JSON.stringify(actual)}`];
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].flatMap((key) => differences(expected[key], actual[key], path === '' ? key : `${path}.${key}`));
}

/** `expected`, with null for every entry that only `actual` has. */
function withNulls(expected: object, actual: object): Record<string, unknown> {
  const added = Object.keys(actual).flatMap((key) => (key in expected ? [] : [[key, null] as const]));
  const known = Object.entries(expected).map(([key, value]: [string, unknown]) => {
    const other = (actual as Record<string, unknown>)[key];
    return [key, isRecord(value) && isRecord(other) ? withNulls(value, other) : value] as const;
  });
  return Object.fromEntries([...known, ...added]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
