/**
 * Red-black trees over handles, with the rebalancing of Linux's lib/rbtree.c case by case: which nodes lie on the path
 * to a page decides which stale nodes a search meets, so the shape must be the kernel's.
 *
 * Difference: a node has a key, which stands for what its page held when it was inserted, and can be in doubt. A search
 * by keys (`descend`) stops where there is doubt, and its owner looks at the page there, as the kernel does at every
 * node.
 */
import { int32 } from '../arena.ts';
import type { Registers } from '../registers.ts';
import { NONE } from '../memory/frames.ts';

const RED = 0;
const BLACK = 1;
/** Beside the color: see `doubt`. */
const DOUBT = 2;
const BITS = RED | BLACK | DOUBT;
const PARENT_SHIFT = 2;

/**
 * Words of a node's record: its children, its parent and bits, its key. All that a search reads of a node lies
 * together.
 */
const LEFT = 0;
const RIGHT = 1;
const UP = 2;
const KEY = 3;
const SHIFT = 2;

export class RbTree {
  root = NONE;
  /** Where the last way down ended: a node that stopped it, or NONE; the node above that; and how many were passed. */
  at = NONE;
  above = NONE;
  steps = 0;
  /** LEFT, RIGHT, UP and KEY of each node. */
  readonly records: Int32Array;

  constructor(capacity: number) {
    this.records = int32(capacity << SHIFT);
  }

  registers(registers: Registers): void {
    this.root = registers.derived(this.root);
  }

  leftOf(node: number): number {
    return this.records[(node << SHIFT) | LEFT];
  }

  rightOf(node: number): number {
    return this.records[(node << SHIFT) | RIGHT];
  }

  keyOf(node: number): number {
    return this.records[(node << SHIFT) | KEY];
  }

  isRed(node: number): boolean {
    return (this.records[(node << SHIFT) | UP] & BLACK) === RED;
  }

  /**
   * What a node stands for may not be what its key says any more; a search stops there. Of no account for one in no
   * tree.
   */
  doubt(node: number): void {
    this.records[(node << SHIFT) | UP] |= DOUBT;
  }

  isDoubtful(node: number): boolean {
    return (this.records[(node << SHIFT) | UP] & DOUBT) !== 0;
  }

  /** RB_ROOT: forgets all nodes without touching them. */
  reset(): void {
    this.root = NONE;
  }

  /**
   * Down from `node` by the keys, which are not doubted, until a key is equal, a node in doubt, or there is none (`at`,
   * `above`, `steps`). `passed` nodes lie behind it already, the last of them right above. Without a branch that
   * depends on the comparison, which a processor would guess wrong every second time. Gain: half the time of a search.
   */
  descend(node: number, key: number, passed = 0, last = NONE): void {
    const { records } = this;
    let at = node;
    let above = last;
    let steps = passed;
    while (at >= 0) {
      const record = at << SHIFT;
      const other = records[record | KEY];
      if (other === key || (records[record | UP] & DOUBT) !== 0) break;
      steps++;
      above = at;
      at = records[record | Number(key > other)];
    }
    this.at = at;
    this.above = above;
    this.steps = steps;
  }

  /**
   * Down from both roots by the same key, side by side: neither way waits for the memory that the other one reads.
   * Gain: a fifth of the time of ksmd's visits.
   */
  descendWith(tree: RbTree, key: number): void {
    const { records } = this;
    const others = tree.records;
    let here = this.root;
    let there = tree.root;
    let aboveHere = NONE;
    let aboveThere = NONE;
    let steps = 0;
    while (here >= 0 && there >= 0) {
      const record = here << SHIFT;
      const other = there << SHIFT;
      const keyHere = records[record | KEY];
      const keyThere = others[other | KEY];
      if (keyHere === key || keyThere === key || ((records[record | UP] | others[other | UP]) & DOUBT) !== 0) break;
      steps++;
      aboveHere = here;
      aboveThere = there;
      here = records[record | Number(key > keyHere)];
      there = others[other | Number(key > keyThere)];
    }
    this.descend(here, key, steps, aboveHere);
    tree.descend(there, key, steps, aboveThere);
  }

  /** rb_link_node and rb_insert_color: `node` becomes the left or right child of `parent` (NONE: the root). */
  insert(node: number, key: number, parent: number, isLeft: boolean): void {
    const { records } = this;
    const record = node << SHIFT;
    records[record | LEFT] = NONE;
    records[record | RIGHT] = NONE;
    records[record | UP] = (parent << PARENT_SHIFT) | RED;
    records[record | KEY] = key;
    if (parent < 0) this.root = node;
    else records[(parent << SHIFT) | (isLeft ? LEFT : RIGHT)] = node;
    this.#insertColor(node);
  }

  /** rb_replace_node: `node` takes the place, links, color and key of `victim`. */
  replace(victim: number, node: number): void {
    const left = this.leftOf(victim);
    const right = this.rightOf(victim);
    this.#replaceChild(this.#parentOf(victim), victim, node);
    if (left >= 0) this.#setParent(left, node);
    if (right >= 0) this.#setParent(right, node);
    this.records.copyWithin(node << SHIFT, victim << SHIFT, (victim + 1) << SHIFT);
  }

  /** rb_erase. */
  erase(node: number): void {
    const left = this.leftOf(node);
    const right = this.rightOf(node);
    let child: number;
    let parent: number;
    let wasRed: boolean;
    if (left >= 0 && right >= 0) {
      // The in-order successor takes the node's place and color.
      let successor = right;
      while (this.leftOf(successor) >= 0) successor = this.leftOf(successor);
      child = this.rightOf(successor);
      wasRed = this.isRed(successor);
      parent = this.#parentOf(successor);
      if (parent === node) {
        parent = successor;
      } else {
        this.#setLeft(parent, child);
        if (child >= 0) this.#setParent(child, parent);
        this.#setRight(successor, right);
        this.#setParent(right, successor);
      }
      this.#setLeft(successor, left);
      this.#setParent(left, successor);
      const above = this.#parentOf(node);
      this.#replaceChild(above, node, successor);
      this.#setParent(successor, above);
      this.#paint(successor, this.isRed(node));
    } else {
      child = left >= 0 ? left : right;
      parent = this.#parentOf(node);
      wasRed = this.isRed(node);
      if (child >= 0) this.#setParent(child, parent);
      this.#replaceChild(parent, node, child);
    }
    if (!wasRed) this.#eraseColor(child, parent);
  }

  /**
   * __rb_insert. Reads and writes records itself where most insertions end. Gain over the methods below: 3 % of the
   * time of ksmd's visits.
   */
  #insertColor(inserted: number): void {
    const { records } = this;
    let node = inserted;
    for (;;) {
      let parent = records[(node << SHIFT) | UP] >> PARENT_SHIFT;
      if (parent < 0) {
        this.#paint(node, false);
        return;
      }
      const up = records[(parent << SHIFT) | UP];
      if ((up & BLACK) !== RED) return;
      const grand = up >> PARENT_SHIFT;
      const left = records[(grand << SHIFT) | LEFT];
      const parentIsLeft = left === parent;
      const uncle = parentIsLeft ? records[(grand << SHIFT) | RIGHT] : left;
      if (uncle >= 0 && (records[(uncle << SHIFT) | UP] & BLACK) === RED) {
        records[(uncle << SHIFT) | UP] |= BLACK;
        records[(parent << SHIFT) | UP] |= BLACK;
        records[(grand << SHIFT) | UP] &= ~BLACK;
        node = grand;
        continue;
      }
      if (parentIsLeft) {
        if (this.rightOf(parent) === node) {
          this.#rotateLeft(parent);
          parent = node;
        }
        this.#paint(parent, false);
        this.#paint(grand, true);
        this.#rotateRight(grand);
      } else {
        if (this.leftOf(parent) === node) {
          this.#rotateRight(parent);
          parent = node;
        }
        this.#paint(parent, false);
        this.#paint(grand, true);
        this.#rotateLeft(grand);
      }
      return;
    }
  }

  #eraseColor(child: number, childParent: number): void {
    let node = child;
    let parent = childParent;
    while (parent >= 0 && this.#isBlack(node)) {
      const nodeIsLeft = this.leftOf(parent) === node;
      let sibling = nodeIsLeft ? this.rightOf(parent) : this.leftOf(parent);
      if (this.isRed(sibling)) {
        this.#paint(sibling, false);
        this.#paint(parent, true);
        if (nodeIsLeft) this.#rotateLeft(parent);
        else this.#rotateRight(parent);
        sibling = nodeIsLeft ? this.rightOf(parent) : this.leftOf(parent);
      }
      const near = nodeIsLeft ? this.leftOf(sibling) : this.rightOf(sibling);
      const far = nodeIsLeft ? this.rightOf(sibling) : this.leftOf(sibling);
      if (this.#isBlack(far) && this.#isBlack(near)) {
        this.#paint(sibling, true);
        node = parent;
        parent = this.#parentOf(node);
        continue;
      }
      if (this.#isBlack(far)) {
        this.#paint(near, false);
        this.#paint(sibling, true);
        if (nodeIsLeft) this.#rotateRight(sibling);
        else this.#rotateLeft(sibling);
        sibling = near;
      }
      this.#paint(sibling, this.isRed(parent));
      this.#paint(parent, false);
      this.#paint(nodeIsLeft ? this.rightOf(sibling) : this.leftOf(sibling), false);
      if (nodeIsLeft) this.#rotateLeft(parent);
      else this.#rotateRight(parent);
      return;
    }
    if (node >= 0) this.#paint(node, false);
  }

  #rotateLeft(node: number): void {
    const up = this.rightOf(node);
    const inner = this.leftOf(up);
    const parent = this.#parentOf(node);
    this.#setRight(node, inner);
    if (inner >= 0) this.#setParent(inner, node);
    this.#replaceChild(parent, node, up);
    this.#setParent(up, parent);
    this.#setLeft(up, node);
    this.#setParent(node, up);
  }

  #rotateRight(node: number): void {
    const up = this.leftOf(node);
    const inner = this.rightOf(up);
    const parent = this.#parentOf(node);
    this.#setLeft(node, inner);
    if (inner >= 0) this.#setParent(inner, node);
    this.#replaceChild(parent, node, up);
    this.#setParent(up, parent);
    this.#setRight(up, node);
    this.#setParent(node, up);
  }

  #replaceChild(parent: number, old: number, replacement: number): void {
    if (parent < 0) this.root = replacement;
    else if (this.leftOf(parent) === old) this.#setLeft(parent, replacement);
    else this.#setRight(parent, replacement);
  }

  #parentOf(node: number): number {
    return this.records[(node << SHIFT) | UP] >> PARENT_SHIFT;
  }

  #setParent(node: number, parent: number): void {
    const at = (node << SHIFT) | UP;
    this.records[at] = (parent << PARENT_SHIFT) | (this.records[at] & BITS);
  }

  #setLeft(node: number, child: number): void {
    this.records[(node << SHIFT) | LEFT] = child;
  }

  #setRight(node: number, child: number): void {
    this.records[(node << SHIFT) | RIGHT] = child;
  }

  /** A missing node (NONE) is black. */
  #isBlack(node: number): boolean {
    return node < 0 || !this.isRed(node);
  }

  #paint(node: number, red: boolean): void {
    const at = (node << SHIFT) | UP;
    this.records[at] = red ? this.records[at] & ~BLACK : this.records[at] | BLACK;
  }
}
