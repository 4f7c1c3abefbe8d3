/** The part of a canonical form that tells of objects: every rmap_item, stable_node, page and anon_vma that was met. */
import { ITEM } from '../../ksm/objects.ts';
import { KIND, NONE, PG } from '../../memory/frames.ts';
import { PAGEVECS, PAGEVEC_SIZE } from '../../memory/pagevec.ts';
import { END, type Form } from './form.ts';
import type { World } from './world.ts';

const FLAGS = PG.locked | PG.lru | PG.isolated | PG.active | PG.scanned;

export class ObjectWriter {
  readonly #world: World;
  readonly #form: Form;
  /** Pagevecs that hold the frame, a bit each. */
  readonly #inPagevec: Int32Array;

  constructor(world: World, form: Form) {
    this.#world = world;
    this.#form = form;
    this.#inPagevec = new Int32Array(world.kernel.frames.total);
  }

  /** Notes which pagevecs hold which frames and writes their fills; or forgets it again. */
  markPagevecs(isIn: boolean): void {
    const { pages, fill } = this.#world.machine.memory.pagevecs;
    for (let vec = 0; vec < PAGEVECS; vec++) {
      const end = vec * PAGEVEC_SIZE + fill[vec];
      for (let i = vec * PAGEVEC_SIZE; i < end; i++) {
        if (isIn) this.#inPagevec[pages[i]] |= 1 << vec;
        else this.#inPagevec[pages[i]] = 0;
      }
      if (isIn && fill[vec] > 0) this.#form.put((vec << 8) | fill[vec]);
    }
    if (isIn) this.#form.put(END);
  }

  /** Everything met so far, and what is met on the way. */
  writeMet(): void {
    let items = 0;
    let nodes = 0;
    let anonVmas = 0;
    let pages = 0;
    for (;;) {
      if (items < this.#form.items.count) this.#writeItem(this.#form.items.met[items++]);
      else if (nodes < this.#form.nodes.count) this.#writeNode(this.#form.nodes.met[nodes++]);
      else if (pages < this.#form.pages.count) this.#writePage(this.#form.pages.met[pages++]);
      else if (anonVmas < this.#form.anonVmas.count) this.#writeAnonVma(this.#form.anonVmas.met[anonVmas++]);
      else break;
    }
    if (this.#form.recount !== 0) throw new Error('a pte maps a frame whose mapcount is lower than its ptes');
  }

  #writeItem(item: number): void {
    const { objects, cursor, hooks } = this.#world.kernel;
    const flags = objects.itemFlags[item];
    const age = (flags & ITEM.unstable) !== 0 ? (cursor.seqnr - objects.itemAge[item]) & 0xff : 0;
    const mm = objects.itemMm[item];
    this.#form.put((objects.itemAddress[item] << 12) | (age << 4) | flags);
    this.#form.put(mm < 0 ? NONE : this.#world.processOf[mm]);
    this.#form.put(objects.oldChecksum[item]);
    this.#form.put(this.#form.anonVmas.of(objects.itemAnonVma[item]));
    if ((flags & (ITEM.stable | ITEM.kept)) !== 0) this.#form.put(this.#form.nodes.of(objects.itemHead[item]));
    if (hooks.itemState !== undefined) this.#form.put(hooks.itemState(item, cursor.seqnr));
  }

  #writeNode(node: number): void {
    const { objects, stable } = this.#world.kernel;
    this.#form.put(stable.isStale(node) ? NONE : this.#form.pages.of(objects.kpfn[node]));
    for (let item = objects.hlist[node]; item >= 0; item = objects.hlistNext[item])
      this.#form.put(this.#form.items.of(item));
    this.#form.put(END);
  }

  #writePage(pfn: number): void {
    const { frames } = this.#world.kernel;
    const kind = frames.kind[pfn];
    const flags = frames.flags[pfn] & FLAGS;
    const mapcount = frames.mapcount[pfn];
    const mapped = this.#form.mapped[pfn];
    this.#form.mapped[pfn] = 0;
    this.#form.recount -= mapped;
    if (mapped !== mapcount) throw new Error(`frame ${pfn}: mapcount ${mapcount}, but ${mapped} ptes map it`);
    this.#form.put((mapcount << 16) | (frames.count[pfn] << 3) | kind);
    this.#form.put((flags << 16) | (this.#inPagevec[pfn] << 8) | (frames.waiters[pfn] << 4) | frames.pins[pfn]);
    // A migration target holds nothing yet but what its frame held before.
    if (kind !== KIND.ksm && kind !== KIND.anon) return;
    this.#form.put(frames.content[pfn]);
    if (kind === KIND.ksm) this.#form.put(this.#form.nodes.of(frames.mapping[pfn]));
    else {
      this.#form.put(frames.index[pfn]);
      // Nobody looks at the anon_vma of a page that nothing maps, and it may be gone.
      const isUsed = mapcount > 0 || (flags & PG.locked) !== 0;
      this.#form.put(isUsed ? this.#form.anonVmas.of(frames.mapping[pfn]) : NONE);
    }
  }

  #writeAnonVma(anonVma: number): void {
    const { root, refcount, treeHead, avcNextInTree, avcVma } = this.#world.kernel.vmas.anonVmas;
    this.#form.put(this.#form.anonVmas.of(root[anonVma]));
    this.#form.put(refcount[anonVma]);
    for (let avc = treeHead[anonVma]; avc >= 0; avc = avcNextInTree[avc])
      this.#form.put(this.#form.vmaPlace[avcVma[avc]]);
    this.#form.put(END);
  }
}
