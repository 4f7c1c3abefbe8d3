/** Scripts that make no sense are refused in words, and expectations that do not hold are told one by one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runLitmus } from './interpreter.ts';
import { compileScript, ThreadError } from './explore/script.ts';
import type { LitmusAction, LitmusTest } from './types.ts';

function script(actions: readonly LitmusAction[], more: Partial<LitmusTest> = {}): LitmusTest {
  return { id: '', title: '', kind: '', config: {}, actions, why: '', ...more };
}

const run = (actions: readonly LitmusAction[]) =>
  runLitmus(script(actions), { strategies: ['stock'], step: false }).mismatches;

/** A process with one page in the area. */
const ONE: readonly LitmusAction[] = [
  { op: 'proc', p: 'P' },
  { op: 'mmap', p: 'P', start: 16, n: 1 },
  { op: 'write', p: 'P', at: 16, data: 'A', page: 'a', cma: true },
];
/** Two processes whose equal pages ksmd is about to merge. */
const TWO: readonly LitmusAction[] = [
  ...ONE,
  { op: 'proc', p: 'Q' },
  { op: 'mmap', p: 'Q', start: 16, n: 1 },
  { op: 'write', p: 'Q', at: 16, data: 'A', page: 'q', cma: true },
];
const WHOLE = { op: 'madvise', p: 'P', start: 16, n: 1 };
/** The page of ONE stands under a migration. */
const UNMAPPED: readonly LitmusAction[] = [
  { op: 'migrate_start', page: 'a' },
  { op: 'migrate_to', point: 'mig_unmapped' },
];
/** It can be written only under its lock, which somebody has. */
const SHARED_AND_LOCKED: readonly LitmusAction[] = [
  { op: 'fork', parent: 'P', child: 'C' },
  { op: 'lock', page: 'a' },
];
/** ksmd stands inside the merge of TWO. */
const UPGRADED: readonly LitmusAction[] = [{ op: 'pass' }, { op: 'scan' }, { op: 'ksmd_to', point: 'upgraded_null' }];
/** P has a page of its own again, and ksmd needs the lock of the merged one to take P's item away. */
const LEAVING: readonly LitmusAction[] = [
  { op: 'write', p: 'P', at: 16, data: 'B' },
  { op: 'lock', page: 'q' },
];
/** Frames of the area, in which the first page of a script lies. */
const RANGE = { start: 256, n: 4 };

const REFUSED: readonly (readonly [message: RegExp, actions: readonly LitmusAction[]])[] = [
  [/unknown op fly/, [{ op: 'fly' }]],
  [/unknown advice SEQUENTIAL/, [...ONE, { op: 'madvise', p: 'P', start: 16, n: 1, advice: 'SEQUENTIAL' }]],
  [/process P exists already/, [...ONE, { op: 'proc', p: 'P' }]],
  [/process P exists already/, [...ONE, { op: 'fork', parent: 'P', child: 'P' }]],
  [/nobody pins the page/, [...ONE, { op: 'unpin', page: 'a' }]],
  [/the page is locked already/, [...ONE, { op: 'lock', page: 'a' }, { op: 'lock', page: 'a' }]],
  [/does not hold the page lock/, [...ONE, { op: 'unlock', page: 'a' }]],
  [/an allocation is under way already/, [...ONE, { op: 'cma_start', ...RANGE }, { op: 'cma', ...RANGE }]],
  [/not inside the CMA area/, [{ op: 'cma', start: 0, n: 16 }]],
  [/no allocation is under way/, [{ op: 'cma_step' }]],
  [/no allocation is under way/, [{ op: 'cma_finish' }]],
  [/a migration is under way already/, [...ONE, { op: 'migrate_start', page: 'a' }, { op: 'migrate', page: 'a' }]],
  [/not on the LRU/, [...ONE, { op: 'migrate_start', page: 'a' }, { op: 'migrate', page: 'a', by: 'other' }]],
  [/ksmd does not run/, [...ONE, { op: 'ksm_run', value: 0 }, { op: 'ksmd_to', point: 'merge' }]],
  [/without passing nowhere/, [...ONE, { op: 'ksmd_to', point: 'nowhere' }]],
  [/there is no process Z/, [{ op: 'exit', p: 'Z' }]],
  [/there is no page z/, [...ONE, { op: 'pin', page: 'z' }]],
  [/nothing is mapped at P@99/, [...ONE, { op: 'write', p: 'P', at: 99, data: 'A' }]],
  [/not inside one mapping/, [...ONE, { op: 'mremap', p: 'P', from: 16, n: 2, to: 40 }]],
  [/no migration is under way/, [{ op: 'migrate_step' }]],
  [/no migration is under way/, [{ op: 'migrate_finish' }]],
  [/would sleep until the migration of P@16 ends/, [...ONE, ...UNMAPPED, { ...WHOLE, advice: 'UNMERGEABLE' }]],
  [/would sleep on a page lock/, [...ONE, ...SHARED_AND_LOCKED, { op: 'write', p: 'P', at: 16, data: 'B' }]],
  [/would sleep on a page lock that nobody drops/, [...ONE, { op: 'lock', page: 'a' }, { op: 'cma', ...RANGE }]],
  [/Q would sleep on its mmap_sem/, [...TWO, ...UPGRADED, { op: 'exit', p: 'Q' }]],
  [/would sleep on ksm_thread_mutex/, [...TWO, ...UPGRADED, { op: 'ksm_run', value: 0 }]],
  [/ksmd sleeps on the lock of q/, [...TWO, { op: 'pass', count: 2 }, ...LEAVING, { op: 'pass' }]],
  [/never came to P@99/, [...ONE, { op: 'ksm_run', value: 0 }, { op: 'scan_until', p: 'P', at: 99 }]],
];

for (const [message, actions] of REFUSED) {
  const last = JSON.stringify(actions.at(-1));
  test(`refused: ${last}`, () => {
    assert.throws(() => run(actions), message);
  });
}

test('each expectation that does not hold is told with what was expected and what is', () => {
  const check = {
    op: 'check',
    expect: {
      pages: { q: { mapcount: 7, hlist: ['P@16'] }, b: { kind: 'ksm' } },
      counters: { pages_shared: 0 },
      cursor: 'P',
    },
    absent: ['q'],
  };
  const wrong = run([...TWO, { op: 'pass', count: 2 }, { op: 'check' }, check]);
  assert.equal(
    wrong.map(({ path }) => path),
    ['pages.q.mapcount', 'pages.q.hlist', 'pages.b', 'counters.pages_shared', 'cursor', 'absent.q'],
  );
  assert.equal(wrong[0], { step: TWO.length + 2, op: 'check', path: 'pages.q.mapcount', expected: 7, actual: 2 });
});

test('a page may be labelled __proto__', () => {
  const write: LitmusAction = { op: 'write', p: 'P', at: 16, data: 'A', page: '__proto__' };
  const pages: unknown = JSON.parse('{ "__proto__": { "mapcount": 2 } }');
  const wrong = run([...ONE.slice(0, 2), write, { op: 'check', expect: { pages } }]);
  assert.equal(wrong, [{ step: 3, op: 'check', path: 'pages.__proto__.mapcount', expected: 2, actual: 1 }]);
});

test('an allocation in steps has the result of a whole one', () => {
  const inSteps = [
    { op: 'cma_start', ...RANGE },
    { op: 'cma_step', count: 2 },
    { op: 'cma_finish', expect: { rc: 0 } },
  ];
  assert.equal(run([...TWO, ...inSteps]), []);
  assert.equal(run([...TWO, { op: 'cma', ...RANGE, expect: { rc: 0 } }]), []);
});

const KSMD = [{ op: 'ksmd' }];
const mmap = (p: string, start: number, n: number): LitmusAction => ({ op: 'mmap', p, start, n });

const NOT_EXPLORED: readonly (readonly [message: RegExp, test: LitmusTest])[] = [
  [/only linux-3\.10 can be explored/, script(ONE, { config: { kernel: 'linux-6.1' } })],
  [/two processes named P/, script([...ONE, { op: 'proc', p: 'P' }])],
  [/a second process named P/, script(ONE, { threads: { user: [{ op: 'proc', p: 'P' }] } })],
  [/nobody creates a process X/, script(ONE, { threads: { user: [{ op: 'exit', p: 'X' }] } })],
  [/ksmd }\] alone/, script(ONE, { threads: { ksmd: [...KSMD, ...KSMD] } })],
  [/one ksmd only/, script(ONE, { threads: { one: KSMD, two: KSMD } })],
  [
    /holds a lock already/,
    script(ONE, {
      threads: {
        io: [
          { op: 'lock', page: 'a' },
          { op: 'lock', page: 'a' },
        ],
      },
    }),
  ],
  [/unlock must follow a lock/, script(ONE, { threads: { io: [{ op: 'unlock', page: 'a' }] } })],
  [/never unlocks the page/, script(ONE, { threads: { io: [{ op: 'lock', page: 'a' }] } })],
  [/mappings of 65 pages/, script([{ op: 'proc', p: 'P' }, mmap('P', 16, 65)])],
  [/too high to be explored/, script([{ op: 'proc', p: 'P' }, mmap('P', 1e6, 1)])],
  [/17 processes, at most 16/, script(Array.from({ length: 17 }, (_, i) => ({ op: 'proc', p: `P${i}` })))],
];

for (const [message, one] of NOT_EXPLORED) {
  test(`not explored: ${message.source}`, () => {
    assert.throws(
      () => compileScript(one),
      (error: unknown) => error instanceof ThreadError && message.test(error.message),
    );
  });
}

test.run();
