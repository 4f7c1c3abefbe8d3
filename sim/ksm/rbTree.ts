/**
 * Red-black trees over handles, with the rebalancing of Linux's lib/rbtree.c case by case: which nodes lie on the path
 * to a page decides which stale nodes a search meets, so the shape must be the kernel's.
 */
import { int32, uint8 } from '../arena.ts';
import type { Registers } from '../registers.ts';
import { NONE } from '../memory/frames.ts';

const RED = 0;
const BLACK = 1;

export class RbTree {
  root = NONE;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly #parent: Int32Array;
  readonly #color: Uint8Array;

  constructor(capacity: number) {
    this.left = int32(capacity).fill(NONE);
    this.right = int32(capacity).fill(NONE);
    this.#parent = int32(capacity).fill(NONE);
    this.#color = uint8(capacity);
  }

  registers(registers: Registers): void {
    this.root = registers.derived(this.root);
  }

  isRed(node: number): boolean {
    return this.#color[node] === RED;
  }

  /** NONE for the root. Of a node that is in no tree: what it was last. */
  parentOf(node: number): number {
    return this.#parent[node];
  }

  /** RB_ROOT: forgets all nodes without touching them. */
  reset(): void {
    this.root = NONE;
  }

  /** rb_link_node and rb_insert_color: `node` becomes the left or right child of `parent` (NONE: the root). */
  insert(node: number, parent: number, isLeft: boolean): void {
    this.left[node] = NONE;
    this.right[node] = NONE;
    this.#parent[node] = parent;
    this.#color[node] = RED;
    if (parent < 0) this.root = node;
    else if (isLeft) this.left[parent] = node;
    else this.right[parent] = node;
    this.#insertColor(node);
  }

  /** rb_replace_node: `node` takes the place, links and color of `victim`. */
  replace(victim: number, node: number): void {
    const { left, right } = this;
    this.#replaceChild(this.#parent[victim], victim, node);
    if (left[victim] >= 0) this.#parent[left[victim]] = node;
    if (right[victim] >= 0) this.#parent[right[victim]] = node;
    left[node] = left[victim];
    right[node] = right[victim];
    this.#parent[node] = this.#parent[victim];
    this.#color[node] = this.#color[victim];
  }

  /** rb_erase. */
  erase(node: number): void {
    const { left, right } = this;
    const parents = this.#parent;
    const colors = this.#color;
    let child: number;
    let parent: number;
    let removedColor: number;
    if (left[node] >= 0 && right[node] >= 0) {
      // The in-order successor takes the node's place and color.
      let successor = right[node];
      while (left[successor] >= 0) successor = left[successor];
      child = right[successor];
      removedColor = colors[successor];
      parent = parents[successor];
      if (parent === node) {
        parent = successor;
      } else {
        left[parent] = child;
        if (child >= 0) parents[child] = parent;
        right[successor] = right[node];
        parents[right[node]] = successor;
      }
      left[successor] = left[node];
      parents[left[node]] = successor;
      colors[successor] = colors[node];
      this.#replaceChild(parents[node], node, successor);
      parents[successor] = parents[node];
    } else {
      child = left[node] >= 0 ? left[node] : right[node];
      parent = parents[node];
      removedColor = colors[node];
      if (child >= 0) parents[child] = parent;
      this.#replaceChild(parent, node, child);
    }
    if (removedColor === BLACK) this.#eraseColor(child, parent);
  }

  #insertColor(inserted: number): void {
    const { left, right } = this;
    const parents = this.#parent;
    const colors = this.#color;
    let node = inserted;
    for (;;) {
      let parent = parents[node];
      if (parent < 0) {
        colors[node] = BLACK;
        return;
      }
      if (colors[parent] === BLACK) return;
      const grand = parents[parent];
      const parentIsLeft = left[grand] === parent;
      const uncle = parentIsLeft ? right[grand] : left[grand];
      if (uncle >= 0 && colors[uncle] === RED) {
        colors[uncle] = BLACK;
        colors[parent] = BLACK;
        colors[grand] = RED;
        node = grand;
        continue;
      }
      if (parentIsLeft) {
        if (right[parent] === node) {
          this.#rotateLeft(parent);
          parent = node;
        }
        colors[parent] = BLACK;
        colors[grand] = RED;
        this.#rotateRight(grand);
      } else {
        if (left[parent] === node) {
          this.#rotateRight(parent);
          parent = node;
        }
        colors[parent] = BLACK;
        colors[grand] = RED;
        this.#rotateLeft(grand);
      }
      return;
    }
  }

  #eraseColor(child: number, childParent: number): void {
    const { left, right } = this;
    const parents = this.#parent;
    const colors = this.#color;
    let node = child;
    let parent = childParent;
    while (parent >= 0 && (node < 0 || colors[node] === BLACK)) {
      const nodeIsLeft = left[parent] === node;
      let sibling = nodeIsLeft ? right[parent] : left[parent];
      if (colors[sibling] === RED) {
        colors[sibling] = BLACK;
        colors[parent] = RED;
        if (nodeIsLeft) this.#rotateLeft(parent);
        else this.#rotateRight(parent);
        sibling = nodeIsLeft ? right[parent] : left[parent];
      }
      const near = nodeIsLeft ? left[sibling] : right[sibling];
      const far = nodeIsLeft ? right[sibling] : left[sibling];
      if ((far < 0 || colors[far] === BLACK) && (near < 0 || colors[near] === BLACK)) {
        colors[sibling] = RED;
        node = parent;
        parent = parents[node];
        continue;
      }
      if (far < 0 || colors[far] === BLACK) {
        colors[near] = BLACK;
        colors[sibling] = RED;
        if (nodeIsLeft) this.#rotateRight(sibling);
        else this.#rotateLeft(sibling);
        sibling = near;
      }
      colors[sibling] = colors[parent];
      colors[parent] = BLACK;
      colors[nodeIsLeft ? right[sibling] : left[sibling]] = BLACK;
      if (nodeIsLeft) this.#rotateLeft(parent);
      else this.#rotateRight(parent);
      return;
    }
    if (node >= 0) colors[node] = BLACK;
  }

  #rotateLeft(node: number): void {
    const { left, right } = this;
    const up = right[node];
    right[node] = left[up];
    if (left[up] >= 0) this.#parent[left[up]] = node;
    this.#replaceChild(this.#parent[node], node, up);
    this.#parent[up] = this.#parent[node];
    left[up] = node;
    this.#parent[node] = up;
  }

  #rotateRight(node: number): void {
    const { left, right } = this;
    const up = left[node];
    left[node] = right[up];
    if (right[up] >= 0) this.#parent[right[up]] = node;
    this.#replaceChild(this.#parent[node], node, up);
    this.#parent[up] = this.#parent[node];
    right[up] = node;
    this.#parent[node] = up;
  }

  #replaceChild(parent: number, old: number, replacement: number): void {
    if (parent < 0) this.root = replacement;
    else if (this.left[parent] === old) this.left[parent] = replacement;
    else this.right[parent] = replacement;
  }
}
