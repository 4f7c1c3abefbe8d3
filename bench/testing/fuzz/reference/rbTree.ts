/**
 * A red-black tree as textbooks have it (Cormen et al., chapter 13): nodes are objects, no comparator. Whoever inserts
 * has walked down and names the parent and the side, as users of lib/rbtree.c do; the shapes are the same as there.
 */

export interface RbNode<T> {
  readonly item: T;
  parent: RbNode<T> | null;
  left: RbNode<T> | null;
  right: RbNode<T> | null;
  isRed: boolean;
}

export type Side = 'left' | 'right';

export class RbTree<T> {
  root: RbNode<T> | null = null;

  /** Forgets all nodes without touching them, as `root = RB_ROOT` does. */
  clear(): void {
    this.root = null;
  }

  /** Hangs a new node below `parent` (null: the tree is empty) and repairs the colours. */
  insert(item: T, parent: RbNode<T> | null, side: Side): RbNode<T> {
    const node: RbNode<T> = { item, parent, left: null, right: null, isRed: true };
    if (parent === null) this.root = node;
    else parent[side] = node;
    this.#afterInsert(node);
    return node;
  }

  erase(z: RbNode<T>): void {
    let x: RbNode<T> | null;
    let xParent: RbNode<T> | null;
    let lostRed = z.isRed;
    if (z.left === null || z.right === null) {
      x = z.left ?? z.right;
      xParent = z.parent;
      this.#transplant(z, x);
    } else {
      let y = z.right;
      while (y.left !== null) y = y.left;
      lostRed = y.isRed;
      x = y.right;
      xParent = y.parent === z ? y : y.parent;
      if (y.parent !== z) {
        this.#transplant(y, x);
        y.right = z.right;
        y.right.parent = y;
      }
      this.#transplant(z, y);
      y.left = z.left;
      y.left.parent = y;
      y.isRed = z.isRed;
    }
    if (!lostRed) this.#afterErase(x, xParent);
  }

  #transplant(u: RbNode<T>, v: RbNode<T> | null): void {
    if (u.parent === null) this.root = v;
    else if (u === u.parent.left) u.parent.left = v;
    else u.parent.right = v;
    if (v !== null) v.parent = u.parent;
  }

  /** Moves x down to `side`; its child on the other side takes its place. */
  #rotate(x: RbNode<T>, side: Side): void {
    const other = opposite(side);
    const y = x[other]!;
    x[other] = y[side];
    if (y[side] !== null) y[side].parent = x;
    this.#transplant(x, y);
    y[side] = x;
    x.parent = y;
  }

  #afterInsert(start: RbNode<T>): void {
    let z = start;
    while (z.parent !== null && z.parent.isRed) {
      const grand = z.parent.parent!;
      const side: Side = z.parent === grand.left ? 'left' : 'right';
      const uncle = grand[opposite(side)];
      if (uncle !== null && uncle.isRed) {
        z.parent.isRed = false;
        uncle.isRed = false;
        grand.isRed = true;
        z = grand;
        continue;
      }
      if (z === z.parent[opposite(side)]) {
        z = z.parent;
        this.#rotate(z, side);
      }
      z.parent!.isRed = false;
      grand.isRed = true;
      this.#rotate(grand, opposite(side));
    }
    this.root!.isRed = false;
  }

  #afterErase(start: RbNode<T> | null, startParent: RbNode<T> | null): void {
    let x = start;
    let parent = startParent;
    while (parent !== null && !isRed(x)) {
      const side: Side = x === parent.left ? 'left' : 'right';
      const other = opposite(side);
      let w = parent[other]!;
      if (w.isRed) {
        w.isRed = false;
        parent.isRed = true;
        this.#rotate(parent, side);
        w = parent[other]!;
      }
      if (!isRed(w.left) && !isRed(w.right)) {
        w.isRed = true;
        x = parent;
        parent = x.parent;
        continue;
      }
      if (!isRed(w[other])) {
        w[side]!.isRed = false;
        w.isRed = true;
        this.#rotate(w, other);
        w = parent[other]!;
      }
      w.isRed = parent.isRed;
      parent.isRed = false;
      w[other]!.isRed = false;
      this.#rotate(parent, side);
      x = this.root;
      parent = null;
    }
    if (x !== null) x.isRed = false;
  }
}

function opposite(side: Side): Side {
  return side === 'left' ? 'right' : 'left';
}

function isRed<T>(node: RbNode<T> | null): boolean {
  return node !== null && node.isRed;
}
