/** How fast `litmus explore` meets states, and what a million of them take. */
import { Explorer } from '../../sim/index.ts';
import type { LitmusAction, LitmusTest } from '../../sim/index.ts';
import { measure } from './wall.ts';
import type { SuiteResult } from './wall.ts';

const STATES = 200_000;
const QUICK_STATES = 20_000;
const MILLION = 1_000_000;

const write = (p: string, data: string): LitmusAction => ({ op: 'write', p, at: 16, data });

/** Forks, copies, an exit and two migrations beside ksmd: several million states. */
const SCRIPT: LitmusTest = {
  id: 'bench',
  title: '',
  kind: '',
  config: {},
  actions: [
    { op: 'proc', p: 'P' },
    { op: 'mmap', p: 'P', start: 16, n: 1 },
    write('P', 'same'),
    { op: 'proc', p: 'Q' },
    { op: 'mmap', p: 'Q', start: 16, n: 1 },
    { ...write('Q', 'same'), page: 'shared', cma: true },
    { op: 'pass', count: 2 },
  ],
  threads: {
    parent: [{ op: 'fork', parent: 'P', child: 'C' }, write('P', 'own'), { op: 'exit', p: 'Q' }],
    child: [{ op: 'fork', parent: 'C', child: 'G' }, write('C', 'theirs')],
    one: [{ op: 'migrate', page: 'shared', force: true }],
    two: [{ op: 'migrate', page: 'shared' }],
    ksmd: [{ op: 'ksmd' }],
  },
  why: '',
};

function explore(maxStates: number): Explorer {
  const explorer = new Explorer(SCRIPT, { strategies: ['stock'], maxStates });
  while (!explorer.run(10_000));
  return explorer;
}

/** States per wall second on one core (median call), and bytes of a million states with those waiting at their most. */
export async function explorations(
  iterations: number,
  quick: boolean,
): Promise<{
  suite: SuiteResult;
  exploredStatesPerSecond: number;
  bytesOfMillionStates: number | null;
  notes: readonly string[];
}> {
  const states = quick ? QUICK_STATES : STATES;
  const suite = await measure(
    'explorations',
    `litmus explore up to ${states} states of a script with four threads besides ksmd`,
    [{ name: 'states', run: () => void explore(states), work: { unit: 'state', count: states } }],
    iterations,
  );
  const exploredStatesPerSecond = states / (suite.timings[0].p50Ms / 1e3);
  if (quick) {
    const notes = ['bytesOfMillionStates is null: a quick run does not explore a million states.'];
    return { suite, exploredStatesPerSecond, bytesOfMillionStates: null, notes };
  }
  return { suite, exploredStatesPerSecond, bytesOfMillionStates: explore(MILLION).report().bytes, notes: [] };
}
