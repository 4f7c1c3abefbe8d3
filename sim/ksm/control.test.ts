/** What user space asks of KSM: madvise and mremap. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { PTE_SHIFT } from '../process/pageTables.ts';

const CPU = 0;
const WHO = 3;
const AT = 16;
const TO = 64;

/** A process with four untouched pages. */
function setUp() {
  const { kernel } = new ScriptMachine({}, []);
  const mm = kernel.spaces.create();
  kernel.spaces.mmap(mm, AT, 4, NONE, false);
  const { control, faults, frames, slots, tables, vmas } = kernel;
  const vma = vmas.covering(mm, AT);
  return { kernel, control, faults, frames, slots, tables, vmas, mm, vma };
}

test('madvise that changes nothing splits no vma', () => {
  const { control, vmas, slots, mm, vma } = setUp();
  control.madviseUnmergeable(mm, AT + 1, 1, CPU, WHO);
  assert.equal([vmas.start[vma], vmas.end[vma], vmas.shrunk[mm]], [AT, AT + 4, 0]);
  assert.is(slots.present[mm], 0);
  control.madviseMergeable(mm, AT, 4);
  assert.is(slots.present[mm], 1);
  control.madviseMergeable(mm, AT + 1, 1);
  assert.equal([vmas.start[vma], vmas.end[vma]], [AT, AT + 4]);
  control.madviseUnmergeable(mm, AT + 1, 1, CPU, WHO);
  assert.is(vmas.end[vmas.covering(mm, AT)], AT + 1);
  assert.is(vmas.shrunk[mm], 1);
});

test('mremap: of a range inside one mapping only', () => {
  const { control, mm } = setUp();
  for (const [from, pages] of [
    [AT - 1, 1],
    [AT, 5],
    [AT + 3, 2],
  ])
    assert.throws(() => control.mremap(mm, from, pages, TO, CPU, WHO), /not inside one mapping/);
});

test('mremap: pages that nobody has touched get the offset of their new place, others keep theirs', () => {
  for (const isTouched of [false, true]) {
    const { control, faults, vmas, tables, mm } = setUp();
    if (isTouched) faults.write(mm, AT + 1, 5, CPU, WHO);
    const page = tables.get(mm, AT + 1) >> PTE_SHIFT;
    control.mremap(mm, AT, 4, TO, CPU, WHO);
    const moved = vmas.covering(mm, TO);
    assert.is(vmas.indexOf(moved, TO), isTouched ? AT : TO);
    if (isTouched) assert.is(tables.get(mm, TO + 1) >> PTE_SHIFT, page);
    assert.is(vmas.covering(mm, AT), NONE);
  }
});

test('mremap: KSM pages are copied first', () => {
  const { kernel, control, faults, frames, tables, mm } = setUp();
  control.madviseMergeable(mm, AT, 4);
  for (const vpn of [AT, AT + 1]) faults.write(mm, vpn, 5, CPU, WHO);
  while (kernel.objects.pagesSharing === 0) kernel.ksmd.advance(CPU);
  control.mremap(mm, AT, 4, TO, CPU, WHO);
  for (const vpn of [TO, TO + 1]) assert.is(frames.kind[tables.get(mm, vpn) >> PTE_SHIFT], KIND.anon);
});

test.run();
