/** The actions of litmus tests: each op with its keys, what a key holds, and what an `expect` may compare. */
import { KSMD_POINTS, MIGRATE_POINTS } from '../../sim/index.ts';

/** What a key holds. */
export type ValueKind =
  | 'process'
  | 'name'
  | 'page label'
  | 'virtual page number'
  | 'frame number'
  | 'number of pages'
  | 'repeat count'
  | 'truth value'
  | 'content'
  | 'list of page labels'
  | readonly (string | number)[];

export interface KeySpec {
  readonly kind: ValueKind;
  readonly required: boolean;
}

export interface ActionSpec {
  readonly keys: Readonly<Record<string, KeySpec>>;
  /** Keys of `expect`; empty: this op reports nothing. */
  readonly reports: readonly string[];
}

const must = (kind: ValueKind): KeySpec => ({ kind, required: true });
const may = (kind: ValueKind): KeySpec => ({ kind, required: false });

const process = must('process');
const page = must('page label');
const start = must('virtual page number');
const n = must('number of pages');
const force = may('truth value');
const by = may('name');
const count = may('repeat count');

const MIGRATE_REPORTS = ['rc', 'unmap', 'found'];

export const ACTIONS: Readonly<Record<string, ActionSpec>> = {
  proc: { keys: { p: process }, reports: [] },
  mmap: { keys: { p: process, start, n, mergeable: may('truth value') }, reports: [] },
  write: {
    keys: {
      p: process,
      at: must('virtual page number'),
      data: must('content'),
      page: may('page label'),
      cma: may('truth value'),
      by,
    },
    reports: ['write'],
  },
  fork: { keys: { parent: process, child: process }, reports: [] },
  exit: { keys: { p: process }, reports: [] },
  munmap: { keys: { p: process, start, n }, reports: [] },
  mremap: {
    keys: { p: process, from: must('virtual page number'), n, to: must('virtual page number') },
    reports: [],
  },
  madvise: { keys: { p: process, start, n, advice: must(['MERGEABLE', 'UNMERGEABLE', 'DONTNEED']) }, reports: [] },
  ksm_run: { keys: { value: must([0, 1, 2]) }, reports: [] },
  scan: { keys: { count: may('repeat count') }, reports: ['processed'] },
  scan_until: { keys: { p: process, at: must('virtual page number') }, reports: ['processed'] },
  pass: { keys: { count: may('repeat count') }, reports: ['processed'] },
  ksmd_to: { keys: { point: must(KSMD_POINTS) }, reports: ['ksmd', 'what'] },
  ksmd_finish: { keys: {}, reports: ['ksmd', 'what'] },
  probe: { keys: { page }, reports: ['result', 'found', 'left'] },
  ksmd_step: { keys: { count }, reports: ['ksmd', 'what'] },
  migrate: { keys: { page, force, by }, reports: MIGRATE_REPORTS },
  migrate_start: { keys: { page, force, by }, reports: MIGRATE_REPORTS },
  migrate_to: { keys: { point: must(MIGRATE_POINTS), by }, reports: MIGRATE_REPORTS },
  migrate_step: { keys: { count, by }, reports: MIGRATE_REPORTS },
  migrate_finish: { keys: { by }, reports: MIGRATE_REPORTS },
  cma: { keys: { start: must('frame number'), n }, reports: ['rc', 'attempts'] },
  cma_start: { keys: { start: must('frame number'), n }, reports: [] },
  cma_step: { keys: { count }, reports: ['rc', 'attempts'] },
  cma_finish: { keys: {}, reports: ['rc', 'attempts'] },
  pin: { keys: { page }, reports: [] },
  unpin: { keys: { page }, reports: [] },
  lock: { keys: { page }, reports: [] },
  unlock: { keys: { page }, reports: [] },
  drain: { keys: {}, reports: [] },
  check: {
    keys: { absent: may('list of page labels') },
    reports: ['ptes', 'pages', 'counters', 'mm_slots', 'cursor'],
  },
};

/** Keys of one page, and of the counters, in the `expect` of a check. */
export const PAGE_KEYS = ['mapcount', 'kind', 'hlist'];
export const PAGE_KINDS = ['anon', 'ksm', 'ksm-null'];
export const COUNTERS = [
  'pages_shared',
  'pages_sharing',
  'pages_unshared',
  'pages_volatile',
  'full_scans',
  // Under kernels with max_page_sharing only.
  'stable_node_chains',
  'stable_node_dups',
];
