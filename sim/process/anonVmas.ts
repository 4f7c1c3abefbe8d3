/**
 * anon_vma and anon_vma_chain (include/linux/rmap.h, mm/rmap.c).
 *
 * Each anon_vma has a tree of the vmas that may map its pages; a vma hangs in the trees of all its ancestors'
 * anon_vmas. Difference: the interval tree is a list in the tree's own in-order (vm_pgoff, then insertion), since every
 * reader walks it in that order; a query by offset is a filter.
 */
import { int32 } from '../arena.ts';
import { NONE } from '../memory/frames.ts';
import { Pool } from './pool.ts';

/**
 * anon_vmas that were freed while something used them, whose count fell below 0, and that nothing uses but
 * are never freed.
 */
export interface AnonVmaBugs {
  usedAfterFree: number;
  doubleFree: number;
  leaked: number;
}

export class AnonVmas {
  /** Root of the fork tree of each anon_vma. */
  readonly root: Int32Array;
  /** 1 while the tree is not empty, +1 per rmap_item, +1 on the root per descendant. 0: free. */
  readonly refcount: Int32Array;
  /** First and last anon_vma_chain entry of the tree. */
  readonly treeHead: Int32Array;
  readonly #treeTail: Int32Array;

  /** anon_vma_chain entries: their vma and anon_vma, next in the tree, next (older) in the vma's chain. */
  readonly avcVma: Int32Array;
  readonly avcAnonVma: Int32Array;
  readonly avcNextInTree: Int32Array;
  readonly #avcPrevInTree: Int32Array;
  readonly avcNextInChain: Int32Array;

  /** What a kernel that takes references on the wrong anon_vma has come to. */
  readonly bugs: AnonVmaBugs = { usedAfterFree: 0, doubleFree: 0, leaked: 0 };
  /** What such a kernel has counted beyond `refcount` (below, if negative); null without one. */
  #miscount: Int32Array | null = null;
  readonly #vmaPgoff: Int32Array;
  readonly #vmaChain: Int32Array;
  readonly #anonVmas: Pool;
  readonly #chains: Pool;

  /** `vmaPgoff`, `vmaChain`: vm_pgoff and newest chain entry of each vma. */
  constructor(maxAnonVma: number, maxChain: number, vmaPgoff: Int32Array, vmaChain: Int32Array) {
    this.root = int32(maxAnonVma);
    this.refcount = int32(maxAnonVma);
    this.treeHead = int32(maxAnonVma).fill(NONE);
    this.#treeTail = int32(maxAnonVma).fill(NONE);
    this.avcVma = int32(maxChain);
    this.avcAnonVma = int32(maxChain);
    this.avcNextInTree = int32(maxChain);
    this.#avcPrevInTree = int32(maxChain);
    this.avcNextInChain = int32(maxChain);
    this.#vmaPgoff = vmaPgoff;
    this.#vmaChain = vmaChain;
    this.#anonVmas = new Pool('anon_vmas', maxAnonVma);
    this.#chains = new Pool('anon_vma_chains', maxChain);
  }

  get live(): number {
    return this.#anonVmas.live;
  }

  /** anon_vma_alloc: with `root` NONE its own root, else a descendant that holds a reference on the root. */
  create(root: number): number {
    const anonVma = this.#anonVmas.alloc();
    this.root[anonVma] = root < 0 ? anonVma : root;
    this.refcount[anonVma] = 1;
    this.treeHead[anonVma] = NONE;
    this.#treeTail[anonVma] = NONE;
    if (root >= 0) this.refcount[root]++;
    return anonVma;
  }

  get(anonVma: number): void {
    this.refcount[anonVma]++;
  }

  /** The kernel modelled may take references on the wrong anon_vma: count what comes of it. */
  expectMiscounts(): void {
    this.#miscount = int32(this.refcount.length);
  }

  /** A reference for a user of `used` was taken on `referenced`; it will be dropped on `used`. */
  misreference(used: number, referenced: number): void {
    const miscount = this.#miscount!;
    miscount[used]--;
    miscount[referenced]++;
    this.#notice(used, miscount);
  }

  /** put_anon_vma. */
  put(anonVma: number): void {
    this.refcount[anonVma]--;
    if (this.#miscount !== null) this.#notice(anonVma, this.#miscount);
    if (this.refcount[anonVma] > 0) return;
    const root = this.root[anonVma];
    this.#anonVmas.free(anonVma);
    if (root !== anonVma) this.put(root);
  }

  /** anon_vma_chain_link: the vma goes into the anon_vma's tree and the entry to the head of its chain. */
  link(vma: number, anonVma: number): void {
    const avc = this.#chains.alloc();
    this.avcVma[avc] = vma;
    this.avcAnonVma[avc] = anonVma;
    this.avcNextInChain[avc] = this.#vmaChain[vma];
    this.#vmaChain[vma] = avc;
    this.#insertInTree(avc);
  }

  /** anon_vma_clone: `to` is linked to every anon_vma of `from`, oldest first. */
  clone(from: number, to: number): void {
    this.#cloneFrom(this.#vmaChain[from], to);
  }

  /** unlink_anon_vmas. */
  unlink(vma: number): void {
    let avc = this.#vmaChain[vma];
    this.#vmaChain[vma] = NONE;
    while (avc >= 0) {
      const next = this.avcNextInChain[avc];
      const anonVma = this.avcAnonVma[avc];
      this.#removeFromTree(avc);
      this.#chains.free(avc);
      if (this.treeHead[anonVma] < 0) this.put(anonVma);
      avc = next;
    }
  }

  /** vma_adjust around a change of vm_pgoff or size: `change` runs while the vma is in no tree. */
  reinsert(vma: number, change: () => void): void {
    for (let avc = this.#vmaChain[vma]; avc >= 0; avc = this.avcNextInChain[avc]) this.#removeFromTree(avc);
    change();
    for (let avc = this.#vmaChain[vma]; avc >= 0; avc = this.avcNextInChain[avc]) this.#insertInTree(avc);
  }

  /** Whether the vma hangs in the anon_vma's tree. */
  isInTree(vma: number, anonVma: number): boolean {
    for (let avc = this.#vmaChain[vma]; avc >= 0; avc = this.avcNextInChain[avc]) {
      if (this.avcAnonVma[avc] === anonVma) return true;
    }
    return false;
  }

  /** list_is_singular(&vma->anon_vma_chain). */
  isSingular(vma: number): boolean {
    const avc = this.#vmaChain[vma];
    return avc >= 0 && this.avcNextInChain[avc] < 0;
  }

  /** The true count keeps the model sound; here is what the kernel's own count would have done. */
  #notice(anonVma: number, miscount: Int32Array): void {
    const users = this.refcount[anonVma];
    const counted = users + miscount[anonVma];
    if (users > 0 && counted === 0) this.bugs.usedAfterFree++;
    else if (counted < 0) this.bugs.doubleFree++;
    else if (users === 0 && counted > 0) this.bugs.leaked++;
    if (users === 0) miscount[anonVma] = 0;
  }

  #cloneFrom(avc: number, to: number): void {
    if (avc < 0) return;
    this.#cloneFrom(this.avcNextInChain[avc], to);
    this.link(to, this.avcAnonVma[avc]);
  }

  #insertInTree(avc: number): void {
    const anonVma = this.avcAnonVma[avc];
    const pgoff = this.#vmaPgoff[this.avcVma[avc]];
    let before = this.#treeTail[anonVma];
    while (before >= 0 && this.#vmaPgoff[this.avcVma[before]] > pgoff) before = this.#avcPrevInTree[before];
    const after = before < 0 ? this.treeHead[anonVma] : this.avcNextInTree[before];
    this.#avcPrevInTree[avc] = before;
    this.avcNextInTree[avc] = after;
    if (before < 0) this.treeHead[anonVma] = avc;
    else this.avcNextInTree[before] = avc;
    if (after < 0) this.#treeTail[anonVma] = avc;
    else this.#avcPrevInTree[after] = avc;
  }

  #removeFromTree(avc: number): void {
    const anonVma = this.avcAnonVma[avc];
    const before = this.#avcPrevInTree[avc];
    const after = this.avcNextInTree[avc];
    if (before < 0) this.treeHead[anonVma] = after;
    else this.avcNextInTree[before] = after;
    if (after < 0) this.#treeTail[anonVma] = before;
    else this.#avcPrevInTree[after] = before;
  }
}
