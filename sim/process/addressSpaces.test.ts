import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import { NONE } from '../memory/frames.ts';
import { checkKernel } from '../truth/invariants.ts';
import { ACCESS, NOT_MAPPED } from './faults.ts';
import { PTE, PTE_SHIFT } from './pageTables.ts';
import { VM } from './vmas.ts';

const CPU = 0;
const WHO = 1;

function machine() {
  const { kernel, memory } = new ScriptMachine({}, []);
  const { spaces, faults, tables, frames, vmas, slots } = kernel;
  const spawn = (pages = 4) => {
    const mm = spaces.create();
    spaces.mmap(mm, 16, pages, NONE, false);
    return mm;
  };
  const write = (mm: number, vpn: number, content: number) => faults.write(mm, vpn, content, CPU, WHO);
  const frameAt = (mm: number, vpn: number) => tables.get(mm, vpn) >> PTE_SHIFT;
  return { kernel, memory, spaces, faults, tables, frames, vmas, slots, spawn, write, frameAt };
}

/** mms in the tree of a vma's own anon_vma, in the walk's order. */
function treeOf({ vmas }: ReturnType<typeof machine>, vma: number): number[] {
  const { anonVmas } = vmas;
  const mms: number[] = [];
  for (let avc = anonVmas.treeHead[vmas.anonVma[vma]]; avc >= 0; avc = anonVmas.avcNextInTree[avc]) {
    mms.push(vmas.mm[anonVmas.avcVma[avc]]);
  }
  return mms;
}

test('fork shares pages write-protected in both; the last one to write reuses its page', () => {
  const m = machine();
  const parent = m.spawn();
  m.write(parent, 16, 5);
  const page = m.frameAt(parent, 16);
  const child = m.spaces.fork(parent);
  assert.is(m.spaces.lastPtes, 1);
  assert.is(m.frames.mapcount[page], 2);
  assert.is(m.tables.get(parent, 16) & PTE.write, 0);
  assert.is(m.tables.get(child, 16) & PTE.write, 0);
  m.write(child, 16, 6);
  assert.is(m.faults.lastAccess, ACCESS.cow);
  assert.is(m.frames.content[page], 5);
  m.write(parent, 16, 7);
  assert.is(m.faults.lastAccess, ACCESS.reuse);
  assert.is(m.frameAt(parent, 16), page);
  assert.equal(checkKernel(m.kernel), []);
});

test('anon_vma trees follow the genealogy: descendants only, never a parent or sibling', () => {
  const m = machine();
  const parent = m.spawn();
  m.write(parent, 16, 1);
  const first = m.spaces.fork(parent);
  const second = m.spaces.fork(parent);
  const grandchild = m.spaces.fork(first);
  assert.equal(treeOf(m, m.vmas.first[parent]), [parent, first, second, grandchild]);
  assert.equal(treeOf(m, m.vmas.first[first]), [first, grandchild]);
  assert.equal(treeOf(m, m.vmas.first[second]), [second]);
});

test('a vma without pages gets no anon_vma at fork', () => {
  const m = machine();
  const parent = m.spawn();
  const child = m.spaces.fork(parent);
  assert.is(m.vmas.anonVma[m.vmas.first[child]], NONE);
  assert.is(m.spaces.lastPtes, 0);
});

test('a neighbour with the same flags and a single chain lends its anon_vma, a forked one does not', () => {
  const m = machine();
  const mm = m.spawn(1);
  m.write(mm, 16, 1);
  m.spaces.mmap(mm, 17, 1, NONE, false);
  m.write(mm, 17, 2);
  const [low, high] = [m.vmas.first[mm], m.vmas.next[m.vmas.first[mm]]];
  assert.is(m.vmas.anonVma[high], m.vmas.anonVma[low]);

  m.spaces.mmap(mm, 15, 1, NONE, false);
  m.write(mm, 15, 4);
  assert.is(m.vmas.anonVma[m.vmas.first[mm]], m.vmas.anonVma[low], 'the next neighbour lends it too');

  const child = m.spaces.fork(mm);
  m.spaces.mmap(child, 18, 1, NONE, false);
  m.write(child, 18, 3);
  const added = m.vmas.covering(child, 18);
  assert.is.not(m.vmas.anonVma[added], m.vmas.anonVma[m.vmas.covering(child, 17)]);
});

test('munmap in the middle splits; both rests keep the anon_vma and their pages', () => {
  const m = machine();
  const mm = m.spawn(4);
  for (let vpn = 16; vpn < 20; vpn++) m.write(mm, vpn, vpn);
  m.spaces.munmap(mm, 17, 2, CPU);
  const low = m.vmas.first[mm];
  const high = m.vmas.next[low];
  assert.equal([m.vmas.start[low], m.vmas.end[low]], [16, 17]);
  assert.equal([m.vmas.start[high], m.vmas.end[high], m.vmas.pgoff[high]], [19, 20, 19]);
  assert.is(m.vmas.anonVma[low], m.vmas.anonVma[high]);
  assert.is(m.write(mm, 17, 1), NOT_MAPPED);
  assert.is(m.frames.content[m.frameAt(mm, 19)], 19);
  assert.equal(checkKernel(m.kernel), []);
});

test('exit gives every frame, vma and anon_vma back', () => {
  const m = machine();
  const before = m.memory.freePages();
  const parent = m.spawn(4);
  m.kernel.control.madviseMergeable(parent, 16, 4);
  for (let vpn = 16; vpn < 20; vpn++) m.write(parent, vpn, vpn);
  const child = m.spaces.fork(parent);
  m.spaces.exit(parent, CPU);
  assert.is(m.spaces.lastPtes, 4);
  m.spaces.exit(child, CPU);
  m.memory.pagevecs.lruAddDrainAll();
  m.memory.percpu.drainAllPages();
  assert.is(m.memory.freePages(), before);
  assert.is(m.vmas.anonVmas.live, 0);
  assert.is(m.slots.isEmpty, true, 'slots without rmap_items go at once');
});

test('madvise splits at its ends and sets the flag between them only', () => {
  const m = machine();
  const mm = m.spawn(4);
  m.kernel.control.madviseMergeable(mm, 17, 2);
  const flags: number[] = [];
  for (let vma = m.vmas.first[mm]; vma >= 0; vma = m.vmas.next[vma]) flags.push(m.vmas.flags[vma] & VM.mergeable);
  assert.equal(flags, [0, VM.mergeable, 0]);
});

test.run();
