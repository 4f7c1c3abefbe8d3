/** Contents: different where they are to be, equal where they are to be. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Contents } from './contents.ts';
import { BUSY, group, region, started } from './testing.ts';

const POOLS = {
  zero: 0,
  pools: [
    { pool: 'a', contents: 1000, share: 0.5 },
    { pool: 'b', contents: 300, share: 0.5 },
  ],
};

test('contents of pools, of epochs and of single pages are all different, and none is the zero page', () => {
  const load = { ...BUSY, groups: [group('g', [region('r', 10, { contents: POOLS })])], contentEpochNs: 100 };
  const contents = new Contents(load, 50);
  const seen = new Set<number>([0]);
  let drawn = 1;
  for (const pool of ['a', 'b']) {
    for (let k = 0; k < (pool === 'a' ? 1000 : 300); k++) {
      for (const at of [0, 100, 250, 1e9]) {
        seen.add(contents.ofPool(contents.poolBase(pool), k, at));
        drawn++;
      }
    }
  }
  for (const owner of [0, 1, 49, 50, 51, 4000]) {
    for (let serial = 0; serial < 5000; serial++) {
      seen.add(contents.unique(owner, serial));
      drawn++;
    }
  }
  assert.is(seen.size, drawn);
  for (const content of seen) assert.is(content, content | 0);
});

test('within an epoch a pool content is one content', () => {
  const load = { ...BUSY, groups: [group('g', [region('r', 10, { contents: POOLS })])], contentEpochNs: 100 };
  const contents = new Contents(load, 1);
  const base = contents.poolBase('a');
  assert.is(contents.ofPool(base, 7, 0), contents.ofPool(base, 7, 99));
  assert.is.not(contents.ofPool(base, 7, 99), contents.ofPool(base, 7, 100));
  const steady = new Contents({ ...load, contentEpochNs: 0 }, 1);
  assert.is(steady.ofPool(base, 7, 0), steady.ofPool(base, 7, 1e12));
});

test('the order of contents is not the order of their numbers', () => {
  const contents = new Contents(BUSY, 5);
  let ascending = 0;
  for (let serial = 1; serial < 2000; serial++) {
    if (contents.unique(0, serial) > contents.unique(0, serial - 1)) ascending++;
  }
  assert.ok(Math.abs(ascending - 1000) < 100, `${ascending} of 2000 ascend`);
});

test('processes that live at boot never share a content with later ones', () => {
  const contents = new Contents(BUSY, 3);
  const boot = new Set([0, 1, 2].map((owner) => contents.unique(owner, 0)));
  for (let owner = 3; owner < 20_000; owner++) assert.not(boot.has(contents.unique(owner, 0)));
});

test('processes are told apart, as many as a replay starts', () => {
  const events = Array.from({ length: 10_000 }, (_, index) => started(index, 'app'));
  const distinct = (contents: Contents): number => {
    const seen = new Set<number>();
    for (let owner = 0; owner < 10_000; owner++) seen.add(contents.unique(owner, 0));
    return seen.size;
  };
  assert.is(distinct(new Contents({ ...BUSY, spawners: [], events }, 3)), 10_000);
  assert.is(distinct(new Contents(BUSY, 3)), 3 + 4096);
});

test.run();
