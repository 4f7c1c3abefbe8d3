/**
 * Random scripts over the whole kernel, every invariant recounted after each action: at least 200,000 actions, spread
 * over the strategies that change kernel behaviour; and a share of them under what has changed by Linux 6.1.
 */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Interpreter } from '../litmus/interpreter.ts';
import { KSMD_POINTS } from '../ksm/ksmd.ts';
import { LitmusError, type LitmusAction, type LitmusTest } from '../litmus/types.ts';
import { MIGRATE_POINTS } from '../migrate/unmapAndMove.ts';
import { PTE } from '../process/pageTables.ts';
import { checkKernel } from './invariants.ts';

const ACTIONS_PER_SCRIPT = 120;
const SCRIPTS = 3300;
const NEWER_SCRIPTS = 700;
const STRATEGIES = [
  ['stock'],
  ['page-anon-vma'],
  ['root-search'],
  ['keep-until-rescanned'],
  ['keep-forever'],
  ['page-anon-vma', 'root-search', 'keep-until-rescanned'],
];
const CONTENTS = ['A', 'B', 'C', 'D'];
const ADVICE = ['MERGEABLE', 'UNMERGEABLE', 'DONTNEED'];

/** What one action is drawn from: a kind, and four numbers to choose its arguments with. */
type Draw = readonly [string, number, number, number, number];

/** Kinds with their weights, so that scripts merge, fork and migrate a lot. */
const KINDS: Record<string, number> = {
  proc: 4,
  mmap: 6,
  write: 30,
  fork: 7,
  exit: 3,
  munmap: 3,
  madvise: 3,
  mremap: 2,
  scan: 14,
  pass: 6,
  ksmd_to: 6,
  ksmd_finish: 4,
  cma: 4,
  drain: 1,
  ksm_run: 1,
  migrate: 2,
  migrate_start: 2,
  migrate_to: 1,
  migrate_finish: 2,
  pin: 1,
  unpin: 1,
};

const draw: fc.Arbitrary<Draw> = fc.tuple(
  fc.oneof(...Object.entries(KINDS).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind) }))),
  fc.nat(1023),
  fc.nat(1023),
  fc.nat(1023),
  fc.nat(1023),
);

class Script {
  readonly interpreter: Interpreter;
  readonly #processes: string[] = [];
  readonly #pinned: string[] = [];
  #born = 0;

  constructor(strategies: readonly string[], config: LitmusTest['config'] = {}) {
    // Contents are numbered from the script's actions: give it all of them in advance.
    const actions = CONTENTS.map((data) => ({ op: 'write', data }));
    this.interpreter = new Interpreter({ id: '', title: '', kind: '', config, actions, why: '' }, strategies);
  }

  /** The action that a draw stands for in the present state, or null when it has none. */
  action([kind, a, b, c, d]: Draw): LitmusAction | null {
    if (kind === 'proc') return this.#processes.length < 8 ? { op: kind, p: `p${this.#born++}` } : null;
    if (kind === 'scan') return { op: kind, count: 1 + (a % 3) };
    if (kind === 'ksmd_to') return { op: kind, point: KSMD_POINTS[a % KSMD_POINTS.length] };
    if (kind === 'cma') return { op: kind, start: 256 + (a % 32), n: 1 + (b % 32) };
    if (kind === 'ksm_run') return { op: kind, value: [1, 1, 2, 0][a % 4] };
    if (kind === 'migrate_to') return { op: kind, point: MIGRATE_POINTS[a % 3] };
    if (['pass', 'ksmd_finish', 'drain', 'migrate_finish'].includes(kind)) return { op: kind };
    if (kind === 'unpin') return this.#pinned.length > 0 ? { op: kind, page: this.#pinned.pop() } : null;
    if (['migrate', 'migrate_start', 'pin'].includes(kind)) {
      const labels = [...this.interpreter.names.labels].filter((label) => this.interpreter.names.page(label) >= 0);
      return labels.length > 0 ? { op: kind, page: labels[a % labels.length], force: b % 2 === 0 } : null;
    }
    if (this.#processes.length === 0) return null;
    const p = this.#processes[a % this.#processes.length];
    if (kind === 'fork') return this.#processes.length < 10 ? { op: kind, parent: p, child: `p${this.#born++}` } : null;
    if (kind === 'exit') return { op: kind, p };
    if (kind === 'mmap') return { op: kind, p, start: 16 + (b % 3), n: 1 + (c % 3), mergeable: d % 4 > 0 };
    if (kind === 'write') return { op: kind, p, at: 16 + (b % 5), data: CONTENTS[c % 4], cma: d % 2 > 0 };
    if (kind === 'munmap') return { op: kind, p, start: 16 + (b % 4), n: 1 + (c % 2) };
    if (kind === 'mremap') return { op: kind, p, from: 16 + (b % 3), n: 1, to: 20 + (c % 3) };
    return { op: kind, p, start: 16 + (b % 4), n: 1 + (c % 2), advice: ADVICE[d % 3] };
  }

  /** False when the action would sleep for ever or makes no sense here; the script goes on without it. */
  perform(action: LitmusAction, step: number): boolean {
    try {
      this.interpreter.perform(action, step);
    } catch (error) {
      if (error instanceof LitmusError) return false;
      throw error;
    }
    if (action.op === 'proc') this.#processes.push(String(action['p']));
    if (action.op === 'fork') this.#processes.push(String(action['child']));
    if (action.op === 'exit') this.#processes.splice(this.#processes.indexOf(String(action['p'])), 1);
    if (action.op === 'pin') this.#pinned.push(String(action['page']));
    return true;
  }
}

/** Runs random scripts, each under one of the kernels; returns the actions performed. */
function runScripts(scripts: number, configs: readonly LitmusTest['config'][], seen: (script: Script) => void): number {
  let performed = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...STRATEGIES),
      fc.array(draw, { minLength: ACTIONS_PER_SCRIPT, maxLength: ACTIONS_PER_SCRIPT, size: 'max' }),
      fc.constantFrom(...configs),
      (strategies, draws, config) => {
        const script = new Script(strategies, config);
        for (const [step, one] of draws.entries()) {
          const action = script.action(one);
          if (action === null) continue;
          const went = script.perform(action, step);
          if (went) performed++;
          const messages = checkKernel(script.interpreter.kernel);
          assert.equal(messages, [], `after action ${step}, ${JSON.stringify(action)}`);
          seen(script);
          // An allocation that sleeps on a lock nobody drops leaves the migrator asleep: the script ends there.
          if (!went && action.op === 'cma') return;
        }
      },
    ),
    { numRuns: scripts, seed: 20150430, endOnFailure: process.env['CI'] !== undefined },
  );
  return performed;
}

test('200,000 random actions leave every invariant true', () => {
  const performed = runScripts(SCRIPTS, [{}], () => undefined);
  assert.ok(performed >= 200_000, `only ${performed} actions were performed`);
});

test('40,000 random actions under Linux 6.1, the limit of sharers low or as it is', () => {
  let chains = 0;
  const performed = runScripts(
    NEWER_SCRIPTS,
    [
      { kernel: 'linux-6.1' },
      { kernel: 'linux-6.1', max_page_sharing: 2 },
      { kernel: 'linux-6.1', max_page_sharing: 3 },
    ],
    ({ interpreter }) => (chains = Math.max(chains, interpreter.kernel.stable.chains?.dups ?? 0)),
  );
  assert.ok(performed >= 40_000, `only ${performed} actions were performed`);
  assert.ok(chains >= 3, `at most ${chains} dups at a time`);
});

test('the recount notices each kind of damage', () => {
  const damage: [string, (script: Script) => void][] = [
    ['mapcount', ({ interpreter: { kernel } }) => (kernel.frames.mapcount[pageOf(kernel)]++, undefined)],
    ['page_count', ({ interpreter: { kernel } }) => (kernel.frames.count[pageOf(kernel)]++, undefined)],
    ['pages_sharing', ({ interpreter: { kernel } }) => (kernel.objects.pagesSharing++, undefined)],
    ['unfindable', ({ interpreter: { kernel } }) => kernel.objects.removeFromHlist(kernel.objects.hlist[0])],
  ];
  for (const [word, inflict] of damage) {
    const script = new Script(['stock']);
    const actions: LitmusAction[] = [
      ...['P', 'Q'].flatMap((p) => [
        { op: 'proc', p },
        { op: 'mmap', p, start: 16, n: 1 },
        { op: 'write', p, at: 16, data: 'A' },
      ]),
      { op: 'pass', count: 2 },
    ];
    for (const [step, action] of actions.entries()) script.perform(action, step);
    assert.equal(checkKernel(script.interpreter.kernel), []);
    inflict(script);
    assert.match(checkKernel(script.interpreter.kernel).join('\n'), new RegExp(word));
  }
});

function pageOf(kernel: Interpreter['kernel']): number {
  const entry = kernel.tables.get(0, 16);
  assert.ok((entry & PTE.present) !== 0);
  return entry >> 6;
}

test.run();
