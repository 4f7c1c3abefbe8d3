/** Axes of plots: which ticks of a logarithmic one are labelled, and names on several lines. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { logTimes, namesOnLines } from './axes.ts';

interface Made {
  readonly scale: { readonly domain: readonly [number, number] };
  readonly axis: { readonly values: readonly number[]; readonly labelExpr: string };
}

/** The domain, and the labels by value. */
function axisOf(least: number, most: number): { domain: readonly number[]; ticks: number; labels: unknown } {
  const { scale, axis } = logTimes(least, most) as Made;
  const [, values, labels] = /^indexof\((\[.*?\]), .* : (\[.*?\])\[/.exec(axis.labelExpr)!;
  const texts = JSON.parse(labels) as string[];
  return {
    domain: scale.domain,
    ticks: axis.values.length,
    labels: (JSON.parse(values) as number[]).map((value, i) => [value, texts[i]]),
  };
}

test('powers of ten are labelled, the other ticks are not', () => {
  assert.equal(axisOf(0.00621, 4.4), {
    domain: [0.006, 5],
    ticks: 27,
    labels: [
      [0.01, '10 ms'],
      [0.1, '100 ms'],
      [1, '1 s'],
    ],
  });
});

test('of few powers 1, 2 and 5 are labelled; of less than that every tick', () => {
  assert.equal(axisOf(0.15, 0.9).labels, [
    [0.1, '100 ms'],
    [0.2, '200 ms'],
    [0.5, '500 ms'],
  ]);
  assert.equal(axisOf(6.1, 7.2).labels, [
    [6, '6 s'],
    [7, '7 s'],
    [8, '8 s'],
  ]);
});

test('of many powers some; one value and 0 have an axis, too', () => {
  assert.equal(axisOf(1e-5, 100).labels, [
    [1e-5, '10 us'],
    [1e-3, '1 ms'],
    [0.1, '100 ms'],
    [10, '10 s'],
  ]);
  assert.equal(axisOf(0.01, 0.01).domain, [0.01, 0.02]);
  assert.equal(axisOf(0, 0).domain, [1e-6, 2e-6]);
});

test('names break behind +, and the longest end in an ellipsis', () => {
  assert.equal(namesOnLines(['stock', 'heir-items+page-anon-vma+retry-100ms']), [
    ['stock'],
    ['heir-items+page-anon-vma+', 'retry-100ms'],
  ]);
  const [lines] = namesOnLines(['x'.repeat(200)]);
  assert.is(lines.length, 4);
  assert.match(lines[3], /^x{24}…$/);
});

test.run();
