/**
 * What costs grow with, counted in code that runs: requests, reverse walks, simulated time, and what is switched off.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { allSteps, countSteps } from './steps.ts';
import type { Scene } from './stepsAlone.ts';

const test = suite('steps');

const AREAS = [4096, 32_768];
const SIZES = [1, 16];
const MAPPINGS = [11, 31, 51];
const SECONDS = [2, 4, 8];

const requests = SIZES.flatMap((pages) => AREAS.map((area): Scene => ({ kind: 'request', area, pages })));
const forked = MAPPINGS.map((mappings): Scene => ({ kind: 'walk', mappings, how: 'fork' }));
const merged = MAPPINGS.map((mappings): Scene => ({ kind: 'walk', mappings, how: 'ksm' }));
const cells = SECONDS.map((seconds): Scene => ({ kind: 'cell', seconds }));
const scenes = [...requests, ...forked, ...merged, ...cells];
const counted = await countSteps(scenes);
const stepsOf = (some: readonly Scene[]) => some.map((scene) => allSteps(counted[scenes.indexOf(scene)]));

test('a small request takes as many steps in a large area as in a small one', () => {
  const [oneInSmall, oneInLarge, sixteenInSmall, sixteenInLarge] = stepsOf(requests);
  assert.ok(oneInSmall > 0);
  assert.is(oneInLarge, oneInSmall);
  assert.is(sixteenInLarge, sixteenInSmall);
});

test('a reverse walk takes as many steps for each further mapping', () => {
  for (const walks of [forked, merged]) {
    const [eleven, thirtyOne, fiftyOne] = stepsOf(walks);
    const each = (thirtyOne - eleven) / 20;
    assert.ok(each >= 2, `${each} steps a mapping`);
    assert.is(fiftyOne - thirtyOne, thirtyOne - eleven, `${eleven}, ${thirtyOne}, ${fiftyOne} steps for 11, 31, 51`);
  }
});

test('the steps of a cell grow with its simulated time', () => {
  const [two, four, eight] = stepsOf(cells);
  const ratio = (eight - four) / 2 / (four - two);
  // The load is random: seconds differ by about a tenth.
  assert.ok(ratio > 0.8 && ratio < 1.25, `${two}, ${four}, ${eight} steps in 2, 4 and 8 s`);
});

test('no code of the auditor or of a tracer runs where nobody asked for it', () => {
  const idle = /^(watch\/|truth\/invariants|truth\/walks|memory\/check)/;
  for (const steps of counted) {
    const ran = Object.keys(steps).filter((file) => idle.test(file) && steps[file] > 0);
    assert.equal(ran, []);
  }
});

test.run();
