import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCKED } from '../clock/actor.ts';
import { CHANGED_BY_6_1, SCRIPT_KERNELS } from '../kernelProfiles.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { PTE_SHIFT } from '../process/pageTables.ts';
import { checkKernel } from '../truth/invariants.ts';

const CPU = 0;
const AT = 16;

/** Processes with one mergeable page each, under 6.1 with the checksum first or not. */
function setUp(checksumFirst: boolean) {
  const profile = { ...SCRIPT_KERNELS['linux-6.1'], changes: { ...CHANGED_BY_6_1, checksumFirst } };
  const { kernel } = new ScriptMachine({}, [], { profile });
  const write = (mm: number, content: number) => kernel.faults.write(mm, AT, content, CPU, 1);
  const process = (content: number): number => {
    const mm = kernel.spaces.create();
    kernel.spaces.mmap(mm, AT, 1, NONE, false);
    kernel.control.madviseMergeable(mm, AT, 1);
    write(mm, content);
    return mm;
  };
  const pass = () => {
    do kernel.ksmd.advance(CPU);
    while (kernel.ksmd.finished !== 'passEnd');
    assert.equal(checkKernel(kernel), []);
  };
  const page = (mm: number) => kernel.tables.get(mm, AT) >> PTE_SHIFT;
  return { kernel, write, process, pass, page };
}

test('checksumFirst: a page equal to a KSM page is merged on its second visit, otherwise on its first', () => {
  for (const checksumFirst of [true, false]) {
    const { process, pass, page } = setUp(checksumFirst);
    const one = process(5);
    process(5);
    pass();
    pass();
    const late = process(5);
    pass();
    assert.is(page(late) === page(one), !checksumFirst);
    pass();
    assert.is(page(late), page(one));
  }
});

test('checksumFirst: a rewritten page leaves the stable tree at once, and merges again when it has settled', () => {
  const { kernel, write, process, pass, page } = setUp(true);
  const one = process(5);
  const other = process(5);
  process(6);
  process(6);
  pass();
  pass();
  assert.equal([kernel.objects.pagesShared, kernel.objects.pagesSharing], [2, 2]);
  write(one, 6);
  pass();
  assert.equal([kernel.objects.pagesShared, kernel.objects.pagesSharing, kernel.objects.pagesUnshared], [2, 1, 0]);
  assert.is(kernel.frames.kind[page(one)], KIND.anon);
  pass();
  assert.equal([kernel.objects.pagesShared, kernel.objects.pagesSharing], [2, 2]);
  assert.is(kernel.frames.mapcount[page(one)], 3);
  assert.is(kernel.frames.mapcount[page(other)], 1);
});

test('checksumFirst: pages merge with each other in the second pass, as ever', () => {
  const { kernel, process, pass } = setUp(true);
  process(5);
  process(5);
  pass();
  assert.is(kernel.objects.pagesShared, 0);
  pass();
  assert.equal([kernel.objects.pagesShared, kernel.objects.pagesSharing], [1, 1]);
});

test('max_page_sharing: not below 2, not while pages are shared, not where there is no such file', () => {
  const { kernel, process, pass, write } = setUp(false);
  const { control, stable } = kernel;
  const one = process(5);
  const other = process(5);
  assert.is(control.setMaxPageSharing(1), -22);
  assert.is(control.setMaxPageSharing(2), 0);
  assert.is(control.setMaxPageSharing(8), 0);
  pass();
  pass();
  assert.is(control.setMaxPageSharing(8), 0, 'no change');
  assert.is(control.setMaxPageSharing(9), -16, 'pages are shared');
  write(one, 1);
  pass();
  write(other, 2);
  assert.is(control.setMaxPageSharing(9), -16, 'nothing maps the page, but its item is there still');
  pass();
  assert.is(control.setMaxPageSharing(9), 0);
  assert.is(stable.chains?.limit, 9);
  assert.is(new ScriptMachine({}, []).kernel.control.setMaxPageSharing(9), -22);
});

test('6.1: an item whose match is locked is done, and enters no tree', () => {
  const { kernel, process, pass, page } = setUp(false);
  const one = process(5);
  process(5);
  pass();
  pass();
  const late = process(5);
  assert.ok(kernel.locks.tryLockPage(page(one)));
  pass();
  pass();
  assert.is.not(page(late), page(one));
  assert.is(kernel.objects.pagesUnshared, 0);
  kernel.locks.unlockPage(page(one));
  pass();
  assert.is(page(late), page(one));
});

/**
 * Where ksmd is about to take mmap_sem of a process for a merge: how many there are when it comes there, and whose it
 * is.
 */
const MERGES = [
  { point: 'match_found', merged: 2, of: 2, what: 'into a KSM page' },
  { point: 'match_found', merged: 0, of: 1, what: 'the first of two' },
  { point: 'between_merges', merged: 0, of: 0, what: 'the second of two' },
] as const;

/** ksmd before such a merge. */
function beforeMerge({ point, merged, of }: (typeof MERGES)[number]) {
  const machine = setUp(false);
  const { kernel, process, pass } = machine;
  const mms = [process(5), process(5)];
  pass();
  if (merged > 0) {
    pass();
    mms.push(process(5));
  }
  while (kernel.ksmd.point !== point) kernel.ksmd.advance(CPU);
  return { ...machine, mm: mms[of], mms };
}

test('a merge waits for mmap_sem', () => {
  for (const merge of MERGES) {
    const { kernel, pass, page, mm, mms } = beforeMerge(merge);
    assert.ok(kernel.locks.tryWriteMm(mm), merge.what);
    let result = kernel.ksmd.advance(CPU);
    while (result !== BLOCKED && kernel.ksmd.finished === null) result = kernel.ksmd.advance(CPU);
    assert.is(result, BLOCKED, merge.what);
    kernel.locks.writeUnlockMm(mm);
    pass();
    assert.equal(
      mms.map((one) => page(one) === page(mms[0])),
      mms.map(() => true),
      merge.what,
    );
  }
});

test('a process that exits before its page is merged is left alone', () => {
  for (const merge of MERGES) {
    const { kernel, pass, mm } = beforeMerge(merge);
    const { pagesShared } = kernel.objects;
    kernel.spaces.exit(mm, CPU);
    do kernel.ksmd.advance(CPU);
    while (kernel.ksmd.finished === null);
    assert.is(kernel.objects.pagesShared, pagesShared, merge.what);
    pass();
  }
});

test.run();
