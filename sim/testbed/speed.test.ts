import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Stream } from '../clock/random.ts';
import { COSTS } from '../load/testing.ts';
import { drawSlowness, drawStall, slowed } from './speed.ts';

test('speeds are those of the recordings: median, and one in ten', () => {
  const stream = new Stream(1, 'speed');
  const drawn = Array.from({ length: 20_000 }, () => drawSlowness(stream)).sort((a, b) => a - b);
  assert.ok(Math.abs(drawn[10_000] - 1.72 / 1.53) < 0.01);
  assert.ok(Math.abs(drawn[18_000] - 2.6 / 1.53) < 0.05);
  assert.ok(drawn[0] >= 1.41 / 1.53 && drawn[19_999] <= 3.5 / 1.53);
});

test('half of the runs do not stall, one in ten does for over three seconds', () => {
  const stream = new Stream(1, 'stall');
  const stalls = Array.from({ length: 20_000 }, () => drawStall(stream));
  const drawn = stalls.map(({ ns }) => ns).sort((a, b) => a - b);
  assert.ok(Math.abs(stalls.filter((stall) => stall.isBeforeFill).length / 20_000 - 9 / 16) < 0.02);
  assert.is(drawn[9_800], 0);
  assert.ok(Math.abs(drawn[18_000] - 3.3e9) < 0.2e9);
  assert.ok(drawn[19_999] <= 17.8e9);
});

test('every time of a profile is slowed, its name is not', () => {
  const twice = slowed(COSTS, 2);
  assert.is(twice.forkPte, 2 * COSTS.forkPte);
  assert.is(twice.name, COSTS.name);
  assert.equal(Object.keys(twice), Object.keys(COSTS));
});

test.run();
