/** What heir-items promises, on random small scenes with random threads: every interleaving of each is explored. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Explorer } from '../litmus/explore/index.ts';
import type { Exploration } from '../litmus/explore/index.ts';
import type { LitmusAction, LitmusTest } from '../litmus/types.ts';

const SEED = 20150609;
const SCRIPTS = 80;
/** A search that is cut off there has found nothing up to there. */
const MOST_STATES = 6_000;
/** Pages of the scene that threads can name. */
const WRITES = 4;

const address = fc.constantFrom(16, 17);
const family = fc.constantFrom('P', 'Q', 'C');

const sceneWrite = fc.record({
  p: fc.constantFrom('P', 'Q'),
  at: address,
  data: fc.constantFrom('A', 'B'),
  cma: fc.boolean(),
});

const threadAction: fc.Arbitrary<LitmusAction> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant('write'), p: family, at: address, data: fc.constantFrom('A', 'Z') }),
  },
  fc.record({ op: fc.constant('exit'), p: family }),
  fc.record({ op: fc.constant('munmap'), p: family, start: address, n: fc.constant(1) }),
  fc.record({
    op: fc.constant('madvise'),
    p: family,
    start: fc.constant(16),
    n: fc.constantFrom(1, 2),
    advice: fc.constantFrom('UNMERGEABLE', 'DONTNEED', 'MERGEABLE'),
  }),
  fc.record({ op: fc.constant('mremap'), p: family, from: fc.constant(16), n: fc.constant(1), to: fc.constant(40) }),
  fc.record({ op: fc.constant('migrate'), page: fc.nat(WRITES - 1).map((i) => `w${i}`), force: fc.boolean() }),
);

/** A thread may fork first, and goes on with what may undo it. */
const thread = fc.tuple(fc.option(family, { nil: null }), fc.array(threadAction, { minLength: 1, maxLength: 2 })).map(
  ([parent, actions]) =>
    (child: string): LitmusAction[] =>
      parent === null ? actions : [{ op: 'fork', parent, child }, ...actions.slice(0, 1)],
);

const script: fc.Arbitrary<LitmusTest> = fc
  .record({
    mergeable: fc.tuple(fc.boolean(), fc.constant(true)),
    writes: fc.array(sceneWrite, { minLength: WRITES, maxLength: WRITES }),
    parent: fc.constantFrom('P', 'Q'),
    isDrained: fc.boolean(),
    passes: fc.nat(3),
    scans: fc.nat(2),
    threads: fc.tuple(thread, thread),
  })
  .map(({ mergeable, writes, parent, isDrained, passes, scans, threads }): LitmusTest => ({
    id: 'random',
    title: '',
    kind: '',
    config: {},
    why: '',
    actions: [
      ...['P', 'Q'].flatMap((p, i): LitmusAction[] => [
        { op: 'proc', p },
        { op: 'mmap', p, start: 16, n: 2, mergeable: mergeable[i] },
      ]),
      ...writes.map((write, i): LitmusAction => ({ op: 'write', page: `w${i}`, ...write })),
      { op: 'fork', parent, child: 'C' },
      ...(isDrained ? [{ op: 'drain' }] : []),
      ...(passes > 0 ? [{ op: 'pass', count: passes }] : []),
      ...(scans > 0 ? [{ op: 'scan', count: scans }] : []),
    ],
    threads: { one: threads[0]('D'), other: threads[1]('E'), ksmd: [{ op: 'ksmd' }] },
  }));

function explore(test_: LitmusTest, strategy: string): Exploration {
  const explorer = new Explorer(test_, { strategies: [strategy], maxStates: MOST_STATES, reduce: true, audit: false });
  while (!explorer.run(MOST_STATES));
  return explorer.report();
}

test(`${SCRIPTS} random scripts: nothing is ever unfindable and nothing leaks`, () => {
  fc.assert(
    fc.property(script, (one) => {
      const { verdict, leaked, causes } = explore(one, 'heir-items');
      assert.equal({ verdict, leaked, causes }, { verdict: 'never', leaked: false, causes: {} });
    }),
    { seed: SEED, numRuns: SCRIPTS },
  );
});

/** Found by such scripts: with nobody left to visit no pass begins, and nothing was let go of any more. */
const NOBODY_LEFT: LitmusTest = {
  id: 'nobody-left',
  title: '',
  kind: '',
  config: {},
  why: '',
  actions: [
    ...['P', 'Q'].flatMap((p): LitmusAction[] => [
      { op: 'proc', p },
      { op: 'mmap', p, start: 16, n: 2 },
    ]),
    { op: 'write', p: 'Q', at: 16, data: 'B', page: 'q' },
    { op: 'write', p: 'P', at: 17, data: 'B', cma: true },
  ],
  threads: {
    one: [
      { op: 'migrate', page: 'q', force: false },
      { op: 'madvise', p: 'Q', start: 16, n: 2, advice: 'UNMERGEABLE' },
    ],
    other: [{ op: 'exit', p: 'P' }],
    ksmd: [{ op: 'ksmd' }],
  },
};

test('covers go when no mm is left to visit', () => {
  for (const strategy of ['heir-items', 'keep-until-rescanned'])
    assert.is(explore(NOBODY_LEFT, strategy).leaked, false, strategy);
});

test('the same scripts show every bug under stock', () => {
  const causes = new Set(
    fc.sample(script, { seed: SEED, numRuns: SCRIPTS }).flatMap((one) => Object.keys(explore(one, 'stock').causes)),
  );
  for (const cause of ['B1', 'B2', 'B3', 'B3null', 'B4', 'B6']) assert.ok(causes.has(cause), cause);
});

test.run();
