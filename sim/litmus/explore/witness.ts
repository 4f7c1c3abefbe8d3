/**
 * The way to a state as a litmus test that runs by itself: the scene, then what each thread does in turn, then a check
 * and probes of what is unfindable there. What its actions report is taken from a run of the test, which is also held
 * against the exploration: both must find the same ptes unfindable.
 */
import { InvariantError } from '../../truth/invariants.ts';
import { strategiesNamed } from '../../strategies/index.ts';
import { Interpreter } from '../interpreter.ts';
import { ScriptMachine } from '../scriptMachine.ts';
import { snapshot } from '../snapshot.ts';
import type { ActingStrategies, LitmusAction, LitmusTest } from '../types.ts';
import type { Search } from './search.ts';
import type { Effect } from './steps.ts';

/** Steps of one thread that nobody came between. */
interface Turn {
  readonly thread: number;
  readonly effects: Effect[];
}

/** The test; its expectations hold under the strategies of the search. `why`: what it is to say of itself. */
export function witnessOf(search: Search, state: number, under: ActingStrategies, why: string): LitmusTest {
  const { unfindable, actions } = pathOf(search, state);
  const { test } = search.world.script;
  const config = test.config;
  const witness = {
    id: `${test.id}-witness`.slice(0, 100),
    title: `${test.title === '' ? test.id : test.title}: the shortest way`,
    kind: 'witness',
    config,
    actions,
    why,
  };
  const { test: expecting, missed } = expectingReports(witness, under);
  const isSame = missed.length === unfindable.length && missed.every((address) => unfindable.includes(address));
  if (!isSame) {
    const told = `unfindable by the witness: ${missed.join(', ')}; by the exploration: ${unfindable.join(', ')}`;
    throw new InvariantError([told], 'in a witness');
  }
  return expecting;
}

/** The scene and what leads from it to the state, as actions that run by themselves. */
export function actionsTo(search: Search, state: number): readonly LitmusAction[] {
  return pathOf(search, state).actions;
}

function pathOf(search: Search, state: number): { actions: readonly LitmusAction[]; unfindable: readonly string[] } {
  const { turns, unfindable } = replay(search, state);
  const { test } = search.world.script;
  return { unfindable, actions: [...test.actions.map(withoutExpect), ...actionsOf(search, turns)] };
}

/** Takes the path's steps again, noting what each came to. */
function replay(search: Search, state: number): { turns: Turn[]; unfindable: string[] } {
  const { world, steps, encoder } = search;
  const turns: Turn[] = [];
  world.words.set(search.root);
  world.load();
  steps.trace = (thread, effect) => {
    const last = turns.at(-1);
    if (last?.thread === thread) last.effects.push(effect);
    else turns.push({ thread, effects: [effect] });
  };
  for (const thread of search.pathTo(state)) steps.step(thread);
  steps.trace = null;
  world.save();
  const unfindable: string[] = [];
  encoder.onUnfindable = (mm, vpn) => unfindable.push(`${world.script.processes[world.processOf[mm]]}@${vpn}`);
  encoder.encode();
  encoder.onUnfindable = null;
  return { turns, unfindable };
}

function actionsOf(search: Search, turns: readonly Turn[]): LitmusAction[] {
  const { threads } = search.world.script;
  const actions: LitmusAction[] = [];
  const next = threads.map(() => 0);
  const slept = threads.map(() => false);
  /** Steps of ksmd not written down yet: they change nothing but its phase. */
  let carried: Effect[] = [];
  for (const { thread, effects } of turns) {
    const { isKsmd, actions: script, name } = threads[thread];
    if (isKsmd) {
      const turn = ksmdTurn([...carried, ...effects]);
      carried = turn.carried;
      actions.push(...turn.actions);
      continue;
    }
    let run: Effect[] = [];
    for (const effect of effects) {
      const action = withoutExpect(script[next[thread]]);
      if (action.op === 'migrate' || action.op === 'cma') {
        run.push(effect);
        if (effect.kind === 'ended' || effect.kind === 'nothing' || effect.kind === 'drained') {
          actions.push(...operationTurn(action, name, run));
          run = [];
          next[thread]++;
        }
        continue;
      }
      const who = effect.kind === 'sleeps' || slept[thread] ? { by: name } : {};
      if (effect.kind !== 'nothing') actions.push({ ...action, ...who });
      slept[thread] = effect.kind === 'sleeps';
      if (effect.kind !== 'sleeps') next[thread]++;
    }
    if (run.length > 0) actions.push(...operationTurn(withoutExpect(script[next[thread]]), name, run));
  }
  return actions;
}

/** Whole items as a scan, a stop inside one by its name if it has one, else by the number of steps. */
function ksmdTurn(effects: readonly Effect[]): { actions: LitmusAction[]; carried: Effect[] } {
  const last = effects.findLastIndex(({ isFinished }) => isFinished === true);
  const whole = effects.slice(0, last + 1).filter(({ isFinished }) => isFinished === true).length;
  const rest = effects.slice(last + 1);
  const actions: LitmusAction[] = whole === 0 ? [] : [{ op: 'scan', count: whole }];
  const end = rest.at(-1);
  if (end === undefined || rest.every(({ isPrivate }) => isPrivate === true)) return { actions, carried: rest };
  const point = end.point ?? null;
  const isFirst = rest.findIndex((effect) => effect.point === point) === rest.length - 1;
  if (end.isBlocked === true) actions.push({ op: 'ksmd_finish' });
  else if (point !== null && isFirst) actions.push({ op: 'ksmd_to', point });
  else actions.push({ op: 'ksmd_step', count: rest.length });
  return { actions, carried: [] };
}

/** A migration or an allocation: whole, or a part of it. */
function operationTurn(action: LitmusAction, by: string, effects: readonly Effect[]): LitmusAction[] {
  const isMigration = action.op === 'migrate';
  const who = isMigration ? { by } : {};
  const [first] = effects;
  const end = effects[effects.length - 1];
  if (end.kind === 'nothing') return [];
  if (end.kind === 'drained') return [{ op: 'drain' }];
  if (first.kind === 'begun' && end.kind === 'ended') return [{ ...action, ...who }];
  const actions: LitmusAction[] = [];
  // An allocation takes its first step as it begins, a migration does not.
  let steps = effects.filter(({ kind }) => kind === 'stepped').length;
  if (first.kind === 'begun') {
    actions.push({ ...action, op: `${action.op}_start`, ...who });
    if (!isMigration) steps++;
  }
  if (end.kind === 'ended') actions.push({ op: `${action.op}_finish`, ...who });
  else if (steps > 0) {
    const point = end.point ?? null;
    const isFirst = effects.findIndex((effect) => effect.point === point) === effects.length - 1;
    if (point !== null && isFirst) actions.push({ op: 'migrate_to', point, ...who });
    else actions.push({ op: `${action.op}_step`, count: steps, ...who });
  }
  return actions;
}

/** Runs the test, adds what its actions report as expectations, and a check and probes of what is missed at the end. */
export function expectingReports(
  test: LitmusTest,
  under: ActingStrategies,
): { test: LitmusTest; missed: readonly string[] } {
  const machine = new ScriptMachine(test.config, strategiesNamed(under.strategies, under.plugins));
  const interpreter = new Interpreter(test, machine);
  const actions = test.actions.map((action, step): LitmusAction => {
    const report = interpreter.perform(action, step);
    return Object.keys(report).length === 0 ? action : { ...action, expect: report };
  });
  const { kernel, names } = interpreter;
  kernel.ledger.settle();
  const gaps = [...kernel.ledger.gaps.values()];
  const missed = gaps.map(({ mm, vpn }) => names.address(mm, vpn));
  const { ptes, pages } = snapshot(kernel, names);
  const labels = [...new Set(gaps.map(({ pfn }) => names.label(pfn)))];
  const shownPtes = Object.fromEntries(Object.entries(ptes).filter(([, held]) => labels.includes(held)));
  const shownPages = Object.fromEntries(labels.map((label) => [label, pages[label]]));
  if (gaps.length > 0) actions.push({ op: 'check', expect: { ptes: shownPtes, pages: shownPages } });
  for (const page of labels) {
    const probe = { op: 'probe', page };
    actions.push({ ...probe, expect: interpreter.perform(probe, actions.length) });
  }
  return { test: { ...test, actions }, missed };
}

function withoutExpect(action: LitmusAction): LitmusAction {
  return Object.fromEntries(Object.entries(action).filter(([key]) => key !== 'expect')) as LitmusAction;
}
