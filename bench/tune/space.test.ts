/** The space of a search: bounds, samples, neighbours, and the way from a setting to its position and back. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Knob } from './knobs.ts';
import { PAGES, SLEEP } from './setting.ts';
import {
  grid,
  neighbours,
  PACE_RANGE,
  PAGES_RANGE,
  positionOf,
  samples,
  settingAt,
  settingOf,
  SLEEP_RANGE,
} from './space.ts';
import type { Space } from './space.ts';

const RETRY: Knob = {
  name: 'retry',
  about: '',
  choices: [
    { values: {}, strategy: 'stock' },
    { values: { 'memory.cma.default.size': '24 MB' }, strategy: 'retry-100ms' },
  ],
};
const PLAIN: Space = { sleep: SLEEP_RANGE, pages: PAGES_RANGE, pace: PACE_RANGE, knobs: [], strategy: 'stock' };
const KNOBBED: Space = { ...PLAIN, knobs: [RETRY] };

test('the corners are the bounds: sleep, and pages for the slowest and fastest pace', () => {
  assert.equal(settingAt(PLAIN, [0, 1]).values, { [PAGES]: 500, [SLEEP]: 10 });
  assert.equal(settingAt(PLAIN, [1, 0]).values, { [PAGES]: 260, [SLEEP]: 2000 });
  // 128 pages a second is 1.28 in 10 ms: pages are whole.
  assert.equal(settingAt(PLAIN, [0, 0]).values, { [PAGES]: 1, [SLEEP]: 10 });
});

test('values have two significant digits and stay within their ranges', () => {
  for (const position of samples(PLAIN, 200, 7)) {
    const { [PAGES]: pages, [SLEEP]: sleep } = settingAt(PLAIN, position).values as Record<string, number>;
    assert.is(Number(pages.toPrecision(2)), pages);
    assert.is(Number(sleep.toPrecision(2)), sleep);
    assert.ok(pages >= PAGES_RANGE.low && pages <= PAGES_RANGE.high, `${pages}`);
    assert.ok(sleep >= SLEEP_RANGE.low && sleep <= SLEEP_RANGE.high, `${sleep}`);
  }
});

test('the position of a setting leads back to it', () => {
  for (const [pages, sleep] of [
    [100, 20],
    [100, 500],
    [1000, 20],
  ]) {
    assert.equal(settingAt(PLAIN, positionOf(PLAIN, pages, sleep)), settingOf(PLAIN, pages, sleep));
  }
});

test('samples: every tenth of each axis has some, the seed decides which', () => {
  const some = samples(KNOBBED, 60, 1);
  for (const axis of [0, 1, 2]) {
    const tenths = new Set(some.map((position) => Math.floor(position[axis] * 10)));
    assert.is(tenths.size, 10, `axis ${axis}`);
  }
  assert.equal(samples(KNOBBED, 60, 1), some);
  assert.not.equal(samples(KNOBBED, 60, 2), some);
});

test('knobs: the first choice is the device as it is, others bring values and strategies', () => {
  assert.is(settingAt(KNOBBED, [0, 0, 0.2]).strategy, 'stock');
  const other = settingAt(KNOBBED, [0, 0, 0.7]);
  assert.is(other.strategy, 'retry-100ms');
  assert.is(other.values['memory.cma.default.size'], '24 MB');
  assert.is(settingAt({ ...KNOBBED, strategy: 'heir-items' }, [0, 0, 0.7]).strategy, 'heir-items+retry-100ms');
});

test('neighbours: a step along each axis, the other choice, nothing outside', () => {
  const around = neighbours(KNOBBED, [0.05, 0.5, 0.25], 0.1);
  assert.equal(around, [
    [0, 0.5, 0.25],
    [0.05 + 0.1, 0.5, 0.25],
    [0.05, 0.4, 0.25],
    [0.05, 0.6, 0.25],
    [0.05, 0.5, 0.75],
  ]);
});

test('a grid has every combination once', () => {
  const all = grid(KNOBBED, 3);
  assert.is(all.length, 18);
  assert.is(new Set(all.map(String)).size, 18);
});

test.run();
