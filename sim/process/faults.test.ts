import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCKED } from '../clock/actor.ts';
import type { KernelProfile } from '../description.ts';
import { SCRIPT_KERNELS } from '../kernelProfiles.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import type { LitmusTest } from '../litmus/types.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { ERRNO, type UnmapAndMove } from '../migrate/unmapAndMove.ts';
import { checkKernel } from '../truth/invariants.ts';
import { ACCESS, REPEAT } from './faults.ts';
import { PTE, PTE_SHIFT } from './pageTables.ts';

const CPU = 0;
const TASK = 7;
const MIGRATOR = 8;

/** Steps a migration to its end. */
function finish(move: UnmapAndMove): void {
  while (!move.isIdle) move.step(MIGRATOR, CPU);
}

function machine(config: LitmusTest['config'] = {}, profile?: KernelProfile) {
  const script = new ScriptMachine(config, [], profile === undefined ? {} : { profile });
  const { kernel } = script;
  const mm = kernel.spaces.create();
  kernel.spaces.mmap(mm, 16, 4, NONE, false);
  const write = (content: number) => kernel.faults.write(mm, 16, content, CPU, TASK);
  const page = () => kernel.tables.get(mm, 16) >> PTE_SHIFT;
  return { script, kernel, mm, write, page };
}

test('a read maps the zero page, which is no anonymous page; the first write replaces it', () => {
  const { kernel, mm, write, page } = machine();
  kernel.faults.read(mm, 16, CPU, TASK);
  assert.is(kernel.tables.get(mm, 16) & PTE.zero, PTE.zero);
  write(3);
  assert.is(kernel.faults.lastAccess, ACCESS.cow);
  assert.is(kernel.frames.kind[page()], KIND.anon);
  assert.equal(checkKernel(kernel), []);
});

test('who waits at a migration entry holds a reference, which makes that migration fail', () => {
  const { script, kernel, mm, write, page } = machine();
  write(3);
  const pfn = page();
  script.drainAll();
  assert.ok(script.isolate(pfn));
  const move = kernel.unmapAndMove;
  move.begin(pfn, false);
  while (move.point !== 'mig_unmapped') move.step(MIGRATOR, CPU);
  assert.is(write(4), BLOCKED);
  assert.is(kernel.frames.waiters[pfn], 1);
  finish(move);
  assert.is(move.rc, ERRNO.again);
  assert.is(kernel.ledger.failureOf(pfn), 'pin');
  assert.equal(kernel.locks.woken, [TASK], 'the unlock wakes the task');
  assert.ok(write(4) >= 0);
  assert.is(kernel.frames.waiters[pfn], 0);
  assert.is(kernel.frames.content[kernel.tables.get(mm, 16) >> PTE_SHIFT], 4);
});

test('a forced migration waits for the page lock, an unforced one does not', () => {
  const { script, kernel, write, page } = machine();
  write(3);
  const pfn = page();
  script.drainAll();
  script.isolate(pfn);
  kernel.locks.tryLockPage(pfn);
  const move = kernel.unmapAndMove;
  move.begin(pfn, false);
  finish(move);
  assert.is(move.rc, ERRNO.again);
  assert.is(kernel.ledger.failureOf(pfn), 'locked');

  move.begin(pfn, true);
  move.step(MIGRATOR, CPU);
  assert.is(move.step(MIGRATOR, CPU), BLOCKED);
  kernel.locks.unlockPage(pfn);
  assert.equal(kernel.locks.woken, [MIGRATOR]);
  finish(move);
  assert.is(move.rc, 0);
  assert.is(page(), move.target);
});

test('a killed waiter gives its reference back', () => {
  const { script, kernel, write, page } = machine();
  write(3);
  const pfn = page();
  script.drainAll();
  script.isolate(pfn);
  kernel.unmapAndMove.begin(pfn, false);
  while (kernel.unmapAndMove.point !== 'mig_unmapped') kernel.unmapAndMove.step(MIGRATOR, CPU);
  assert.is(write(4), BLOCKED);
  kernel.faults.abandonWait(TASK, CPU);
  finish(kernel.unmapAndMove);
  assert.is(kernel.unmapAndMove.rc, 0);
});

test('the vendor delay comes before every wait at a migration entry, and was for nothing when the page is back', () => {
  const profile = { ...SCRIPT_KERNELS['linux-3.10'], migrationFaultDelayNs: 10e6 };
  const { script, kernel, write, page } = machine({}, profile);
  write(3);
  /** Steps to where the ptes of the page are migration entries. */
  const unmap = (): void => {
    script.drainAll();
    assert.ok(script.isolate(page()));
    kernel.unmapAndMove.begin(page(), false);
    while (kernel.unmapAndMove.point !== 'mig_unmapped') kernel.unmapAndMove.step(MIGRATOR, CPU);
  };
  unmap();
  assert.is(write(4), REPEAT);
  finish(kernel.unmapAndMove);
  assert.ok(write(4) >= 0, 'the page has moved meanwhile');
  unmap();
  assert.is(write(5), REPEAT, 'another fault, another delay');
  assert.is(write(5), BLOCKED);
  finish(kernel.unmapAndMove);
  assert.is(kernel.unmapAndMove.rc, ERRNO.again);
});

test('a task that is killed during its delay leaves none of it to the next one with its id', () => {
  const profile = { ...SCRIPT_KERNELS['linux-3.10'], migrationFaultDelayNs: 10e6 };
  const { script, kernel, write, page } = machine({}, profile);
  write(3);
  script.drainAll();
  assert.ok(script.isolate(page()));
  kernel.unmapAndMove.begin(page(), false);
  while (kernel.unmapAndMove.point !== 'mig_unmapped') kernel.unmapAndMove.step(MIGRATOR, CPU);
  assert.is(write(4), REPEAT);
  kernel.faults.abandonWait(TASK, CPU);
  assert.is(write(4), REPEAT);
});

test('a write to a page that was shared waits for its lock in 3.10, and copies it in 6.1', () => {
  for (const name of ['linux-3.10', 'linux-6.1'] as const) {
    const { script, kernel, mm, write, page } = machine({ kernel: name });
    write(3);
    script.drainAll();
    kernel.spaces.exit(kernel.spaces.fork(mm), CPU);
    const pfn = page();
    assert.is(kernel.frames.count[pfn], 1);
    kernel.locks.tryLockPage(pfn);
    const result = write(4);
    if (name === 'linux-3.10') assert.is(result, BLOCKED);
    else assert.equal([kernel.faults.lastAccess, page() === pfn], [ACCESS.cow, false]);
  }
});

test.run();
