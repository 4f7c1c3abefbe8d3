/** Levels of maps: round, few, and each value in the one whose words hold it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { levelOf, levelsBetween, levelsFromZero, levelWords } from './levels.ts';

test('from zero: 0 has a level of its own, the others are of one round size', () => {
  assert.equal(levelsFromZero(0, 4), [0]);
  assert.equal(levelsFromZero(8, 4), [0, 2, 4, 6, 8]);
  assert.equal(levelsFromZero(8.3, 4), [0, 2.5, 5, 7.5, 10]);
  assert.equal(levelsFromZero(0.083, 4), [0, 0.025, 0.05, 0.075, 0.1]);
});

test('between: round steps, or round factors where the values go far apart', () => {
  assert.equal(levelsBetween([150, 300, 550], 6), [200, 300, 400, 500, 600]);
  assert.equal(levelsBetween([0.004, 0.02, 0.9], 6), [0.01, 0.05, 0.2, 1]);
  assert.equal(levelsBetween([7, 7], 6), [7]);
});

test('whatever the values: few levels, rising, each value in the level whose words hold it', () => {
  for (const least of [0, 1e-4, 0.03, 1, 86, 5000]) {
    for (const ratio of [1, 1.01, 3, 19, 40, 7e3, 1e6]) {
      const most = least === 0 ? ratio : least * ratio;
      const values = [least, (least + most) / 2, Math.sqrt(least * most), most];
      for (const levels of [levelsBetween(values, 6), levelsFromZero(most, 5)]) {
        const told = JSON.stringify({ least, most, levels });
        assert.ok(levels.length <= 6, told);
        assert.equal(
          [...new Set(levels)].sort((a, b) => a - b),
          [...levels],
          told,
        );
        for (const value of values) {
          const level = levelOf(levels, value);
          assert.ok(value <= levels[level] * (1 + 1e-6), `${value} in ${told}`);
          assert.ok(level === 0 || value > levels[level - 1] * (1 - 1e-6), `${value} in ${told}`);
        }
      }
    }
  }
});

test('words', () => {
  assert.equal(levelWords([0, 2, 4], String), ['none', 'up to 2', '2 to 4']);
  assert.equal(levelWords([10, 20], String), ['up to 10', '10 to 20']);
});

test.run();
