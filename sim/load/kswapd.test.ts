/**
 * kswapd: from the first moment on, up to the high watermark, and at rest for a while where there is nothing to free.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SECOND } from '../clock/units.ts';
import type { DeviceDescription } from '../description.ts';
import { buildWorld } from './build.ts';
import { device, IDLE } from './testing.ts';

/** A device that boots with fewer free pages outside CMA than the low watermark. */
function shortOfMemory(cached: number, changes: Partial<DeviceDescription> = {}) {
  const world = buildWorld(device({ ...IDLE, pageCache: { ...IDLE.pageCache, pages: cached } }, changes), 1, []);
  const { watermarks } = world.memory.memory;
  const isAbove = (mark: number): boolean => watermarks.zoneWatermarkOk(mark, false);
  assert.not(isAbove(watermarks.low));
  return { world, isAbove, watermarks };
}

test('memory that is short at boot is reclaimed at once, up to the high watermark', () => {
  const { world, isAbove, watermarks } = shortOfMemory(5100);
  world.scheduler.run(SECOND / 100);
  assert.ok(isAbove(watermarks.high));
});

test('where nothing can be freed it looks ten times a second', () => {
  const { memory } = device(IDLE);
  const { world, isAbove, watermarks } = shortOfMemory(0, { memory: { ...memory, unmovablePages: 5350 } });
  world.scheduler.run(SECOND);
  assert.not(isAbove(watermarks.low));
  assert.is(world.scheduler.wakeups(world.lowMemory.kswapd), 10);
});

test.run();
