/** Proactive compaction on a small machine whose memory a process has filled and freed at random. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCKED, sleepOf } from '../clock/actor.ts';
import type { CostProfile } from '../description.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { MIGRATE } from '../memory/pageblocks.ts';
import type { PhysicalMemory } from '../memory/physical.ts';
import { PTE_SHIFT } from '../process/pageTables.ts';
import { Ballast } from '../testbed/ballast.ts';
import { Testbed } from '../testbed/testbed.ts';
import { testMachine } from '../testbed/testing.ts';
import { Kcompactd } from './kcompactd.ts';

const SECOND = 1e9;

function agedMachine(slack: number): Testbed {
  const testbed = new Testbed(
    testMachine(131072, 32768),
    { processes: 4, forks: 0, pages: 64, classes: 1, share: 0, tmpfsInArea: false },
    1,
  );
  const ballast = new Ballast(testbed, { kind: 'aged', seed: 1, keep: 16, slack });
  testbed.ballast = ballast;
  ballast.begin(testbed.scheduler.now);
  return testbed;
}

/** Percentage of free memory in blocks below 2 MB. */
function fragmentation({ memory }: Testbed): number {
  const { buddy } = memory.memory;
  const free = buddy.freePages();
  return Math.floor(((free - (buddy.freeBlocks(9) << 9) - (buddy.freeBlocks(10) << 10)) * 100) / free);
}

function anonInArea({ kernel, area }: Testbed): number {
  return kernel.frames.kind.subarray(area.base, area.base + area.pages).filter(isAnon).length;
}

function isAnon(kind: number): boolean {
  return kind === KIND.anon;
}

test('fragmented memory is compacted into the area until a fifth of it is in large blocks', () => {
  const testbed = agedMachine(3900);
  while (!testbed.ballast!.isReady) testbed.scheduler.run(testbed.scheduler.now + SECOND / 100);
  const { pages } = testbed.ballast!;
  testbed.scheduler.run(testbed.scheduler.now + 3 * SECOND);
  assert.ok(testbed.kernel.migrateCounts.migrated > 100, 'nothing was moved');
  assert.ok(fragmentation(testbed) <= 80, `still ${fragmentation(testbed)} %`);
  assert.ok(anonInArea(testbed) > testbed.area.pages / 8, 'the area is as empty as before');
  assert.is(testbed.ballast!.pages, pages);
  const moved = testbed.kernel.migrateCounts.migrated;
  testbed.scheduler.run(testbed.scheduler.now + 5 * SECOND);
  assert.is(testbed.kernel.migrateCounts.migrated, moved, 'compaction goes on below the high mark');
});

test('pages that somebody pins stay where they are, and after a round for nothing it waits', () => {
  const testbed = agedMachine(3900);
  while (!testbed.ballast!.isReady) testbed.scheduler.run(testbed.scheduler.now + SECOND / 100);
  const { frames, migrateCounts } = testbed.kernel;
  for (let pfn = 0; pfn < frames.total; pfn++) if (frames.kind[pfn] === KIND.anon) frames.count[pfn]++;
  const before = { kind: frames.kind.slice(), migrated: migrateCounts.migrated };
  testbed.scheduler.run(testbed.scheduler.now + 3 * SECOND);
  const { calls } = migrateCounts;
  assert.ok(calls > 0, 'it tried');
  assert.is(migrateCounts.migrated, before.migrated);
  assert.equal(frames.kind, before.kind);
  testbed.scheduler.run(testbed.scheduler.now + 3 * SECOND);
  assert.is(migrateCounts.calls, calls, 'it waits');
});

test('nothing is taken from isolated pageblocks, and nothing put into unmovable ones', () => {
  const testbed = agedMachine(3900);
  while (!testbed.ballast!.isReady) testbed.scheduler.run(testbed.scheduler.now + SECOND / 100);
  const { blocks } = testbed.memory.memory;
  const { kind } = testbed.kernel.frames;
  const anonIn = (first: number): number => kind.subarray(first, first + blocks.pages).filter(isAnon).length;
  // Low blocks are emptied, high ones filled.
  const all = Array.from({ length: testbed.kernel.frames.total / blocks.pages }, (_, i) => i * blocks.pages);
  const low = all.find((first) => blocks.typeOf(first) === MIGRATE.movable && anonIn(first) > 0)!;
  const high = all.at(-1)!;
  blocks.setType(low, MIGRATE.isolate);
  blocks.setType(high, MIGRATE.unmovable);
  const before = [anonIn(low), anonIn(high)];
  testbed.scheduler.run(testbed.scheduler.now + 3 * SECOND);
  assert.ok(testbed.kernel.migrateCounts.migrated > 100, 'nothing was moved');
  assert.equal([anonIn(low), anonIn(high)], before);
});

test('memory in large blocks is left alone', () => {
  const testbed = new Testbed(
    testMachine(),
    { processes: 4, forks: 0, pages: 64, classes: 1, share: 0, tmpfsInArea: false },
    1,
  );
  testbed.scheduler.run(testbed.scheduler.now + 3 * SECOND);
  assert.is(testbed.kernel.migrateCounts.calls, 0);
});

const CPU = 0;
/** Pageblocks of 64 frames; the area is the one from 256 on, the last one ends with memory. */
const AREA = 256;
const LAST_BLOCK = 2304;
const TOTAL = 2368;
const COSTS = { isolateFrame: 1000, drainAllPages: 7 } as CostProfile;
const DRAG = 5;

/** That many pages at the beginning of the area; no free block is large enough to count as such. */
function smallMachine(pages: number, zoneStart: number) {
  const script = new ScriptMachine({ kernel: 'linux-6.1' }, []);
  const { kernel, memory } = script;
  assert.is(kernel.frames.total, TOTAL);
  const mm = kernel.spaces.create();
  kernel.spaces.mmap(mm, 16, Math.max(pages, 1), NONE, false);
  for (let i = 0; i < pages; i++) {
    script.nextPage(null, true);
    kernel.faults.write(mm, 16 + i, i + 1, CPU, 1);
  }
  script.drainAll();
  memory.percpu.drainAllPages();
  const kcompactd = new Kcompactd(kernel, script.pages, COSTS, zoneStart, () => DRAG);
  /** Steps to the next sleep, which is returned, ns; `took`: what took time, `isolated`: called after each of that. */
  const run = (isolated: (count: number) => void = () => undefined) => {
    const took: number[] = [];
    for (;;) {
      const result = kcompactd.step(CPU);
      if (result < BLOCKED) return { sleep: sleepOf(result), took };
      if (result > 0) isolated(took.push(result) - 1);
    }
  };
  const places = () => Array.from({ length: pages }, (_, i) => kernel.tables.get(mm, 16 + i) >> PTE_SHIFT);
  return { script, kernel, memory, run, places };
}

function useLastFrame(memory: PhysicalMemory): void {
  assert.ok(memory.allocExact(TOTAL - 1));
  memory.frames.kind[TOTAL - 1] = KIND.kernel;
}

test('it begins above 90 % only: the part of its zone in the node counts', () => {
  for (const [zoneStart, begins] of [
    [AREA, false],
    [213, false],
    [212, true],
  ] as const) {
    const { run } = smallMachine(0, zoneStart);
    const { sleep, took } = run();
    // Frames up to the area, whose blocks the zone cuts, and the free blocks 4 to 35; the last is the free scanner's.
    assert.equal(took, begins ? [COSTS.drainAllPages, (AREA - zoneStart + 32) * 1000] : [], `from frame ${zoneStart}`);
    assert.is(sleep, begins ? 32e9 : 0.5e9, 'half a second, 64 times as long after a run that was of no use');
  }
});

test('32 pages at a time go into free frames of the highest block that is in use; what is left goes back', () => {
  const { script, kernel, memory, run, places } = smallMachine(41, 192);
  useLastFrame(memory);
  const stays = AREA + 40;
  const { sleep, took } = run((clusters) => {
    if (clusters === 2) script.pin(stays);
  });
  assert.equal(places().slice(30, 34), [LAST_BLOCK + 1, LAST_BLOCK, LAST_BLOCK + 39, LAST_BLOCK + 38], 'newest first');
  assert.is(places()[0], LAST_BLOCK + 31);
  assert.is(places()[40], stays);
  // A free block is one look: block 3; 32 pages; 9 pages and the four free blocks behind them; blocks 5 to 35.
  assert.equal(took, [COSTS.drainAllPages, 33 * 1000 + 32 * DRAG, 13 * 1000 + 9 * DRAG, 31 * 1000]);
  assert.is(sleep, 32e9);
  script.drainAll();
  memory.percpu.drainAllPages();
  for (const pfn of places()) {
    assert.ok(script.isolate(pfn), 'on the LRU again, moved or not');
    script.putback(pfn);
  }
  const used = new Set([...places(), TOTAL - 1]);
  for (let pfn = AREA; pfn < TOTAL; pfn++) assert.is(kernel.frames.kind[pfn] === KIND.free, !used.has(pfn), `${pfn}`);
});

test('a block that is free as a whole takes nobody', () => {
  const { run, places } = smallMachine(3, 192);
  run();
  assert.equal(places(), [AREA, AREA + 1, AREA + 2]);
});

test('a block that is isolated for an allocation is left alone', () => {
  const { script, memory, run, places } = smallMachine(3, 192);
  useLastFrame(memory);
  assert.ok(script.pages.startIsolate(AREA, AREA + 64));
  run();
  assert.equal(places(), [AREA, AREA + 1, AREA + 2]);
  script.pages.undoIsolate(AREA, AREA + 64);
  run();
  assert.equal(places(), [LAST_BLOCK + 2, LAST_BLOCK + 1, LAST_BLOCK]);
});

test('memory of which nothing is free is not fragmented', () => {
  const { memory, run } = smallMachine(0, 192);
  for (let pfn = 0; pfn < TOTAL; pfn++) memory.allocExact(pfn);
  assert.is(memory.buddy.freePages(), 0);
  assert.equal(run(), { sleep: 0.5e9, took: [] });
});

test('pages that move together are of one pageblock', () => {
  const { memory, run } = smallMachine(1, 192);
  useLastFrame(memory);
  // Block 3; the page and the six free blocks behind it; blocks 5 to 35.
  assert.equal(run().took, [COSTS.drainAllPages, 8 * 1000 + DRAG, 31 * 1000]);
});

test('frames in use are passed over on the way to free ones; pageblocks of unmovable pages take nobody', () => {
  for (const [type, place] of [
    [MIGRATE.movable, LAST_BLOCK + 1],
    [MIGRATE.unmovable, AREA],
  ] as const) {
    const { kernel, memory, run, places } = smallMachine(1, 192);
    assert.ok(memory.allocExact(LAST_BLOCK));
    kernel.frames.kind[LAST_BLOCK] = KIND.kernel;
    memory.blocks.setType(LAST_BLOCK, type);
    run();
    assert.equal(places(), [place]);
  }
});

test('pages of files move too, unless their buffers are in use', () => {
  const { script, memory, run } = smallMachine(0, 192);
  useLastFrame(memory);
  const { cache } = script.pages;
  const file = cache.addFile(2);
  for (const index of [0, 1]) {
    assert.ok(memory.allocExact(AREA + index));
    cache.insert(CPU, AREA + index, file, index, false, index === 1);
  }
  script.drainAll();
  run();
  assert.equal([cache.lookup(file, 0), cache.lookup(file, 1)], [LAST_BLOCK, AREA + 1]);
});

test.run();
