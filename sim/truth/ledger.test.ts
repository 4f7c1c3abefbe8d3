/** Each cause of a failed migration is named as such, on the smallest script that has it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Interpreter } from '../litmus/interpreter.ts';
import type { LitmusAction } from '../litmus/types.ts';
import { checkKernel } from './invariants.ts';

const mapped = (p: string, n = 1): LitmusAction[] => [
  { op: 'proc', p },
  { op: 'mmap', p, start: 16, n },
];
const write = (p: string, data: string, page?: string, at = 16): LitmusAction => ({
  op: 'write',
  p,
  at,
  data,
  cma: true,
  ...(page === undefined ? {} : { page }),
});

/** Page s is KSM, mapped by P and Q. */
const SHARED: LitmusAction[] = [
  ...mapped('P', 2),
  write('P', 'X'),
  write('P', 'Z', undefined, 17),
  ...mapped('Q'),
  write('Q', 'X', 's'),
  { op: 'pass', count: 2 },
];

/** Pages x of P, forked to C, and q of Q have the same content; C comes before P and matches next. */
const ABOUT_TO_UPGRADE: LitmusAction[] = [
  ...mapped('Q'),
  write('Q', 'W', 'q'),
  ...mapped('P', 2),
  write('P', 'X', 'x'),
  write('P', 'Z', undefined, 17),
  { op: 'scan', count: 2 },
  { op: 'fork', parent: 'P', child: 'C' },
  { op: 'pass', count: 2 },
  write('Q', 'X'),
  { op: 'pass' },
  { op: 'scan' },
];

function run(script: readonly LitmusAction[]): Interpreter {
  const interpreter = new Interpreter({ id: '', title: '', kind: '', config: {}, actions: script, why: '' }, ['stock']);
  script.forEach((action, step) => interpreter.perform(action, step));
  assert.equal(checkKernel(interpreter.kernel), []);
  return interpreter;
}

/** Cause of the failed migration of a page at the end of a script. */
function cause(script: readonly LitmusAction[], page: string): string {
  const interpreter = run(script);
  const pfn = interpreter.names.page(page);
  interpreter.perform({ op: 'migrate', page }, script.length);
  return interpreter.kernel.ledger.failureOf(pfn);
}

test('B1: the covering item went before the child was visited', () => {
  assert.is(cause([...SHARED, { op: 'fork', parent: 'P', child: 'C' }, write('P', 'Y'), { op: 'scan' }], 's'), 'B1');
});

test('B2: upgraded through the child', () => {
  assert.is(cause([...ABOUT_TO_UPGRADE, { op: 'scan' }], 'x'), 'B2');
});

test('B3: replaced, not appended yet', () => {
  const script = [...SHARED, ...mapped('R'), write('R', 'X'), { op: 'scan', count: 3 }];
  assert.is(cause([...script, { op: 'ksmd_to', point: 'replaced' }], 's'), 'B3');
  assert.is(cause([...script, { op: 'ksmd_to', point: 'before_append' }], 's'), 'B3');
  const { kernel } = run([...script, { op: 'scan' }]);
  assert.is(kernel.ledger.gaps.size, 0);
  assert.is(kernel.ledger.gaps.statistics.openedByCause.B3, 2, 'one window per merge, even if nobody asked');
});

test('B3null: between the two halves of a merge', () => {
  assert.is(cause([...ABOUT_TO_UPGRADE, { op: 'ksmd_to', point: 'between_merges' }], 'x'), 'B3null');
});

test('B4: ksmd passed a migration entry, first as the reference in the way, then as the item lost', () => {
  const script: LitmusAction[] = [
    ...SHARED,
    { op: 'migrate_start', page: 's' },
    { op: 'migrate_to', point: 'mig_unmapped' },
    { op: 'ksmd_finish' },
    { op: 'migrate_finish' },
  ];
  const interpreter = run(script);
  const pfn = interpreter.names.page('s');
  assert.is(interpreter.kernel.ledger.failureOf(pfn), 'B4');
  interpreter.perform({ op: 'ksmd_finish' }, 0);
  assert.is(interpreter.kernel.ledger.gaps.size, 1);
  interpreter.perform({ op: 'migrate', page: 's' }, 0);
  assert.is(interpreter.kernel.ledger.failureOf(pfn), 'B4');
});

test('B6: left behind in a relative by a failed merge, for ever', () => {
  const script: LitmusAction[] = [
    ...ABOUT_TO_UPGRADE,
    { op: 'lock', page: 'q' },
    { op: 'scan' },
    { op: 'unlock', page: 'q' },
    { op: 'pass', count: 3 },
  ];
  assert.is(cause(script, 'x'), 'B6');
});

test('a pte that break_cow could not free is left behind too', () => {
  const script = [...SHARED, ...mapped('R'), write('R', 'X'), { op: 'scan', count: 3 } as const];
  const { kernel, names } = run([...script, { op: 'ksmd_to', point: 'replaced' }]);
  kernel.ledger.mergeAbandoned(names.page('s'));
  assert.equal(
    [...kernel.ledger.gaps.values()].map((gap) => gap.cause),
    ['B6'],
  );
});

test('the ordinary obstacles: a pin, a page lock', () => {
  assert.is(cause([...SHARED, { op: 'pin', page: 's' }], 's'), 'pin');
  assert.is(cause([...SHARED, { op: 'lock', page: 's' }], 's'), 'locked');
});

test('gaps are inherited by fork and end with the pte', () => {
  const script = [...SHARED, { op: 'fork', parent: 'P', child: 'C' }, write('P', 'Y'), { op: 'scan' }];
  const { kernel } = run([...script, { op: 'fork', parent: 'C', child: 'D' }]);
  assert.equal(
    [...kernel.ledger.gaps.values()].map((gap) => gap.cause),
    ['B1', 'B1'],
  );
  const after = run([...script, { op: 'fork', parent: 'C', child: 'D' }, { op: 'exit', p: 'C' }]);
  assert.is(after.kernel.ledger.gaps.size, 1);
  assert.is(after.kernel.ledger.gaps.statistics.lengths.length, 1);
});

test.run();
