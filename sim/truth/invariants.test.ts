/**
 * The recount and the walk check see each kind of damage; random scripts hold them to the model
 * (bench/testing/fuzz/fuzz.test.ts).
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kernel } from '../kernel.ts';
import { Interpreter } from '../litmus/interpreter.ts';
import type { LitmusAction, LitmusTest } from '../litmus/types.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { PTE, PTE_SHIFT } from '../process/pageTables.ts';
import { checkKernel } from './invariants.ts';
import { checkWalks } from './walks.ts';

function after(actions: readonly LitmusAction[], config: LitmusTest['config'] = {}): Kernel {
  const interpreter = new Interpreter({ id: '', title: '', kind: '', config, actions, why: '' }, ['stock']);
  for (const [step, action] of actions.entries()) interpreter.perform(action, step);
  return interpreter.kernel;
}

/** P and Q share one KSM page, which C has from P by fork and without an item. */
function shared(): Kernel {
  return after([
    ...['P', 'Q'].flatMap((p) => [
      { op: 'proc', p },
      { op: 'mmap', p, start: 16, n: 1 },
      { op: 'write', p, at: 16, data: 'A' },
    ]),
    { op: 'pass', count: 2 },
    { op: 'fork', parent: 'P', child: 'C' },
  ]);
}

/**
 * P and Q share the KSM pages at 16 and 17; what P has at 18 nobody else has, and its item is in the unstable tree.
 * Another vma of P is at 32.
 */
function several(): Kernel {
  return after([
    ...['P', 'Q'].flatMap((p) => [
      { op: 'proc', p },
      { op: 'mmap', p, start: 16, n: 3 },
      { op: 'write', p, at: 16, data: 'A' },
      { op: 'write', p, at: 17, data: 'B' },
    ]),
    { op: 'write', p: 'P', at: 18, data: 'C' },
    { op: 'mmap', p: 'P', start: 32, n: 1 },
    { op: 'pass', count: 2 },
  ]);
}

/** Four processes share a content of which two may share a page: a chain of two stable_nodes. */
function chained(): Kernel {
  const processes = ['P', 'Q', 'R', 'S'].flatMap((p) => [
    { op: 'proc', p },
    { op: 'mmap', p, start: 16, n: 1 },
    { op: 'write', p, at: 16, data: 'A' },
  ]);
  return after([...processes, { op: 'pass', count: 3 }], { kernel: 'linux-6.1', max_page_sharing: 2 });
}

/** What the page table of P, the first mm, maps. */
function pageOf(kernel: Kernel, vpn = 16): number {
  const entry = kernel.tables.get(0, vpn);
  assert.ok((entry & PTE.present) !== 0);
  return entry >> PTE_SHIFT;
}

/** What the recount says, as a pattern, and what it says it of. */
type Damage = readonly (readonly [string, (kernel: Kernel) => unknown])[];

const DAMAGE: Damage = [
  ['mapcount', (kernel) => kernel.frames.mapcount[pageOf(kernel)]++],
  ['page_count', (kernel) => kernel.frames.count[pageOf(kernel)]++],
  ['pages_sharing', ({ objects }) => objects.pagesSharing++],
  ['KSM pages mapped', ({ frames }) => frames.mappedKsm[0]++],
  ['unfindable', ({ objects }) => objects.removeFromHlist(objects.hlist[0])],
  // An hlist that goes round in circles.
  ['is broken', ({ objects }) => (objects.hlistNext[objects.hlistNext[objects.hlist[0]]] = objects.hlist[0])],
];

/** The rmap_item of P at 18, which is in the unstable tree. */
function unstableItem({ slots, objects }: Kernel): number {
  let item = slots.rmapList[0];
  while (objects.itemAddress[item] !== 18) item = objects.itemNext[item];
  return item;
}

const DAMAGE_OF_SEVERAL: Damage = [
  ['vmas overlap at 10', ({ vmas }) => (vmas.start[vmas.next[vmas.first[0]]] = 10)],
  ['of kind', (kernel) => (kernel.frames.kind[pageOf(kernel)] = KIND.kernel)],
  ['may write KSM page', ({ tables }) => (tables.entries[tables.slot(0, 16)] |= PTE.write)],
  ['anon page, vma without anon_vma', ({ vmas }) => (vmas.anonVma[vmas.first[0]] = NONE)],
  ['ksmd has kept 1 references', (kernel) => kernel.frames.ksmdRefs[pageOf(kernel)]++],
  ['page_count 0 but not free', (kernel) => (kernel.frames.count[pageOf(kernel)] = 0)],
  ['in the list of mm_slots but has none', ({ slots }) => (slots.present[0] = 0)],
  ['has a mergeable vma and no mm_slot', ({ slots }) => (slots.present[0] = 0)],
  ['rmap_list does not ascend', (kernel) => (kernel.objects.itemAddress[unstableItem(kernel)] = 16)],
  ['of mm 1 in the list of 0', (kernel) => (kernel.objects.itemMm[unstableItem(kernel)] = 1)],
  ['unstable age over 1', (kernel) => (kernel.objects.itemAge[unstableItem(kernel)] -= 2)],
  ['ksm_rmap_items', ({ objects }) => objects.rmapItems++],
  ['pages_unshared', ({ objects }) => objects.pagesUnshared++],
  ['on an hlist without STABLE_FLAG', ({ objects }) => (objects.itemFlags[objects.hlist[0]] = 0)],
  ['a node that is not its head', ({ objects }) => (objects.itemHead[objects.hlist[0]] = 1)],
  ['rmap_item \\d+: dead anon_vma', ({ objects }) => (objects.itemAnonVma[objects.hlist[0]] = NONE)],
  ['counted 3', ({ objects }) => objects.nodeItems[0]++],
  ['pages_shared', ({ objects }) => objects.pagesShared++],
  ['kept items', ({ objects }) => objects.keptItems++],
  ['names the freed node', ({ objects }) => (objects.nodeLive[0] = 0)],
  ['whose kpfn is', ({ objects }) => (objects.kpfn[0] = objects.kpfn[1])],
  ['out of order', ({ frames, objects: { kpfn } }) => swap(frames.content, kpfn[0], kpfn[1])],
  ['another key than content', ({ frames, objects }) => frames.content[objects.kpfn[0]]++],
  ['which is stale', ({ frames, objects }) => (frames.mapping[objects.kpfn[0]] = NONE)],
  ['at 18 of mm 0 is not what it was', (kernel) => kernel.frames.content[pageOf(kernel, 18)]++],
  ['stable_nodes, 2 in the tree', ({ objects }) => objects.stableNodes++],
  ['not in the tree of anon_vma', ({ vmas }) => (vmas.anonVmas.treeHead[vmas.anonVma[vmas.first[0]]] = NONE)],
  ["not in its own anon_vma's tree", ({ vmas }) => (vmas.anonVma[vmas.first[0]] = vmas.anonVma[vmas.first[1]])],
  ['anon page \\d+: dead anon_vma', ({ vmas }) => (vmas.anonVmas.refcount[vmas.anonVma[vmas.first[0]]] = 0)],
];

const DAMAGE_OF_CHAINS: Damage = [
  ['stable_node_chains', ({ stable }) => stable.chains!.chains++],
  ['stable_node_dups', ({ stable }) => stable.chains!.dups++],
  ['holds dups of 2 contents', (kernel) => kernel.frames.content[pageOf(kernel)]++],
];

const DAMAGE_OF_THE_LEDGER: Damage = [
  ['2@16 is findable but booked as B1', ({ ledger, objects }) => ledger.gaps.open(2, 16, objects.kpfn[0], 'B1', 0)],
  ['1 gaps, 0 unfindable ptes', ({ ledger, objects }) => ledger.gaps.open(2, 16, objects.kpfn[0], 'B1', 0)],
  ['2@16 is booked on page 0 and maps another', ({ ledger }) => ledger.gaps.open(2, 16, 0, 'B1', 0)],
  [
    '2@16 on page \\d+ is unfindable and has no cause',
    // Without their items C is missed, and so are P and Q.
    ({ objects }) => {
      while (objects.hlist[0] !== NONE) objects.removeFromHlist(objects.hlist[0]);
    },
  ],
];

const SCENES = [
  [several, DAMAGE_OF_SEVERAL],
  [chained, DAMAGE_OF_CHAINS],
  [shared, DAMAGE],
  [shared, DAMAGE_OF_THE_LEDGER],
] as const;

for (const [scene, damage] of SCENES) {
  for (const [words, inflict] of damage) {
    test(`the recount notices: ${words}`, () => {
      const kernel = scene();
      assert.equal(checkKernel(kernel), []);
      inflict(kernel);
      assert.match(checkKernel(kernel).join('\n'), new RegExp(words));
    });
  }
}

function swap(array: { [index: number]: number }, a: number, b: number): void {
  [array[a], array[b]] = [array[b], array[a]];
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
