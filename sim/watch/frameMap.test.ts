import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCell } from '../device.ts';
import { BUSY, cell, client, device, spawner } from '../load/testing.ts';
import type { CauseCounts } from '../observations.ts';
import { frameMapOf } from './frameMap.ts';
import type { FrameMap } from './frameMap.ts';
import { FRAME_KINDS } from './frameKinds.ts';

/** Somebody wants a half of the area at a time while another holds some of it, and nobody tries twice. */
const LOAD = {
  ...BUSY,
  spawners: [spawner('app', { perSecond: 8, maxLive: 10, lifeNs: 1e9 })],
  cmaClients: [
    client('camera', { holdNs: 1e9 }),
    client('half', { sizes: [{ pages: 1024, weight: 1 }], perSecond: 2, periodic: true }),
  ],
};
const INPUT = cell(device(LOAD, { kernel: { ...device(LOAD).kernel, cmaRetries: 0 }, durationNs: 30e9 }), { seed: 2 });
const seen = runCell(INPUT);
const failed = seen.attempts.filter(({ errno }) => errno !== 0);

function mapOf(input = INPUT, requests = seen.attempts, cells = 512): FrameMap {
  return frameMapOf(input, [], { moments: 3, requests, cells });
}

const map = mapOf();

test('the cell does what it does when nobody looks', () => {
  assert.ok(failed.length > 2, 'the device of this test lets no request fail');
  assert.equal(map.observations, seen);
});

test('frames of a picture add up, and those of the areas are part of all memory', () => {
  const { frames, cma } = INPUT.description.memory;
  assert.equal(
    map.spaces.map(({ area, first, frames: size }) => [area, first, size]),
    [...cma.map(({ name, first, pages }) => [name, first, pages]), [null, 0, frames]],
  );
  for (const { pictures } of map.moments) {
    pictures.forEach(({ cells, counts }, i) => {
      const { frames: size, perCell } = map.spaces[i];
      assert.is(
        counts.reduce((sum, count) => sum + count, 0),
        size,
      );
      assert.is(cells.length, Math.ceil(size / perCell));
      assert.ok(cells.length <= 512);
      assert.ok(cells.every((kind) => kind < FRAME_KINDS.length));
    });
    const all = pictures.at(-1)!;
    for (const { counts } of pictures) counts.forEach((count, kind) => assert.ok(count <= all.counts[kind]));
  }
});

test('where a cell is a frame, the cells are the counts', () => {
  const fine = mapOf(INPUT, [], INPUT.description.memory.frames);
  for (const { pictures } of fine.moments) {
    for (const { cells, counts } of pictures) {
      assert.equal(
        FRAME_KINDS.map((_, kind) => cells.filter((one) => one === kind).length),
        counts,
      );
    }
  }
});

test('moments at equal distances from the start to the end, and one a failed request, in order of time', () => {
  const even = map.moments.filter(({ request }) => request === null);
  assert.equal(
    even.map(({ at }) => at),
    [0, seen.duration / 2, seen.duration],
  );
  assert.is(map.moments.length, 3 + failed.length);
  const times = map.moments.map(({ at }) => at);
  assert.equal(
    times,
    [...times].sort((a, b) => a - b),
  );
});

test('of each failed request: its number, its ranges, and the pages that its `blocked` counts', () => {
  const all = seen.attempts.map((attempt, i) => ({ number: i + 1, attempt }));
  assert.equal(
    map.failures.map(({ number, attempt }) => ({ number, attempt })),
    all.filter(({ attempt }) => attempt.errno !== 0),
  );
  for (const { attempt, blockers, ranges } of map.failures) {
    const { blocked, pages } = attempt;
    const counts: Partial<CauseCounts> = {};
    for (const { pfn, cause, range } of blockers) {
      counts[cause] = (counts[cause] ?? 0) + 1;
      assert.ok(pfn >= ranges[range][0] && pfn < ranges[range][1], `frame ${pfn} outside of its range`);
    }
    assert.equal(counts, { ...blocked });
    for (const [first, end] of ranges) assert.is(end - first, pages);
  }
  assert.ok(map.failures.some(({ blockers }) => blockers.length > 0));
});

test('the picture of a failed request shows pages isolated, and what blocks for a KSM cause is stuck', () => {
  const whole = mapOf(INPUT, seen.attempts, INPUT.description.memory.frames);
  const isolated = FRAME_KINDS.indexOf('isolated');
  const of = (request: number) => whole.moments.find((moment) => moment.request === request)!.pictures.at(-1)!;
  assert.ok(whole.failures.some(({ number }) => of(number).counts[isolated] > 0));
  let stuck = 0;
  for (const { number, blockers, ranges } of whole.failures) {
    // The last range's pages are in the way at that very moment.
    for (const { pfn, cause, range } of blockers) {
      if (range !== ranges.length - 1 || cause !== 'B1') continue;
      assert.is(FRAME_KINDS[of(number).cells[pfn]], 'stuck');
      stuck++;
    }
  }
  assert.ok(stuck > 0, 'nothing blocked for B1');
});

test('requests nobody asked about are left alone', () => {
  const one = failed[1];
  const { failures, moments } = mapOf(INPUT, [one]);
  assert.equal(
    failures.map(({ number }) => number),
    [seen.attempts.indexOf(one) + 1],
  );
  assert.is(moments.filter(({ request }) => request !== null).length, 1);
});

test.run();
