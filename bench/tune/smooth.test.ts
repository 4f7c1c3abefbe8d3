/** Estimates that borrow from their neighbours. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { smoothed } from './smooth.ts';

test('one sample is all there is to say, everywhere', () => {
  const [value] = smoothed([{ position: [0.5, 0.5], weight: 10, values: [3] }], [0, 1]);
  assert.ok(Math.abs(value - 3) < 1e-12);
});

test('near samples count more, and those with more requests', () => {
  const samples = [
    { position: [0.1, 0.5], weight: 1, values: [0] },
    { position: [0.9, 0.5], weight: 1, values: [1] },
  ];
  const [left] = smoothed(samples, [0.1, 0.5]);
  const [right] = smoothed(samples, [0.9, 0.5]);
  assert.ok(left < 0.2 && right > 0.8, `${left} ${right}`);
  const [middle] = smoothed(samples, [0.5, 0.5]);
  assert.ok(Math.abs(middle - 0.5) < 1e-12);
  const [weighed] = smoothed([samples[0], { ...samples[1], weight: 3 }], [0.5, 0.5]);
  assert.ok(Math.abs(weighed - 0.75) < 1e-12);
});

test('a valley between two hills is not smoothed away once there are enough samples', () => {
  const hill = (x: number): number => (x > 0.4 && x < 0.6 ? 0 : 1);
  const samples = Array.from({ length: 400 }, (_, i) => ({
    position: [(i % 20) / 19, Math.floor(i / 20) / 19],
    weight: 1,
    values: [hill((i % 20) / 19)],
  }));
  const [inside] = smoothed(samples, [0.5, 0.5]);
  const [outside] = smoothed(samples, [0.1, 0.5]);
  assert.ok(inside < 0.6 * outside, `${inside} ${outside}`);
});

test.run();
