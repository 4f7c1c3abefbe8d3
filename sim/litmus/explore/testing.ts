/** Small scripts for the tests of explorations. */
import { Explorer, type Exploration, type ExploreOptions } from './explore.ts';
import type { LitmusAction, LitmusTest } from '../types.ts';

const write = (p: string, data: string, page?: string): LitmusAction => ({
  op: 'write',
  p,
  at: 16,
  data,
  ...(page === undefined ? {} : { page, cma: true }),
});

/** P and Q share the KSM page `shared`; two passes are done. */
export const MERGED: readonly LitmusAction[] = [
  { op: 'proc', p: 'P' },
  { op: 'mmap', p: 'P', start: 16, n: 1 },
  write('P', 'same'),
  { op: 'proc', p: 'Q' },
  { op: 'mmap', p: 'Q', start: 16, n: 1 },
  write('Q', 'same', 'shared'),
  { op: 'pass', count: 2 },
];

const KSMD: readonly LitmusAction[] = [{ op: 'ksmd' }];

export function scriptOf(
  id: string,
  threads: Readonly<Record<string, readonly LitmusAction[]>>,
  actions: readonly LitmusAction[] = MERGED,
): LitmusTest {
  return { id, title: '', kind: '', config: {}, actions, threads, why: '' };
}

/** A script for each kind of step and wait. */
export const SCRIPTS: readonly LitmusTest[] = [
  scriptOf('cow', { app: [{ op: 'fork', parent: 'P', child: 'C' }, write('P', 'own')], ksmd: KSMD }),
  scriptOf('migration', {
    cma: [{ op: 'migrate', page: 'shared', force: true }],
    app: [write('P', 'own'), { op: 'exit', p: 'P' }],
    ksmd: KSMD,
  }),
  scriptOf('two-migrations', {
    one: [{ op: 'migrate', page: 'shared', force: true }],
    two: [{ op: 'migrate', page: 'shared' }],
    ksmd: KSMD,
  }),
  scriptOf('held', {
    io: [
      { op: 'lock', page: 'shared' },
      { op: 'unlock', page: 'shared' },
    ],
    gup: [
      { op: 'pin', page: 'shared' },
      { op: 'unpin', page: 'shared' },
    ],
    app: [{ op: 'munmap', p: 'P', start: 16, n: 1 }],
    ksmd: KSMD,
  }),
  scriptOf('mappings', {
    app: [
      { op: 'mremap', p: 'P', from: 16, n: 1, to: 32 },
      { op: 'madvise', p: 'P', start: 32, n: 1, advice: 'UNMERGEABLE' },
    ],
    other: [{ op: 'proc', p: 'R' }, { op: 'mmap', p: 'R', start: 16, n: 1 }, write('R', 'same')],
    ksmd: KSMD,
  }),
  scriptOf(
    'allocation',
    {
      cma: [{ op: 'cma', start: 256, n: 2 }],
      other: [write('Q', 'own'), { op: 'exit', p: 'Q' }],
      child: [write('C', 'theirs')],
    },
    // C is not findable: ksmd has just taken P's item away.
    [...MERGED, { op: 'fork', parent: 'P', child: 'C' }, write('P', 'own'), { op: 'scan' }],
  ),
  scriptOf('merge', { app: [write('P', 'same'), write('Q', 'other')], ksmd: KSMD }, MERGED.slice(0, -1)),
];

/**
 * Their states under stock, with private steps taken together and one by one. They change when states are told apart,
 * or taken for one, that were not before: then it should be known why.
 */
export const STATES: Readonly<Record<string, readonly [number, number]>> = {
  cow: [449, 531],
  migration: [3104, 3601],
  'two-migrations': [1748, 2032],
  held: [258, 303],
  mappings: [3111, 3702],
  allocation: [5234, 7404],
  merge: [384, 458],
};

export const STRATEGIES = ['stock', 'keep-until-rescanned', 'keep-forever', 'page-anon-vma', 'root-search'];

export function explore(test: LitmusTest, options: Partial<ExploreOptions> = {}): Exploration {
  const explorer = new Explorer(test, { strategies: ['stock'], maxStates: 200_000, ...options });
  while (!explorer.run(10_000));
  return explorer.report();
}
