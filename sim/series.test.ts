/** Numbers added one by one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Series } from './series.ts';

test('a series holds what was added, in order, however much it is', () => {
  const series = new Series();
  assert.equal(series.toArray(), new Float64Array(0));
  const values = Array.from({ length: 1000 }, (_, i) => i / 8);
  for (const value of values) series.push(value);
  assert.is(series.length, 1000);
  assert.equal(series.toArray(), Float64Array.from(values));
});

test('what was taken out stays as it was', () => {
  const series = new Series();
  series.push(1);
  const taken = series.toArray();
  series.push(2);
  taken[0] = 3;
  assert.equal(taken, Float64Array.of(3));
  assert.equal(series.toArray(), Float64Array.of(1, 2));
});

test.run();
