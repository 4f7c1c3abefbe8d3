/** How random scripts begin; shortening leaves out what is not needed. */
import type { LitmusAction } from '../../../sim/litmus/types.ts';

export const FIRST_ADDRESS = 16;

const MAPPED: readonly LitmusAction[] = ['P', 'Q'].flatMap((p) => [
  { op: 'proc', p },
  { op: 'mmap', p, start: FIRST_ADDRESS, n: 3 },
]);
const WRITTEN: readonly LitmusAction[] = [
  ...MAPPED,
  ...['P', 'Q'].flatMap((p) => [
    { op: 'write', p, at: FIRST_ADDRESS, data: 'D', cma: true },
    { op: 'write', p, at: FIRST_ADDRESS + 1, data: 'B', cma: true },
  ]),
];
const FORKED: readonly LitmusAction[] = [
  { op: 'fork', parent: 'P', child: 'C' },
  { op: 'scan', count: 1 },
  { op: 'fork', parent: 'C', child: 'G' },
];

/** Ready for the lesser bug: C shares the page of Q, comes before it, and P has an equal one, all of them unchanged. */
const LESSER: readonly LitmusAction[] = [
  ...MAPPED,
  { op: 'write', p: 'P', at: FIRST_ADDRESS, data: 'A', cma: true },
  { op: 'write', p: 'Q', at: FIRST_ADDRESS, data: 'D', cma: true },
  { op: 'scan', count: 2 },
  { op: 'fork', parent: 'Q', child: 'C' },
  { op: 'pass', count: 1 },
  { op: 'write', p: 'P', at: FIRST_ADDRESS, data: 'D' },
  { op: 'pass', count: 1 },
];

/** The child maps a page anew, beside what it has inherited: neighbours under different anon_vmas. */
const REMAPPED: readonly LitmusAction[] = [
  { op: 'fork', parent: 'P', child: 'C' },
  { op: 'mmap', p: 'C', start: FIRST_ADDRESS + 1, n: 1 },
  { op: 'write', p: 'C', at: FIRST_ADDRESS + 1, data: 'B' },
  { op: 'fork', parent: 'C', child: 'G' },
];

/** A merge that is going to fail, and a migration of the page that ksmd then wants to break COW of. */
const BREAKING: readonly LitmusAction[] = [
  ...MAPPED,
  { op: 'write', p: 'P', at: FIRST_ADDRESS, data: 'D' },
  { op: 'write', p: 'Q', at: FIRST_ADDRESS, data: 'D' },
  { op: 'pass', count: 1 },
  { op: 'scan', count: 1 },
  { op: 'ksmd_to', point: 'between_merges' },
  { op: 'write', p: 'Q', at: FIRST_ADDRESS, data: 'B', page: 'new' },
  { op: 'write', p: 'P', at: FIRST_ADDRESS, data: 'B' },
  { op: 'migrate_start', page: 'new', force: false },
  { op: 'migrate_to', point: 'mig_unmapped' },
];

/** How scripts begin: with two processes that map something, and in scenes that random actions seldom come to. */
export const PROLOGUES: readonly (readonly LitmusAction[])[] = [
  MAPPED,
  [...WRITTEN, { op: 'pass', count: 2 }],
  [...WRITTEN, { op: 'pass', count: 2 }, ...FORKED],
  LESSER,
  [...WRITTEN, { op: 'pass', count: 2 }, ...REMAPPED],
  BREAKING,
];
