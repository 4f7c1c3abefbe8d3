/** Proactive compaction on a small machine whose memory a process has filled and freed at random. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../memory/frames.ts';
import { MIGRATE } from '../memory/pageblocks.ts';
import { Ballast } from '../testbed/ballast.ts';
import { Testbed } from '../testbed/testbed.ts';
import { testMachine } from '../testbed/testing.ts';

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

test.run();
