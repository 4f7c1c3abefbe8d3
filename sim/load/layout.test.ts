/** Where regions lie, which of their pages are populated, and what a forked group inherits. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LEAF_PAGES } from '../process/pageTables.ts';
import { layOut, populatedOffset } from './layout.ts';
import { BUSY, group, region } from './testing.ts';

test('a forked group lies behind what it inherits, without touching it', () => {
  const { groups, files } = layOut(BUSY);
  const [zygote, app, server] = groups;
  assert.is(app.parent, zygote.index);
  assert.is(app.depth, 1);
  assert.equal(app.inherited, zygote.own);
  assert.equal(server.inherited, []);
  const regions = [...app.inherited, ...app.own];
  for (let i = 0; i < regions.length; i++) {
    assert.is(regions[i].start % LEAF_PAGES, 0);
    if (i > 0) assert.ok(regions[i].start > regions[i - 1].start + regions[i - 1].region.pages);
  }
  assert.equal(files, [
    { name: 'boot.art', pages: 80 },
    { name: 'framework', pages: 400 },
  ]);
});

test('populated pages are distinct, inside the region, and as many as the share says', () => {
  const { groups } = layOut({ ...BUSY, groups: [group('g', [region('r', 137, { populated: 0.61 })])] });
  const [placed] = groups[0].own;
  assert.is(placed.populated, Math.round(137 * 0.61));
  const offsets = new Set(
    Array.from({ length: placed.populated }, (_, k) => populatedOffset(k, 137, placed.populated)),
  );
  assert.is(offsets.size, placed.populated);
  for (const offset of offsets) assert.ok(offset >= 0 && offset < 137);
});

test('parents may come after their children, and grandparents count', () => {
  const fork = (name: string, parent: string) => group(name, [region(name, 10)], { start: 'fork', parent });
  const { groups } = layOut({ ...BUSY, groups: [fork('c', 'b'), fork('b', 'a'), group('a', [region('a', 10)])] });
  assert.equal(
    groups.map(({ depth, inherited }) => [depth, inherited.map((placed) => placed.region.name)]),
    [
      [2, ['a', 'b']],
      [1, ['a']],
      [0, []],
    ],
  );
});

test('what a group asks to be merged is mergeable for it and its children, not for its parent', () => {
  const { groups } = layOut({
    ...BUSY,
    groups: [
      group('a', [
        region('heap', 10, { mergeable: false }),
        region('so', 10, { kind: 'shared-file', mergeable: false }),
      ]),
      group('b', [], { start: 'fork', parent: 'a', madviseInherited: true }),
      group('c', [], { start: 'fork', parent: 'b' }),
      group('d', [], { start: 'fork', parent: 'a' }),
    ],
  });
  const mergeable = (placed: (typeof groups)[number]['own']) => placed.map((one) => one.region.mergeable);
  assert.equal(mergeable(groups[0].own), [false, false]);
  assert.equal(
    groups.map(({ inherited }) => mergeable(inherited)),
    [[], [true, false], [true, false], [false, false]],
  );
});

test('an address space has 2^20 pages', () => {
  const regions = [region('big', (1 << 20) - 1024), region('small', 2000)];
  assert.throws(() => layOut({ ...BUSY, groups: [group('huge', regions)] }), /group huge: its regions do not fit/);
});

test.run();
