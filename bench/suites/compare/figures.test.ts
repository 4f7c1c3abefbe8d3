/** Figures of two versions side by side: what is compared with what, and what is marked. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareFigures, type Measured, type Pair } from './figures.ts';

/** One suite with one timing, as a version from before pieces of work were told reports it. */
const call = (suite: string, name: string, p50Ms: number): Measured => ({
  suites: [{ name: suite, timings: [{ name, p50Ms, minMs: p50Ms / 2 }] }],
});

/** The same as later ones do. */
const piece = (suite: string, name: string, p50Ms: number, count: number, unit = 'pte'): Measured => ({
  suites: [
    {
      name: suite,
      timings: [
        { name, p50Ms, minMs: p50Ms / 2, perUnit: { unit, count, ns: (p50Ms * 1e6) / count, lowNs: 0, highNs: 0 } },
      ],
    },
  ],
});

const figure = (value: number, better: 'less' | 'more', unit = 'MB'): Measured => ({
  suites: [{ name: 'device', timings: [], figures: [{ name: 'it', value, unit, better, samples: 1 }] }],
});

/** Three pairs whose ratios lie close to `ratio`. */
function pairs(old: (scale: number) => Measured, now: (scale: number) => Measured, ratio: number): Pair[] {
  return [1, 1.01, 0.99].map((scale) => ({ old: old(1), new: now(ratio * scale) }));
}

test('by name: ratio new over old, marked when its interval lies clear of 1', () => {
  const timing = (scale: number): Measured => call('fork', 'per pte', scale);
  const [faster] = compareFigures(pairs(timing, timing, 0.8), 'median').figures;
  assert.ok(Math.abs(faster.ratio - 0.8) < 1e-3, `${faster.ratio}`);
  assert.is(faster.verdict, 'better');
  assert.is(faster.unit, 'ms');
  assert.is(faster.pairs, 3);
  assert.is(compareFigures(pairs(timing, timing, 1.2), 'median').figures[0].verdict, 'worse');
  assert.is(compareFigures(pairs(timing, timing, 1), 'median').figures[0].verdict, null);
});

test('more of what is better the more there is of it is better', () => {
  const speed = (scale: number): Measured => figure(scale, 'more');
  assert.is(compareFigures(pairs(speed, speed, 1.2), 'median').figures[0].verdict, 'better');
  assert.is(compareFigures(pairs(speed, speed, 0.8), 'median').figures[0].verdict, 'worse');
});

test('pieces of work are compared where both versions tell them, else calls', () => {
  const few = (scale: number): Measured => piece('fork', 'per pte', scale, 100);
  const many = (scale: number): Measured => piece('fork', 'per pte', 10 * scale, 1000);
  const [same] = compareFigures(pairs(few, many, 1), 'median').figures;
  assert.is(same.unit, 'ns/pte');
  assert.is(same.verdict, null, 'ten times the work in ten times the time');
  const early = (scale: number): Measured => call('fork', 'per pte', scale);
  assert.is(compareFigures(pairs(early, few, 1), 'median').figures[0].unit, 'ms');
});

test('what only one version reports is named, not compared', () => {
  const runs: Pair = { old: call('fork', 'per pte', 1), new: call('fork', 'per page', 1) };
  const { figures, onlyOld, onlyNew } = compareFigures([runs, runs], 'median');
  assert.equal(figures, []);
  assert.equal(onlyOld, ['fork: per pte']);
  assert.equal(onlyNew, ['fork: per page']);
});

test('a figure in another unit is another figure', () => {
  const runs: Pair = { old: figure(1, 'less', 'MB'), new: figure(1, 'less', 'kB') };
  const { figures, onlyOld, onlyNew } = compareFigures([runs, runs], 'median');
  assert.equal(figures, []);
  assert.equal([onlyOld, onlyNew], [['device: it'], ['device: it']]);
});

test('the fastest call of each run, where that is asked for', () => {
  const timing = (scale: number): Measured => piece('fork', 'per pte', scale, 100);
  const [compared] = compareFigures(pairs(timing, timing, 1), 'fastest').figures;
  assert.ok(Math.abs(compared.old - 5000) < 1e-6, `${compared.old} ns a pte: half a ms over 100`);
});

test('a pair in which a time came to nothing does not count', () => {
  const runs = [0.9, 0, 0.91].map((ms) => ({ old: call('fork', 'per pte', 1), new: call('fork', 'per pte', ms) }));
  assert.is(compareFigures(runs, 'median').figures[0].pairs, 2);
});

test.run();
