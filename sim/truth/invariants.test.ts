/** The recount and the walk check see each kind of damage; random scripts hold them to the model (bench/testing/fuzz.test.ts). */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kernel } from '../kernel.ts';
import { Interpreter } from '../litmus/interpreter.ts';
import { PTE, PTE_SHIFT } from '../process/pageTables.ts';
import { checkKernel } from './invariants.ts';
import { checkWalks } from './walks.ts';

/** P and Q share one KSM page, which C has from P by fork and without an item. */
function shared(): Kernel {
  const actions = [
    ...['P', 'Q'].flatMap((p) => [
      { op: 'proc', p },
      { op: 'mmap', p, start: 16, n: 1 },
      { op: 'write', p, at: 16, data: 'A' },
    ]),
    { op: 'pass', count: 2 },
    { op: 'fork', parent: 'P', child: 'C' },
  ];
  const interpreter = new Interpreter({ id: '', title: '', kind: '', config: {}, actions, why: '' }, ['stock']);
  for (const [step, action] of actions.entries()) interpreter.perform(action, step);
  return interpreter.kernel;
}

/** What the page table of P, the first mm, maps. */
function pageOf(kernel: Kernel): number {
  const entry = kernel.tables.get(0, 16);
  assert.ok((entry & PTE.present) !== 0);
  return entry >> PTE_SHIFT;
}

const DAMAGE: readonly [string, (kernel: Kernel) => unknown][] = [
  ['mapcount', (kernel) => kernel.frames.mapcount[pageOf(kernel)]++],
  ['page_count', (kernel) => kernel.frames.count[pageOf(kernel)]++],
  ['pages_sharing', ({ objects }) => objects.pagesSharing++],
  ['KSM pages mapped', ({ frames }) => frames.mappedKsm[0]++],
  ['unfindable', ({ objects }) => objects.removeFromHlist(objects.hlist[0])],
  // An hlist that goes round in circles.
  ['is broken', ({ objects }) => (objects.hlistNext[objects.hlistNext[objects.hlist[0]]] = objects.hlist[0])],
];

for (const [word, inflict] of DAMAGE) {
  test(`the recount notices damage: ${word}`, () => {
    const kernel = shared();
    assert.equal(checkKernel(kernel), []);
    inflict(kernel);
    assert.match(checkKernel(kernel).join('\n'), word);
  });
}

test('a walk that misses a mapping is noticed, and one that finds what nothing leads to', () => {
  const kernel = shared();
  assert.equal(checkWalks(kernel), []);
  const { ksmRmap, objects, rmap } = kernel;
  const tryToUnmap = ksmRmap.tryToUnmap.bind(ksmRmap);
  ksmRmap.tryToUnmap = () => 1;
  assert.match(checkWalks(kernel).join('\n'), /misses 0@16, 1@16, 2@16/);
  ksmRmap.tryToUnmap = tryToUnmap;
  assert.equal(checkKernel(kernel), [], 'the walks were undone');
  // Without the item of P, which covers C too, nothing leads to either.
  const item = objects.hlist[0];
  objects.removeFromHlist(objects.itemMm[item] === 0 ? item : objects.hlistNext[item]);
  assert.equal(checkWalks(kernel), []);
  ksmRmap.tryToUnmap = (pfn) => {
    for (const mm of [0, 1, 2]) rmap.unmapOne(pfn, mm, 16);
    return 0;
  };
  assert.match(checkWalks(kernel).join('\n'), /finds 0@16, 2@16, which nothing leads to/);
});

test.run();
