/** One script on both models, compared after every action. */
import { isDeepStrictEqual } from 'node:util';
import { Interpreter } from '../../sim/litmus/interpreter.ts';
import { LitmusError, type LitmusAction, type LitmusSnapshot, type LitmusTest } from '../../sim/litmus/types.ts';
import { checkKernel } from '../../sim/truth/invariants.ts';
import { actionOf, CONTENTS, PROLOGUE, type Draw } from './fuzzScript.ts';
import { Senseless, Sleeps, Unsound } from './reference/errors.ts';
import { ReferenceMachine, type Report } from './reference/machine.ts';

export type Config = LitmusTest['config'];

/** Where the models part. */
export interface Disagreement {
  readonly config: Config;
  /** The script up to and with the action after which they differ. */
  readonly actions: readonly LitmusAction[];
  readonly differences: readonly string[];
  /** What the reference says; absent where it says that the action makes no sense, or sleeps. */
  readonly expected?: { readonly report: Report; readonly state: LitmusSnapshot };
}

export interface Comparison {
  readonly compared: number;
  readonly disagreement: Disagreement | null;
}

/** Runs draws, turned into actions by the state of the reference. */
export function compareDraws(config: Config, draws: readonly Draw[]): Comparison {
  return compare(config, PROLOGUE.length + draws.length, (step, machine) =>
    step < PROLOGUE.length ? PROLOGUE[step] : actionOf(draws[step - PROLOGUE.length], step, machine),
  );
}

/** Runs a script as it stands, without the actions that make no sense. */
export function compareActions(config: Config, actions: readonly LitmusAction[]): Comparison {
  return compare(config, actions.length, (step) => actions[step]);
}

function compare(
  config: Config,
  steps: number,
  choose: (step: number, machine: ReferenceMachine) => LitmusAction | null,
): Comparison {
  const reference = new ReferenceMachine(config);
  // The interpreter numbers contents from the script: it is given all of them in advance.
  const contents = CONTENTS.map((data) => ({ op: 'write', data }));
  const fast = new Interpreter({ id: '', title: '', kind: '', config, actions: contents, why: '' }, ['stock']);
  const actions: LitmusAction[] = [];
  for (let step = 0; step < steps; step++) {
    const action = choose(step, reference);
    if (action === null) continue;
    let report: Report;
    try {
      report = reference.perform(action);
    } catch (error) {
      if (error instanceof Unsound) break;
      if (error instanceof Senseless && step < steps - 1) continue;
      const differences = expectError(error, fast, action, step);
      return conclude(config, [...actions, action], differences);
    }
    actions.push(action);
    const expected = { report, state: reference.state() };
    const differences = perform(fast, action, step, expected);
    if (differences.length > 0) {
      return { compared: actions.length, disagreement: { config, actions, differences, expected } };
    }
  }
  return { compared: actions.length, disagreement: null };
}

function conclude(config: Config, actions: readonly LitmusAction[], differences: readonly string[]): Comparison {
  const disagreement = differences.length === 0 ? null : { config, actions, differences };
  return { compared: actions.length, disagreement };
}

/** Performs the action on the fast model; what differs from the reference, and which invariants are broken. */
function perform(
  fast: Interpreter,
  action: LitmusAction,
  step: number,
  expected: { readonly report: Report; readonly state: LitmusSnapshot },
): string[] {
  try {
    const report = fast.perform(action, step);
    const { ptes, pages, counters, mm_slots, cursor } = fast.state(action, report);
    const lines = differences(expected.report, report, 'report');
    for (const [name, actual] of Object.entries({ ptes, pages, counters, mm_slots, cursor })) {
      lines.push(...differences(expected.state[name as keyof LitmusSnapshot], actual, name));
    }
    return [...lines, ...checkKernel(fast.kernel).map((message) => `invariant: ${message}`)];
  } catch (error) {
    return [`the model throws: ${stackOf(error)}`];
  }
}

/** The reference refuses the action, or would sleep in it for ever: so must the model. */
function expectError(error: unknown, fast: Interpreter, action: LitmusAction, step: number): string[] {
  if (!(error instanceof Senseless) && !(error instanceof Sleeps)) return [`the reference throws: ${stackOf(error)}`];
  try {
    const report = fast.perform(action, step);
    if (error instanceof Sleeps) {
      if (report['rc'] === 'blocked') return [];
      if (report['processed'] !== undefined) return differences({ processed: error.processed }, report, 'report');
    }
    return [`the model performs what the reference refuses (${error.message}): ${JSON.stringify(report)}`];
  } catch (thrown) {
    if (thrown instanceof LitmusError) return [];
    return [`the model throws: ${stackOf(thrown)}`];
  }
}

/** One line for each entry that is not the same on both sides. */
function differences(expected: unknown, actual: unknown, path: string): string[] {
  if (isDeepStrictEqual(expected, actual)) return [];
  if (!isRecord(expected) || !isRecord(actual)) {
    return [`${path}: the reference says ${JSON.stringify(expected)}, the model ${JSON.stringify(actual)}`];
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...keys].flatMap((key) => differences(expected[key], actual[key], `${path}.${key}`));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
