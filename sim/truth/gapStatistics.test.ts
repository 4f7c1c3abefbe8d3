import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GapStatistics } from './gapStatistics.ts';

function statisticsAt(start: number) {
  const clock = { now: start };
  const statistics = new GapStatistics(clock);
  statistics.reset(0);
  return { clock, statistics };
}

test('the mean is the time integral of open gaps over the time since the reset', () => {
  const { clock, statistics } = statisticsAt(1000);
  clock.now = 1100;
  statistics.opened('B1', 1100);
  clock.now = 1200;
  statistics.opened('B1', 1200);
  clock.now = 1300;
  statistics.closed('B1', 1100);
  clock.now = 1400;
  assert.is(statistics.mean(), (100 + 200 + 100) / 400);
  assert.is(statistics.max, 2);
  assert.equal(statistics.lengths.toArray(), Float64Array.of(200));
});

test('a merge window counts for the same time whether somebody noticed it or not', () => {
  const noticed = statisticsAt(0);
  noticed.clock.now = 500;
  noticed.statistics.opened('B3', 400);
  noticed.clock.now = 700;
  noticed.statistics.closed('B3', 400);
  const unseen = statisticsAt(0);
  unseen.clock.now = 700;
  unseen.statistics.passed('B3', 400);
  for (const { clock, statistics } of [noticed, unseen]) {
    clock.now = 1000;
    assert.is(statistics.mean(), 0.3);
    assert.equal(statistics.lengths.toArray(), new Float64Array(0));
    assert.is(statistics.openedByCause.B3, 1);
  }
});

test('time before the reset does not count, gaps that are open then do', () => {
  const { clock, statistics } = statisticsAt(0);
  clock.now = 100;
  statistics.reset(3);
  clock.now = 150;
  statistics.passed('B3', 50);
  clock.now = 200;
  assert.is(statistics.mean(), (3 * 100 + 50) / 100);
  assert.is(statistics.max, 3);
});

test.run();
