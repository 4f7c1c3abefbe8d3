/** Red-black trees: the rules of lib/rbtree.c after every change, and searches by keys against slow ones. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RbTree } from './rbTree.ts';

const CAPACITY = 64;

/** Of a node's record: parent and bits, the parent above the two bits. */
const parentOf = (tree: RbTree, node: number): number => tree.records[(node << 2) + 2] >> 2;

/**
 * In-order handles of a tree that is red-black by every rule of lib/rbtree.c: a black root, no red child of a red node,
 * as many black nodes on each way down, and children that know their parent.
 */
function orderOf(tree: RbTree): number[] {
  const order: number[] = [];
  const depths: number[] = [];
  const blackHeight = (node: number, parent: number, depth: number): number => {
    if (node < 0) {
      depths.push(depth);
      return 0;
    }
    assert.is(parentOf(tree, node), parent, `parent of ${node}`);
    const isRed = tree.isRed(node);
    assert.not.ok(isRed && (parent < 0 || tree.isRed(parent)), `${node} is red below ${parent}`);
    const left = blackHeight(tree.leftOf(node), node, depth + 1);
    order.push(node);
    const right = blackHeight(tree.rightOf(node), node, depth + 1);
    assert.is(left, right, `black nodes below ${node}`);
    return left + (isRed ? 0 : 1);
  };
  blackHeight(tree.root, -1, 0);
  const [deepest, shallowest] = [Math.max(...depths), Math.min(...depths)];
  assert.ok(deepest <= 2 * shallowest, `deepest ${deepest}, shallowest ${shallowest}`);
  return order;
}

function insert(tree: RbTree, node: number, key = node): void {
  let parent = -1;
  let isLeft = false;
  for (let at = tree.root; at >= 0;) {
    parent = at;
    isLeft = key < tree.keyOf(at);
    at = isLeft ? tree.leftOf(at) : tree.rightOf(at);
  }
  tree.insert(node, key, parent, isLeft);
}

/** A key for each handle, no two the same: handle 0 comes to lie in the middle. */
const scattered = (node: number): number => (29 * node + 29) % CAPACITY;

test('stays ordered and red-black under any insertions and removals', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(23), { minLength: 100, maxLength: 300 }), (nodes) => {
      const tree = new RbTree(CAPACITY);
      const inside = new Set<number>();
      for (const node of nodes) {
        if (inside.delete(node)) {
          tree.erase(node);
        } else {
          inside.add(node);
          insert(tree, node, scattered(node));
        }
        assert.equal(
          orderOf(tree),
          [...inside].sort((a, b) => scattered(a) - scattered(b)),
        );
      }
    }),
    { seed: 7, numRuns: 60 },
  );
});

test('has the shape of lib/rbtree.c after ascending insertions', () => {
  const tree = new RbTree(CAPACITY);
  for (let node = 0; node < 10; node++) insert(tree, node);
  assert.is(tree.root, 3);
  assert.equal([tree.leftOf(3), tree.rightOf(3), tree.leftOf(5), tree.rightOf(5)], [1, 5, 4, 7]);
});

test('a replacement takes the place, links and color of its victim', () => {
  const tree = new RbTree(CAPACITY);
  for (let node = 0; node < 20; node += 2) insert(tree, node);
  for (const victim of [2, 6, 0, 18, tree.root]) {
    // Odd handles come next in order.
    tree.replace(victim, victim + 1);
    const order = orderOf(tree);
    assert.is(order.length, 10);
    assert.ok(order.includes(victim + 1) && !order.includes(victim));
    assert.equal(
      order,
      order.slice().sort((a, b) => a - b),
    );
  }
  for (const node of orderOf(tree)) tree.erase(node);
  assert.is(tree.root, -1);
});

/** Where a search by keys ends that goes down one node at a time. */
function slowDescent(tree: RbTree, key: number): { at: number; above: number; steps: number } {
  let above = -1;
  let steps = 0;
  let at = tree.root;
  for (; at >= 0 && tree.keyOf(at) !== key && !tree.isDoubtful(at); steps++) {
    above = at;
    at = key > tree.keyOf(at) ? tree.rightOf(at) : tree.leftOf(at);
  }
  return { at, above, steps };
}

const endOf = ({ at, above, steps }: RbTree): ReturnType<typeof slowDescent> => ({ at, above, steps });

/** A tree of these handles, each its own key, of which every `doubted` is in doubt. */
function treeOf(nodes: readonly number[], doubted: readonly number[]): RbTree {
  const tree = new RbTree(CAPACITY);
  for (const node of new Set(nodes)) insert(tree, node);
  for (const node of doubted) if (nodes.includes(node)) tree.doubt(node);
  return tree;
}

const HANDLES = fc.array(fc.nat(CAPACITY - 1), { maxLength: 40 });
const DOUBTED = fc.array(fc.nat(CAPACITY - 1), { maxLength: 4 });

test('a search by keys ends at an equal key, at a node in doubt, or below the last; two at once as each alone', () => {
  fc.assert(
    fc.property(HANDLES, DOUBTED, HANDLES, DOUBTED, fc.nat(CAPACITY), (one, doubted, other, othersDoubted, key) => {
      const here = treeOf(one, doubted);
      const there = treeOf(other, othersDoubted);
      here.descend(here.root, key);
      assert.equal(endOf(here), slowDescent(here, key));
      here.descendWith(there, key);
      assert.equal(endOf(here), slowDescent(here, key), 'beside another');
      assert.equal(endOf(there), slowDescent(there, key), 'the other');
    }),
    { seed: 7, numRuns: 1000 },
  );
});

test('nodes are in doubt when somebody doubts them, until they are inserted anew', () => {
  const tree = treeOf([3, 1, 5], [1]);
  assert.equal(
    [1, 3, 5].map((node) => tree.isDoubtful(node)),
    [true, false, false],
  );
  tree.erase(1);
  insert(tree, 1);
  assert.is(tree.isDoubtful(1), false);
});

test.run();
