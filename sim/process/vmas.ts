/**
 * vm_area_struct and the list of vmas of each mm (include/linux/mm_types.h, mm/mmap.c).
 *
 * Difference: behind mmap_cache, find_vma walks the list instead of a red-black tree; vmas are split but never
 * merged again (vma_merge): a tree then holds two neighbouring vmas where the kernel holds one, which finds
 * the same ptes.
 */
import { int32, uint8 } from '../arena.ts';
import { NONE } from '../memory/frames.ts';
import { AnonVmas } from './anonVmas.ts';
import { Pool } from './pool.ts';

/** Flags of a vma. */
export const VM = {
  mergeable: 1,
  /** MAP_SHARED: ptes are not copied at fork, writes never copy. */
  shared: 2,
} as const;

export class Vmas {
  readonly mm: Int32Array;
  /** [start, end) in virtual page numbers; pgoff: linear page index of `start`. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly pgoff: Int32Array;
  readonly flags: Uint8Array;
  /** File of a file mapping, NONE for anonymous memory. */
  readonly file: Int32Array;
  /** Own anon_vma, NONE before the first private page. */
  readonly anonVma: Int32Array;
  /** Newest anon_vma_chain entry. */
  readonly chain: Int32Array;
  /** Next vma of the mm by address. */
  readonly next: Int32Array;
  /** First vma of each mm. */
  readonly first: Int32Array;
  /**
   * 1: some address of the mm may have lost its private page or left a mergeable vma since the mm was made (munmap,
   * mremap, madvise).
   */
  readonly shrunk: Uint8Array;
  /** mmap_cache: the vma that find returned last. */
  readonly #cache: Int32Array;
  /** Per file: its mapping vmas (i_mmap) as a linked list through `nextInFile`. */
  readonly nextInFile: Int32Array;
  readonly firstInFile: Int32Array;
  readonly anonVmas: AnonVmas;
  readonly #pool: Pool;

  constructor(maxMm: number, maxVma: number, maxAnonVma: number, maxChain: number, maxFiles: number) {
    const field = () => int32(maxVma).fill(NONE);
    this.mm = field();
    this.start = field();
    this.end = field();
    this.pgoff = field();
    this.flags = uint8(maxVma);
    this.file = field();
    this.anonVma = field();
    this.chain = field();
    this.next = field();
    this.nextInFile = field();
    this.first = int32(maxMm).fill(NONE);
    this.shrunk = uint8(maxMm);
    this.#cache = int32(maxMm).fill(NONE);
    this.firstInFile = int32(maxFiles).fill(NONE);
    this.anonVmas = new AnonVmas(maxAnonVma, maxChain, this.pgoff, this.chain);
    this.#pool = new Pool('vmas', maxVma);
  }

  /** A vma linked into the mm's list (and the file's); it must not overlap another. */
  create(mm: number, start: number, end: number, pgoff: number, flags: number, file: number): number {
    const vma = this.#pool.alloc();
    this.mm[vma] = mm;
    this.start[vma] = start;
    this.end[vma] = end;
    this.pgoff[vma] = pgoff;
    this.flags[vma] = flags;
    this.file[vma] = file;
    this.anonVma[vma] = NONE;
    this.chain[vma] = NONE;
    let before = NONE;
    let after = this.first[mm];
    while (after >= 0 && this.start[after] < start) {
      before = after;
      after = this.next[after];
    }
    this.next[vma] = after;
    if (before < 0) this.first[mm] = vma;
    else this.next[before] = vma;
    if (file >= 0) {
      this.nextInFile[vma] = this.firstInFile[file];
      this.firstInFile[file] = vma;
    }
    return vma;
  }

  /** Unlinks the vma from its anon_vmas, its file and its mm and frees it (unlink_anon_vmas, remove_vma). */
  destroy(vma: number): void {
    this.anonVmas.unlink(vma);
    const mm = this.mm[vma];
    this.#cache[mm] = NONE;
    this.shrunk[mm] = 1;
    if (this.first[mm] === vma) this.first[mm] = this.next[vma];
    else {
      let before = this.first[mm];
      while (this.next[before] !== vma) before = this.next[before];
      this.next[before] = this.next[vma];
    }
    const file = this.file[vma];
    if (file >= 0) {
      if (this.firstInFile[file] === vma) this.firstInFile[file] = this.nextInFile[vma];
      else {
        let before = this.firstInFile[file];
        while (this.nextInFile[before] !== vma) before = this.nextInFile[before];
        this.nextInFile[before] = this.nextInFile[vma];
      }
    }
    this.mm[vma] = NONE;
    this.#pool.free(vma);
  }

  /** find_vma: the first vma that ends behind vpn, or NONE. */
  find(mm: number, vpn: number): number {
    const cached = this.#cache[mm];
    if (cached >= 0 && this.start[cached] <= vpn && vpn < this.end[cached]) return cached;
    let vma = this.first[mm];
    while (vma >= 0 && this.end[vma] <= vpn) vma = this.next[vma];
    if (vma >= 0) this.#cache[mm] = vma;
    return vma;
  }

  /** The vma that holds vpn, or NONE. */
  covering(mm: number, vpn: number): number {
    const vma = this.find(mm, vpn);
    return vma >= 0 && this.start[vma] <= vpn ? vma : NONE;
  }

  /** linear_page_index. */
  indexOf(vma: number, vpn: number): number {
    return vpn - this.start[vma] + this.pgoff[vma];
  }

  /** vma_address: where the page of this linear index lies in the vma, NONE outside. */
  addressOf(vma: number, index: number): number {
    const vpn = this.start[vma] + index - this.pgoff[vma];
    return vpn < this.start[vma] || vpn >= this.end[vma] ? NONE : vpn;
  }

  /**
   * split_vma at vpn. `newBelow`: the new vma is the lower part. Both stay in all trees; the old one is inserted anew,
   * behind its equals, as vma_adjust does.
   */
  split(vma: number, vpn: number, newBelow: boolean): void {
    const { start, end, pgoff } = this;
    const oldStart = start[vma];
    const oldEnd = end[vma];
    const oldPgoff = pgoff[vma];
    const shift = vpn - oldStart;
    // The list is ordered by start: shrink the old vma first, so that the new one finds its place.
    this.anonVmas.reinsert(vma, () => {
      if (newBelow) {
        start[vma] = vpn;
        pgoff[vma] = oldPgoff + shift;
      } else {
        end[vma] = vpn;
      }
    });
    const added = newBelow
      ? this.create(this.mm[vma], oldStart, vpn, oldPgoff, this.flags[vma], this.file[vma])
      : this.create(this.mm[vma], vpn, oldEnd, oldPgoff + shift, this.flags[vma], this.file[vma]);
    this.anonVma[added] = this.anonVma[vma];
    this.anonVmas.clone(vma, added);
  }

  /** anon_vma_prepare: the vma's anon_vma, made or taken over from a compatible neighbour at the first private page. */
  prepareAnonVma(vma: number): number {
    if (this.anonVma[vma] >= 0) return this.anonVma[vma];
    let anonVma = this.#mergeableAnonVma(vma);
    if (anonVma < 0) anonVma = this.anonVmas.create(NONE);
    this.anonVma[vma] = anonVma;
    this.anonVmas.link(vma, anonVma);
    return anonVma;
  }

  /** anon_vma_fork, the second half: own anon_vma of a forked vma that is already in all of the parent's trees. */
  forkAnonVma(child: number, parent: number): void {
    if (this.anonVma[parent] < 0) return;
    this.anonVmas.clone(parent, child);
    const own = this.anonVmas.create(this.anonVmas.root[this.anonVma[parent]]);
    this.anonVma[child] = own;
    this.anonVmas.link(child, own);
  }

  /** find_mergeable_anon_vma: next neighbour first, then the previous one. */
  #mergeableAnonVma(vma: number): number {
    const next = this.next[vma];
    if (next >= 0 && this.#adjoins(vma, next) && this.#reusable(next)) return this.anonVma[next];
    let before = this.first[this.mm[vma]];
    if (before === vma) return NONE;
    while (this.next[before] !== vma) before = this.next[before];
    return this.#adjoins(before, vma) && this.#reusable(before) ? this.anonVma[before] : NONE;
  }

  /** anon_vma_compatible. */
  #adjoins(lower: number, upper: number): boolean {
    return (
      this.end[lower] === this.start[upper] &&
      this.file[lower] === this.file[upper] &&
      this.flags[lower] === this.flags[upper] &&
      this.pgoff[upper] === this.pgoff[lower] + (this.end[lower] - this.start[lower])
    );
  }

  #reusable(vma: number): boolean {
    return this.anonVma[vma] >= 0 && this.anonVmas.isSingular(vma);
  }
}
