import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RbTree } from './rbTree.ts';

const CAPACITY = 64;

/** In-order handles, and the depth of each leaf position: what a red-black tree bounds. */
function walk(tree: RbTree): { order: number[]; deepest: number; shallowest: number } {
  const order: number[] = [];
  let deepest = 0;
  let shallowest = Infinity;
  const visit = (node: number, depth: number): void => {
    if (node < 0) {
      deepest = Math.max(deepest, depth);
      shallowest = Math.min(shallowest, depth);
      return;
    }
    visit(tree.leftOf(node), depth + 1);
    order.push(node);
    visit(tree.rightOf(node), depth + 1);
  };
  visit(tree.root, 0);
  return { order, deepest, shallowest };
}

function insert(tree: RbTree, node: number): void {
  let parent = -1;
  let isLeft = false;
  for (let at = tree.root; at >= 0;) {
    parent = at;
    isLeft = node < at;
    at = isLeft ? tree.leftOf(at) : tree.rightOf(at);
  }
  tree.insert(node, node, parent, isLeft);
}

test('stays ordered and balanced under any insertions and removals', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(CAPACITY - 1), { maxLength: 300 }), (nodes) => {
      const tree = new RbTree(CAPACITY);
      const inside = new Set<number>();
      for (const node of nodes) {
        if (inside.delete(node)) {
          tree.erase(node);
        } else {
          inside.add(node);
          insert(tree, node);
        }
        const { order, deepest, shallowest } = walk(tree);
        assert.equal(
          order,
          [...inside].sort((a, b) => a - b),
        );
        assert.ok(deepest <= 2 * shallowest, `deepest ${deepest}, shallowest ${shallowest}`);
      }
    }),
    { seed: 7, numRuns: 300 },
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
  for (const victim of [6, 0, 18, tree.root]) {
    // Odd handles come next in order.
    tree.replace(victim, victim + 1);
    const { order, deepest, shallowest } = walk(tree);
    assert.is(order.length, 10);
    assert.ok(order.includes(victim + 1) && !order.includes(victim));
    assert.equal(
      order,
      order.slice().sort((a, b) => a - b),
    );
    assert.ok(deepest <= 2 * shallowest);
  }
  for (const node of walk(tree).order) tree.erase(node);
  assert.is(tree.root, -1);
});

test.run();
