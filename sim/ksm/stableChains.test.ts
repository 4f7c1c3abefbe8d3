/**
 * The stable tree without a kernel around it: a stale node on the way; chains of stable_nodes of one content, who of
 * them is found, moved, given up.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UNCHANGED } from '../kernelProfiles.ts';
import { Frames, KIND, NONE } from '../memory/frames.ts';
import { Ledger } from '../truth/ledger.ts';
import { PageTables } from '../process/pageTables.ts';
import { Vmas } from '../process/vmas.ts';
import { KsmObjects } from './objects.ts';
import { StableTree } from './stableTree.ts';

const PRUNE = 2_000_000_000;
const CONTENT = 7;

/** A stable tree, with a limit of 3 sharers; `page` makes a KSM page of one content with that many rmap_items. */
function setUp(stableTreeRestarts = true, maxPageSharing = 3) {
  const clock = { now: 0 };
  const frames = new Frames(64);
  const objects = new KsmObjects(64, 32, 4);
  const vmas = new Vmas(4, 8, 8, 8, 1);
  const events = new Ledger({ frames, tables: new PageTables(4, 4), vmas, objects, hooks: {}, clock });
  const changes = { ...UNCHANGED, stableTreeRestarts, maxPageSharing };
  const tree = new StableTree(objects, frames, vmas.anonVmas, events, {}, changes, clock);
  let next = 0;
  const page = (sharers: number, content = CONTENT): number => {
    const pfn = next++;
    frames.kind[pfn] = KIND.ksm;
    frames.mapping[pfn] = NONE;
    frames.content[pfn] = content;
    frames.count[pfn] = frames.mapcount[pfn] = sharers;
    const node = tree.insert(pfn);
    for (let i = 0; i < sharers; i++) objects.addToHlist(objects.newItem(0, 100 + i), node);
    return node;
  };
  const free = (node: number): void => {
    for (let item = objects.hlist[node]; item >= 0; item = objects.hlist[node]) objects.removeFromHlist(item);
    frames.ksmFreed?.(node);
    frames.kind[objects.kpfn[node]] = KIND.free;
    frames.mapping[objects.kpfn[node]] = NONE;
  };
  return { clock, objects, tree, chains: tree.chains!, page, free };
}

for (const limit of [0, 3]) {
  const where = limit === 0 ? 'without chains' : 'with chains';

  test(`${where}, 3.10: a search removes the first stale node that it meets, and gives up`, () => {
    const { tree, page, free, objects } = setUp(false, limit);
    const [root, , right] = [5, 3, 8].map((content) => page(1, content));
    free(root);
    assert.is(tree.search(8), NONE);
    assert.is(objects.stableNodes, 2);
    assert.is(tree.search(8), right);
  });

  test(`${where}, later: a search removes a stale node and starts over`, () => {
    const { tree, page, free, objects } = setUp(true, limit);
    const [root, , right] = [5, 3, 8].map((content) => page(1, content));
    free(root);
    assert.is(tree.search(8), right);
    assert.is(objects.stableNodes, 2);
  });
}

test('two pages of one content make a chain, newest dup first; others stay as they are', () => {
  const { tree, chains, page, objects } = setUp();
  page(1, 3);
  const first = page(3);
  page(1, 9);
  assert.is(tree.search(CONTENT), NONE, 'three sharers are all it takes');
  const second = page(2);
  assert.equal([chains.chains, chains.dups, objects.stableNodes], [1, 2, 5]);
  assert.is(tree.search(CONTENT), second);
  assert.is(tree.search(9) >= 0, true);
  const third = page(1);
  assert.equal(chains.dupsOf(chains.treeNode), [third, second, first]);
});

test('without pruning the first dup with room is taken, with pruning the fullest one that has room', () => {
  const { tree, clock, page } = setUp();
  page(3);
  const fuller = page(2);
  const emptier = page(1);
  assert.is(tree.search(CONTENT), emptier);
  clock.now = PRUNE;
  assert.is(tree.search(CONTENT), fuller);
  assert.is(
    tree.search(CONTENT),
    emptier,
    'not again within two seconds: a node one short of the limit stays in place',
  );
});

test('a dup with room for two goes to the front when it is found behind a full one', () => {
  const { tree, chains, page } = setUp();
  const roomy = page(1);
  const full = page(3);
  assert.is(tree.search(CONTENT), roomy);
  assert.equal(chains.dupsOf(chains.treeNode), [roomy, full]);
});

test('a chain with one dup left is given up by a search two seconds after the last, not by an insertion', () => {
  const { tree, chains, clock, page, free, objects } = setUp();
  page(1, 3);
  const stays = page(2);
  const goes = page(1);
  page(1, 9);
  free(goes);
  assert.is(tree.search(CONTENT), stays);
  assert.equal([chains.chains, chains.dups, objects.stableNodes], [1, 1, 4]);
  clock.now = PRUNE;
  assert.is(tree.search(CONTENT), stays);
  assert.equal([chains.chains, chains.dups, objects.stableNodes], [0, 0, 3]);
  assert.is(chains.treeNode, stays);
  for (const content of [3, 9]) assert.ok(tree.search(content) >= 0);
});

test('a chain without dups is found out by the next walk', () => {
  const { tree, chains, page, free, objects } = setUp();
  const one = page(2);
  const other = page(2);
  page(1, 9);
  free(one);
  free(other);
  assert.is(tree.search(CONTENT), NONE);
  assert.equal([chains.chains, chains.dups, objects.stableNodes], [0, 0, 1]);
});

test('a page whose hlist is empty takes nobody', () => {
  const { tree, page } = setUp();
  const node = page(0);
  assert.is(tree.search(CONTENT), NONE);
  assert.ok(node >= 0);
});

test.run();
