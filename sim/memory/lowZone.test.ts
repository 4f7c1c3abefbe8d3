import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND, NONE } from './frames.ts';
import { GFP } from './physical.ts';
import { smallMemory } from './testing.ts';

/** 256 frames, of which the first 64 are a zone of their own with 40 usable pages. */
function machine() {
  return smallMemory({
    reserved: [{ first: 0, pages: 64 }],
    lowZone: { first: 24, end: 64, min: 2, low: 4, reserve: 10 },
    minFreePages: 20,
  });
}

test('a request takes from the zone below once the larger one is under its low watermark', () => {
  const memory = machine();
  const { low } = memory.watermarks;
  let pfn = memory.allocPage(0, GFP.movable);
  while (pfn >= 64) {
    memory.frames.kind[pfn] = KIND.kernel;
    pfn = memory.allocPage(0, GFP.movable);
  }
  assert.ok(pfn >= 24, 'the zone below was not asked');
  assert.ok(Math.abs(memory.freePages() - low) <= 4, 'too early, or too late');
  assert.is(memory.lowZone!.freePages, 39);
  memory.putPage(0, pfn);
  assert.is(memory.lowZone!.freePages, 40);
  assert.is(memory.frames.kind[pfn], KIND.free);
});

test('its reserve is kept: first down to low, then to min, and then the request fails', () => {
  const memory = machine();
  let taken = 0;
  for (let pfn = memory.allocPage(0, GFP.movable); pfn !== NONE; pfn = memory.allocPage(0, GFP.movable)) {
    memory.frames.kind[pfn] = KIND.kernel;
    taken++;
  }
  assert.ok(taken > 150);
  assert.is(memory.lowZone!.freePages, 12);
  assert.not.ok(memory.watermarks.zoneWatermarkOk(memory.watermarks.min, true));
});

test.run();
