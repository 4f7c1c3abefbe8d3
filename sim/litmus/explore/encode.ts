/**
 * The canonical form of a state: what it means, without the handles it happens to use. Two states with the same form
 * behave alike for ever.
 *
 * A walk from the threads, processes, page tables, lists and trees gives every page, rmap_item, stable_node and anon_vma
 * a number in the order in which it is met, and writes each of them down once. Left out: which frame a page is in (but
 * for the CMA area when a thread allocates from it), free lists and LRU order, seqnr (ages are written relative to it),
 * counters that follow from lists, and what nothing reads any more (accessed bits, caches). On the way the walk recounts
 * the mapcount of every page, and asks for each pte of a KSM page whether the reverse walk finds it.
 */
import { KIND, NONE, PG } from '../../memory/frames.ts';
import { PAGEVECS, PAGEVEC_SIZE } from '../../memory/pagevec.ts';
import { ITEM } from '../../ksm/objects.ts';
import type { RbTree } from '../../ksm/rbTree.ts';
import { PTE, PTE_SHIFT } from '../../process/pageTables.ts';
import { REGISTER } from '../../registers.ts';
import { LIFE, type World } from './world.ts';

/** Longest form: far more than the largest script that can be explored needs. */
const MOST_WORDS = 1 << 16;
const FLAGS = PG.locked | PG.lru | PG.isolated | PG.active;
/** Marks between parts of varying length; no value of a part is so low. */
const END = -0x7fffffff;
const VMA_SHIFT = 10;
const PTE_BITS = (1 << PTE_SHIFT) - 1 - PTE.young;

/** Numbers in order of meeting. */
class Numbering {
  readonly met: Int32Array;
  count = 0;
  readonly #number: Int32Array;
  readonly #stamp: Int32Array;
  #now = 0;

  constructor(handles: number) {
    this.met = new Int32Array(handles);
    this.#number = new Int32Array(handles);
    this.#stamp = new Int32Array(handles);
  }

  start(): void {
    this.#now++;
    this.count = 0;
  }

  of(handle: number): number {
    if (handle < 0) return NONE;
    if (this.#stamp[handle] === this.#now) return this.#number[handle];
    this.#stamp[handle] = this.#now;
    this.met[this.count] = handle;
    return (this.#number[handle] = this.count++);
  }
}

export class Encoder {
  readonly form = new Int32Array(MOST_WORDS);
  length = 0;
  /** ptes that the reverse walk of their KSM page misses, and their causes: bit `code - 1` of the Windows. */
  unfindable = 0;
  causes = 0;
  /** Called for each of them when set. */
  onUnfindable: ((mm: number, vpn: number, pfn: number, cause: number) => void) | null = null;
  readonly #world: World;
  readonly #pages: Numbering;
  readonly #items: Numbering;
  readonly #nodes: Numbering;
  readonly #anonVmas: Numbering;
  /** Place of each vma: process and order in its list. */
  readonly #vmaPlace: Int32Array;
  /** ptes met by frame, and the frames met. */
  readonly #mapped: Int32Array;
  /** Pagevecs that hold the frame, a bit each. */
  readonly #inPagevec: Int32Array;
  /** Last action of each thread that names the label, by label. */
  readonly #labelUse: readonly (readonly number[])[];
  #recount = 0;

  constructor(world: World) {
    this.#world = world;
    const { frames, objects, vmas } = world.kernel;
    this.#pages = new Numbering(frames.total);
    this.#items = new Numbering(objects.itemMm.length);
    this.#nodes = new Numbering(objects.kpfn.length);
    this.#anonVmas = new Numbering(vmas.anonVmas.root.length);
    this.#vmaPlace = new Int32Array(vmas.mm.length);
    this.#mapped = new Int32Array(frames.total);
    this.#inPagevec = new Int32Array(frames.total);
    const { labels, threads } = world.script;
    this.#labelUse = labels.map((_, label) =>
      threads.map(({ acts }) => acts.findLastIndex((act) => act.op !== 'write' && act.label === label)),
    );
  }

  /** Writes the form of the state that the world is in, after `save`. Throws Error when a mapcount is wrong. */
  encode(): void {
    this.length = 0;
    this.unfindable = 0;
    this.causes = 0;
    this.#recount = 0;
    this.#pages.start();
    this.#items.start();
    this.#nodes.start();
    this.#anonVmas.start();
    this.#markPagevecs(true);
    this.#writeThreads();
    this.#writeProcesses();
    this.#writeSlots();
    this.#writeRegisters();
    const { objects } = this.#world.kernel;
    this.#writeTree(objects.stable, objects.stable.root, this.#nodes);
    this.#put(END);
    this.#writeTree(objects.unstable, objects.unstable.root, this.#items);
    this.#put(END);
    if (this.#world.script.usesArea) this.#writeArea();
    this.#writeMet();
    this.#markPagevecs(false);
  }

  #put(word: number): void {
    this.form[this.length++] = word;
  }

  #markPagevecs(isIn: boolean): void {
    const { pages, fill } = this.#world.machine.memory.pagevecs;
    for (let vec = 0; vec < PAGEVECS; vec++) {
      const end = vec * PAGEVEC_SIZE + fill[vec];
      for (let i = vec * PAGEVEC_SIZE; i < end; i++) {
        if (isIn) this.#inPagevec[pages[i]] |= 1 << vec;
        else this.#inPagevec[pages[i]] = 0;
      }
      if (isIn && fill[vec] > 0) this.#put((vec << 8) | fill[vec]);
    }
    if (isIn) this.#put(END);
  }

  #writeThreads(): void {
    const { at, migrating, locked, pinned, labelled, kernel } = this.#world;
    for (let thread = 0; thread < at.length; thread++) {
      this.#put(at[thread]);
      this.#put(this.#pages.of(migrating[thread]));
      this.#put(this.#pages.of(locked[thread]));
      this.#put(this.#pages.of(pinned[thread]));
    }
    for (let label = 0; label < labelled.length; label++) {
      const pfn = labelled[label];
      const kind = pfn < 0 ? KIND.free : kernel.frames.kind[pfn];
      const isLive = kind === KIND.anon || kind === KIND.ksm;
      this.#put(isLive && this.#isNamedLater(label) ? this.#pages.of(pfn) : NONE);
    }
  }

  #isNamedLater(label: number): boolean {
    const use = this.#labelUse[label];
    const { at } = this.#world;
    for (let thread = 0; thread < at.length; thread++) if (use[thread] >= at[thread]) return true;
    return false;
  }

  #writeProcesses(): void {
    const { life, mmOf, processOf, kernel } = this.#world;
    for (let process = 0; process < life.length; process++) {
      this.#put(life[process]);
      const mm = mmOf[process];
      const isLive = life[process] === LIFE.live;
      if (!isLive && (mm < 0 || kernel.slots.present[mm] === 0 || processOf[mm] !== process)) continue;
      this.#put((kernel.slots.present[mm] << 1) | (kernel.locks.isMmReadLocked(mm) ? 1 : 0));
      this.#writeVmas(process, mm);
      if (kernel.slots.present[mm] === 0) continue;
      const { itemNext } = kernel.objects;
      for (let item = kernel.slots.rmapList[mm]; item >= 0; item = itemNext[item]) this.#put(this.#items.of(item));
      this.#put(END);
    }
  }

  #writeVmas(process: number, mm: number): void {
    const { vmas } = this.#world.kernel;
    let order = 0;
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
      this.#vmaPlace[vma] = (process << VMA_SHIFT) | order++;
      this.#put((vmas.start[vma] << 12) | (vmas.end[vma] - vmas.start[vma]));
      this.#put((vmas.pgoff[vma] << 2) | vmas.flags[vma]);
      this.#put(this.#anonVmas.of(vmas.anonVma[vma]));
      this.#writePtes(vma, mm);
    }
    this.#put(END);
  }

  #writePtes(vma: number, mm: number): void {
    const { windows, kernel } = this.#world;
    const { tables, vmas, frames } = kernel;
    const end = vmas.end[vma];
    for (let vpn = vmas.start[vma]; vpn < end; vpn++) {
      const slot = tables.slot(mm, vpn);
      const entry = slot < 0 ? 0 : tables.entries[slot];
      if (entry === 0) {
        this.#put(0);
        continue;
      }
      const pfn = entry >> PTE_SHIFT;
      let cause = 0;
      if ((entry & (PTE.present | PTE.zero)) === PTE.present) {
        this.#mapped[pfn]++;
        this.#recount++;
        if (frames.kind[pfn] === KIND.ksm) cause = windows.settlePte(mm, vpn, slot, pfn);
        else windows.causes[slot] = 0;
        if (cause !== 0) {
          this.unfindable++;
          this.causes |= 1 << (cause - 1);
          this.onUnfindable?.(mm, vpn, pfn, cause);
        }
      } else {
        windows.causes[slot] = 0;
        const isLocked = (frames.flags[pfn] & PG.locked) !== 0;
        if ((entry & PTE.migration) !== 0 && !isLocked) throw new Error(`a migration entry is left at ${vpn}`);
      }
      const page = (entry & PTE.zero) !== 0 ? 0 : this.#pages.of(pfn);
      this.#put((page << 12) | (cause << 8) | (entry & PTE_BITS) | 128);
    }
  }

  #writeSlots(): void {
    const { slots } = this.#world.kernel;
    const { processOf } = this.#world;
    for (let mm = slots.next[slots.head]; mm !== slots.head; mm = slots.next[mm]) this.#put(processOf[mm]);
    this.#put(END);
    this.#put(slots.cursor === slots.head ? NONE : processOf[slots.cursor]);
  }

  #writeRegisters(): void {
    const { data, kinds, count } = this.#world.registers;
    for (let i = 0; i < count; i++) {
      const value = data[i];
      switch (kinds[i]) {
        case REGISTER.derived:
          break;
        case REGISTER.value:
          this.#put(value);
          break;
        case REGISTER.item:
          this.#put(this.#items.of(value));
          break;
        case REGISTER.page:
          this.#put(this.#pages.of(value));
          break;
        case REGISTER.node:
          this.#put(this.#nodes.of(value));
          break;
        case REGISTER.anonVma:
          this.#put(this.#anonVmas.of(value));
          break;
        default:
          this.#put(value < 0 ? NONE : this.#vmaPlace[value]);
      }
    }
    this.#put(END);
  }

  /** Shape, colours and members, the node before its children. */
  #writeTree(tree: RbTree, node: number, numbers: Numbering): void {
    if (node < 0) {
      this.#put(NONE);
      return;
    }
    this.#put((numbers.of(node) << 1) | (tree.isRed(node) ? 1 : 0));
    this.#writeTree(tree, tree.left[node], numbers);
    this.#writeTree(tree, tree.right[node], numbers);
  }

  /** What is in each frame of the CMA area. */
  #writeArea(): void {
    const { area, kernel } = this.#world;
    for (let pfn = area[0]; pfn < area[1]; pfn++) {
      this.#put(kernel.frames.kind[pfn] === KIND.free ? NONE : this.#pages.of(pfn));
    }
  }

  /** Everything met so far, and what is met on the way. */
  #writeMet(): void {
    let items = 0;
    let nodes = 0;
    let anonVmas = 0;
    let pages = 0;
    for (;;) {
      if (items < this.#items.count) this.#writeItem(this.#items.met[items++]);
      else if (nodes < this.#nodes.count) this.#writeNode(this.#nodes.met[nodes++]);
      else if (pages < this.#pages.count) this.#writePage(this.#pages.met[pages++]);
      else if (anonVmas < this.#anonVmas.count) this.#writeAnonVma(this.#anonVmas.met[anonVmas++]);
      else break;
    }
    if (this.#recount !== 0) throw new Error('a pte maps a frame whose mapcount is lower than its ptes');
  }

  #writeItem(item: number): void {
    const { objects, cursor, stable } = this.#world.kernel;
    const flags = objects.itemFlags[item];
    const age = (flags & ITEM.unstable) !== 0 ? (cursor.seqnr - objects.itemAge[item]) & 0xff : 0;
    const mm = objects.itemMm[item];
    this.#put((objects.itemAddress[item] << 12) | (age << 4) | flags);
    this.#put(mm < 0 ? NONE : this.#world.processOf[mm]);
    this.#put(objects.oldChecksum[item]);
    this.#put(this.#anonVmas.of(objects.itemAnonVma[item]));
    if ((flags & (ITEM.stable | ITEM.kept)) !== 0) this.#put(this.#nodes.of(objects.itemHead[item]));
    if ((flags & ITEM.kept) === 0) return;
    const until = stable.keptUntil(item);
    // One that waits for its page's lock is due, however long it has been.
    this.#put(until < 0 ? NONE : Math.max(0, until - cursor.seqnr));
  }

  #writeNode(node: number): void {
    const { objects, stable } = this.#world.kernel;
    this.#put(stable.isStale(node) ? NONE : this.#pages.of(objects.kpfn[node]));
    for (let item = objects.hlist[node]; item >= 0; item = objects.hlistNext[item]) this.#put(this.#items.of(item));
    this.#put(END);
  }

  #writePage(pfn: number): void {
    const { frames } = this.#world.kernel;
    const kind = frames.kind[pfn];
    const flags = frames.flags[pfn] & FLAGS;
    const mapcount = frames.mapcount[pfn];
    const mapped = this.#mapped[pfn];
    this.#mapped[pfn] = 0;
    this.#recount -= mapped;
    if (mapped !== mapcount) throw new Error(`frame ${pfn}: mapcount ${mapcount}, but ${mapped} ptes map it`);
    this.#put((mapcount << 16) | (frames.count[pfn] << 3) | kind);
    this.#put((flags << 16) | (this.#inPagevec[pfn] << 8) | (frames.waiters[pfn] << 4) | frames.pins[pfn]);
    // A migration target holds nothing yet but what its frame held before.
    if (kind !== KIND.ksm && kind !== KIND.anon) return;
    this.#put(frames.content[pfn]);
    if (kind === KIND.ksm) this.#put(this.#nodes.of(frames.mapping[pfn]));
    else {
      this.#put(frames.index[pfn]);
      // Nobody looks at the anon_vma of a page that nothing maps, and it may be gone.
      const isUsed = mapcount > 0 || (flags & PG.locked) !== 0;
      this.#put(isUsed ? this.#anonVmas.of(frames.mapping[pfn]) : NONE);
    }
  }

  #writeAnonVma(anonVma: number): void {
    const { root, refcount, treeHead, avcNextInTree, avcVma } = this.#world.kernel.vmas.anonVmas;
    this.#put(this.#anonVmas.of(root[anonVma]));
    this.#put(refcount[anonVma]);
    for (let avc = treeHead[anonVma]; avc >= 0; avc = avcNextInTree[avc]) this.#put(this.#vmaPlace[avcVma[avc]]);
    this.#put(END);
  }
}
