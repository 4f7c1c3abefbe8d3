/** Axes of pictures: where labels stand, whatever the range. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { axis, linearRows, linearScale, logRows, timeScale } from './scale.ts';

test('a linear axis ends at a round number, its labels begin at their values', () => {
  assert.is(axis(linearScale(7.6, 30), '-'), '0------2-------4------6------8');
  assert.is(axis(linearScale(0.037, 30), '-'), '0--------------0.02-------0.04');
  assert.is(axis(linearScale(100, 20), '-'), '0---------50-----100');
  const scale = linearScale(8, 41);
  assert.equal([0, 2, 4, 8, 80].map(scale.column), [0, 10, 20, 40, 40]);
});

test('a time axis is logarithmic and covers what it was made for', () => {
  assert.is(axis(timeScale(13, 1480, 40), '-'), '10 ms------------100 ms-----------1 s---');
  assert.is(axis(timeScale(24, 144, 40), '-'), '20 ms-----------50 ms------100 ms-------');
  const scale = timeScale(1, 100, 41);
  assert.equal([0.1, 1, 10, 100, 1000].map(scale.column), [0, 0, 20, 40, 40]);
});

test('axes of rows: rows count from the bottom, and no two labels share one', () => {
  const linear = linearRows(10, 11);
  assert.equal([0, 5, 10, 80].map(linear.column), [0, 5, 10, 10]);
  assert.equal(
    linear.ticks.map(({ column, label }) => [column, label]),
    [
      [0, '0'],
      [5, '5'],
      [10, '10'],
    ],
  );
  const log = logRows(100, 10_000, 13, String);
  assert.equal([10, 100, 1000, 10_000].map(log.column), [0, 0, 6, 12]);
  for (const height of [6, 12, 14])
    for (const ratio of [1, 3, 400, 1e6])
      for (const { ticks } of [linearRows(ratio, height), logRows(128, 128 * ratio, height, String)]) {
        const rows = ticks.map(({ column }) => column);
        assert.ok(rows.length >= 2 && new Set(rows).size === rows.length, `${ratio} in ${height}: ${rows.join(' ')}`);
      }
});

test('any range has an axis as wide as asked for, with two labels at least that do not touch', () => {
  for (const width of [19, 23, 40]) {
    for (const least of [0, 0.0005, 0.3, 1, 9.99, 86, 5000]) {
      for (const ratio of [1, 1.01, 3, 40, 7e3, 1e6]) {
        const scale = timeScale(least, least * ratio, width);
        const line = axis(scale, '-');
        assert.is(line.length, width, line);
        assert.ok(line.split(/-+/).filter(Boolean).length >= 2, `${least} to ${least * ratio}: ${line}`);
        assert.ok(
          scale.ticks.every(({ label }) => line.includes(label)),
          line,
        );
      }
    }
    for (const most of [1e-4, 0.04, 1, 3.3, 59.5, 99.99, 100]) {
      const scale = linearScale(most, width);
      assert.is(axis(scale, '-').length, width);
      assert.ok(scale.ticks.length >= 2 && scale.column(most) > width / 3, `${most} in ${width}`);
    }
  }
});

test.run();
