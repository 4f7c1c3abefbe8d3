/**
 * Quiet visits beside visits step by step, on whatever lies in ksmd's way: two small devices of which one takes every
 * step by itself do the same random things, and are the same word by word whenever ksmd is stopped.
 */
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Arena, inArena } from '../arena.ts';
import type { CostProfile, KernelChanges } from '../description.ts';
import { idleDevice } from '../idleDevice.ts';
import { UNCHANGED } from '../kernelProfiles.ts';
import { cachePage } from '../load/cachePage.ts';
import { COSTS, device, IDLE } from '../load/testing.ts';
import { NONE } from '../memory/frames.ts';
import { LEAF_PAGES, PTE, PTE_SHIFT } from '../process/pageTables.ts';

const CPU = 0;
const WHO = 1;
const MMS = 3;
const REGIONS = 3;
/** Regions lie across the end of a leaf of the page tables, and the last one far from the others. */
const PAGES = 24;
const STARTS = [LEAF_PAGES - 8, LEAF_PAGES + PAGES - 8, 5 * LEAF_PAGES - 3];
/** Some passes of ksmd. */
const SETTLED_NS = 20e6;
const LIMITS = { mms: 8, vmas: 96, anonVmas: 96, chains: 512, leaves: 96, files: 2, rmapItems: 2048, stableNodes: 512 };

type Pick = readonly [mm: number, region: number, page: number];

const OTHER_KINDS = ['read', 'map', 'mapFile', 'unmap', 'merge', 'unmerge', 'fork', 'exit', 'lock', 'hold'] as const;

interface Action {
  readonly kind: 'write' | (typeof OTHER_KINDS)[number];
  readonly where: Pick;
  readonly content: number;
  /** How long ksmd runs afterwards. */
  readonly ns: number;
}

function build(costs: CostProfile, changes: KernelChanges, isStepByStep: boolean) {
  const arena = new Arena(1 << 24);
  const memory = { frames: 4096, cma: [{ name: 'default', first: 2048, pages: 1024, isDefault: true }] };
  const described = device(IDLE);
  const kernelProfile = { ...described.kernel, changes };
  const description = { ...described, kernel: kernelProfile, costs, memory: { ...described.memory, ...memory } };
  const { kernel, memory: pages, scheduler } = inArena(arena, () => idleDevice(description, LIMITS));
  scheduler.mayRunAhead = !isStepByStep;
  kernel.ksmd.hurryUntil = Infinity;
  pages.cache.addFile(PAGES);
  const mms: number[] = [];
  let locked = NONE;
  let held = NONE;

  const begin = (mm: number): void => {
    mms[mm] = kernel.spaces.create();
    map(mm, 0, NONE, true);
  };
  const map = (mm: number, region: number, file: number, isMergeable: boolean): void => {
    kernel.spaces.munmap(mms[mm], STARTS[region], PAGES, CPU);
    kernel.spaces.mmap(mms[mm], STARTS[region], PAGES, file, false);
    if (isMergeable) kernel.control.madviseMergeable(mms[mm], STARTS[region], PAGES);
  };
  for (let mm = 0; mm < MMS; mm++) begin(mm);

  const act: Record<Action['kind'], (where: Pick, content: number) => void> = {
    write: ([mm, region, page], content) => {
      kernel.faults.write(mms[mm], STARTS[region] + page, content, CPU, WHO);
    },
    read: ([mm, region, page]) => {
      kernel.faults.read(mms[mm], STARTS[region] + page, CPU, WHO);
    },
    map: ([mm, region], content) => map(mm, region, NONE, content > 1),
    mapFile: ([mm, region, page]) => {
      map(mm, region, 0, true);
      if (pages.cache.lookup(0, page) === NONE) cachePage(pages, CPU, 0, page);
      kernel.faults.read(mms[mm], STARTS[region] + page, CPU, WHO);
    },
    unmap: ([mm, region, page]) => {
      kernel.spaces.munmap(mms[mm], STARTS[region] + page, 2, CPU);
    },
    merge: ([mm, region]) => kernel.control.madviseMergeable(mms[mm], STARTS[region], PAGES),
    unmerge: ([mm, region]) => {
      kernel.control.madviseUnmergeable(mms[mm], STARTS[region], PAGES, CPU, WHO);
    },
    fork: ([mm, other]) => {
      if (mm === other) return;
      kernel.spaces.exit(mms[other], CPU);
      mms[other] = kernel.spaces.fork(mms[mm]);
    },
    exit: ([mm]) => {
      kernel.spaces.exit(mms[mm], CPU);
      begin(mm);
    },
    lock: ([mm, region, page]) => {
      const entry = kernel.tables.get(mms[mm], STARTS[region] + page);
      if ((entry & (PTE.present | PTE.zero)) !== PTE.present) return;
      const pfn = entry >> PTE_SHIFT;
      if (kernel.locks.tryLockPage(pfn)) locked = pfn;
    },
    hold: ([mm]) => {
      if (kernel.locks.tryWriteMm(mms[mm])) held = mms[mm];
    },
  };

  return {
    kernel,
    words: () => arena.words(),
    /** Pages that all have, and pages of their own, long enough to be merged. */
    fill: () => {
      for (let mm = 0; mm < MMS; mm++) {
        for (let page = 0; page < PAGES; page += 2)
          act.write([mm, 0, page], page % 8 === 0 ? 100 * (mm + 1) + page : page);
      }
      scheduler.run(SETTLED_NS);
    },
    /** Whether the action can be done while ksmd is where it is: what changes an mm waits for its mmap_sem. */
    mayDo: ({ kind, where: [mm, other] }: Action): boolean =>
      ['write', 'read', 'lock', 'hold'].includes(kind) ||
      [mm, kind === 'fork' ? other : mm].every((one) => {
        const isFree = kernel.locks.tryWriteMm(mms[one]);
        if (isFree) kernel.locks.writeUnlockMm(mms[one]);
        return isFree;
      }),
    do: ({ kind, where, content }: Action): void => act[kind](where, content),
    run: (ns: number): void => {
      scheduler.run(scheduler.now + ns);
      if (locked >= 0) kernel.locks.unlockPage(locked);
      if (held >= 0) kernel.locks.writeUnlockMm(held);
      locked = NONE;
      held = NONE;
      // Whoever unlocks wakes at the end of its step; here nobody takes one.
      scheduler.wake(kernel.ksmd.who);
      // Which vma was looked up last is remembered, and says nothing.
      for (const mm of mms) kernel.vmas.find(mm, 0);
    },
    scalars: () => ({
      now: scheduler.now,
      next: scheduler.peekNextTime(),
      steps: scheduler.steps + kernel.ksmd.stepsSaved,
      cpuTime: kernel.ksmd.cpuTime,
      scanned: kernel.ksmd.measures.pagesScanned,
      at: [kernel.cursor.seqnr, kernel.cursor.address, kernel.cursor.behind, kernel.slots.cursor],
      roots: [kernel.objects.stable.root, kernel.objects.unstable.root],
    }),
  };
}

const action = fc.record<Action>({
  kind: fc.oneof(
    { weight: 1, arbitrary: fc.constant<Action['kind']>('write') },
    { weight: 2, arbitrary: fc.constantFrom<Action['kind'][]>(...OTHER_KINDS) },
  ),
  where: fc.tuple(fc.nat(MMS - 1), fc.nat(REGIONS - 1), fc.nat(PAGES - 1)),
  content: fc.integer({ min: 1, max: 6 }),
  // Costs are multiples of 100 ns: a run may end where a step begins.
  ns: fc.oneof(fc.constant(0), fc.nat(400), fc.nat(30_000)).map((n) => n * 100),
});

/** Runs random scripts on both. Returns how many steps quiet visits saved. */
function stepsSaved(numRuns: number, costs = COSTS, changes = UNCHANGED): number {
  let saved = 0;
  const sameAsStepByStep = (script: readonly Action[]): void => {
    const fast = build(costs, changes, false);
    const slow = build(costs, changes, true);
    for (const one of [fast, slow]) one.fill();
    for (const next of script) {
      const mayDo = fast.mayDo(next);
      for (const one of [fast, slow]) {
        if (mayDo) one.do(next);
        one.run(next.ns);
      }
      assert.equal(fast.scalars(), slow.scalars());
      assert.is(Buffer.compare(bytes(fast.words()), bytes(slow.words())), 0, 'all words of the kernel');
    }
    assert.is(slow.kernel.ksmd.stepsSaved, 0);
    saved += fast.kernel.ksmd.stepsSaved;
  };
  const scripts = fc.array(action, { minLength: 10, maxLength: 60 });
  fc.assert(fc.property(scripts, sameAsStepByStep), { seed: 1, numRuns });
  return saved;
}

const bytes = (words: Int32Array): Uint8Array => new Uint8Array(words.buffer, words.byteOffset, words.byteLength);

test('whatever lies in the way, they leave what single steps leave, in the same time', () => {
  const saved = stepsSaved(200);
  assert.ok(saved > 10_000, `${saved} steps saved`);
});

test('where a step costs nothing none is saved, as two would become one', () => {
  for (const free of ['visitBase', 'visitLinked', 'treeStep', 'checksum', 'rmapItem'] as const) {
    assert.is(stepsSaved(3, { ...COSTS, [free]: 0 }), 0, free);
  }
});

test('where stable_nodes may form chains or the checksum comes first, each visit is made step by step', () => {
  assert.is(stepsSaved(3, COSTS, { ...UNCHANGED, maxPageSharing: 256 }), 0, 'chains');
  assert.is(stepsSaved(3, COSTS, { ...UNCHANGED, checksumFirst: true }), 0, 'checksum first');
});

test.run();
