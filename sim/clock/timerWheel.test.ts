import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { wheelExpiry } from './timerWheel.ts';

test('up to 62 ticks a timer expires in the tick after its time', () => {
  for (const [now, ticks, expiry] of [
    [0, 1, 2],
    [1000, 5, 1006],
    [1000, 62, 1063],
  ])
    assert.is(wheelExpiry(now, ticks), expiry);
});

test('further away it is rounded up to the next boundary of its level', () => {
  for (const [now, ticks, expiry] of [
    // Level 1: eight ticks.
    [0, 63, 64],
    [1000, 63, 1064],
    [1000, 64, 1072],
    // 2000 ms at HZ=250 from tick 1000, the last that level 1 takes, and the first of level 2.
    [1000, 500, 1504],
    [1000, 503, 1504],
    [1000, 504, 1536],
    [7, 500, 512],
  ])
    assert.is(wheelExpiry(now, ticks), expiry, `${ticks} ticks from ${now}`);
});

test.run();
