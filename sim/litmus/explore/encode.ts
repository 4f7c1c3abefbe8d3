/**
 * The canonical form of a state: what it means, without the handles it happens to use. Two states with the same form
 * behave alike for ever.
 *
 * A walk from the threads, processes, page tables, lists and trees gives every page, rmap_item, stable_node and
 * anon_vma a number in the order in which it is met, and writes each of them down once. Left out: which frame a page is
 * in (but for the CMA area when a thread allocates from it), free lists and LRU order, seqnr (ages are written relative
 * to it), counters that follow from lists, and what nothing reads any more (accessed bits, caches). On the way the walk
 * recounts the mapcount of every page, and asks for each pte of a KSM page whether the reverse walk finds it.
 */
import { KIND, NONE, PG } from '../../memory/frames.ts';
import type { RbTree } from '../../ksm/rbTree.ts';
import { PTE, PTE_SHIFT } from '../../process/pageTables.ts';
import { REGISTER } from '../../registers.ts';
import { ObjectWriter } from './encodeObjects.ts';
import { END, Form } from './form.ts';
import { LIFE, type World } from './world.ts';

const VMA_SHIFT = 10;
/** Bits of an entry that tell states apart; and one above them all, so that no entry is written as 0, which is none. */
const PTE_BITS = (1 << PTE_SHIFT) - 1 - PTE.young - PTE.ranked;
const IS_ENTRY = 1 << PTE_SHIFT;

export class Encoder {
  /** ptes that the reverse walk of their KSM page misses, and their causes: bit `code - 1` of the Windows. */
  unfindable = 0;
  causes = 0;
  /** Called for each of them when set. */
  onUnfindable: ((mm: number, vpn: number, pfn: number, cause: number) => void) | null = null;
  readonly #world: World;
  readonly #form: Form;
  readonly #objects: ObjectWriter;
  /** Last action of each thread that names the label, by label. */
  readonly #labelUse: readonly (readonly number[])[];

  constructor(world: World) {
    this.#world = world;
    this.#form = new Form(world);
    this.#objects = new ObjectWriter(world, this.#form);
    const { labels, threads } = world.script;
    this.#labelUse = labels.map((_, label) =>
      threads.map(({ acts }) => acts.findLastIndex((act) => act.op !== 'write' && act.label === label)),
    );
  }

  /** The form that was written last. */
  get form(): Int32Array {
    return this.#form.words;
  }

  get length(): number {
    return this.#form.length;
  }

  /** Writes the form of the state that the world is in, after `save`. Throws Error when a mapcount is wrong. */
  encode(): void {
    this.unfindable = 0;
    this.causes = 0;
    this.#form.start();
    this.#objects.markPagevecs(true);
    this.#writeThreads();
    this.#writeProcesses();
    this.#writeSlots();
    this.#writeRegisters();
    const { objects } = this.#world.kernel;
    this.#writeTree(objects.stable, objects.stable.root, this.#form.nodes);
    this.#form.put(END);
    this.#writeTree(objects.unstable, objects.unstable.root, this.#form.items);
    this.#form.put(END);
    if (this.#world.script.usesArea) this.#writeArea();
    this.#objects.writeMet();
    this.#objects.markPagevecs(false);
  }

  #writeThreads(): void {
    const { at, migrating, locked, pinned, labelled, kernel } = this.#world;
    for (let thread = 0; thread < at.length; thread++) {
      this.#form.put(at[thread]);
      this.#form.put(this.#form.pages.of(migrating[thread]));
      this.#form.put(this.#form.pages.of(locked[thread]));
      this.#form.put(this.#form.pages.of(pinned[thread]));
    }
    for (let label = 0; label < labelled.length; label++) {
      const pfn = labelled[label];
      const kind = pfn < 0 ? KIND.free : kernel.frames.kind[pfn];
      const isLive = kind === KIND.anon || kind === KIND.ksm;
      this.#form.put(isLive && this.#isNamedLater(label) ? this.#form.pages.of(pfn) : NONE);
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
      this.#form.put(life[process]);
      const mm = mmOf[process];
      const isLive = life[process] === LIFE.live;
      if (!isLive && (mm < 0 || kernel.slots.present[mm] === 0 || processOf[mm] !== process)) continue;
      this.#form.put((kernel.slots.present[mm] << 1) | (kernel.locks.isMmReadLocked(mm) ? 1 : 0));
      this.#writeVmas(process, mm);
      if (kernel.slots.present[mm] === 0) continue;
      const { itemNext } = kernel.objects;
      for (let item = kernel.slots.rmapList[mm]; item >= 0; item = itemNext[item])
        this.#form.put(this.#form.items.of(item));
      this.#form.put(END);
    }
  }

  #writeVmas(process: number, mm: number): void {
    const { vmas } = this.#world.kernel;
    let order = 0;
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
      this.#form.vmaPlace[vma] = (process << VMA_SHIFT) | order++;
      this.#form.put((vmas.start[vma] << 12) | (vmas.end[vma] - vmas.start[vma]));
      this.#form.put((vmas.pgoff[vma] << 2) | vmas.flags[vma]);
      this.#form.put(this.#form.anonVmas.of(vmas.anonVma[vma]));
      this.#writePtes(vma, mm);
    }
    this.#form.put(END);
  }

  #writePtes(vma: number, mm: number): void {
    const { windows, kernel } = this.#world;
    const { tables, vmas, frames } = kernel;
    const end = vmas.end[vma];
    for (let vpn = vmas.start[vma]; vpn < end; vpn++) {
      const slot = tables.slot(mm, vpn);
      const entry = slot < 0 ? 0 : tables.entries[slot];
      if (entry === 0) {
        this.#form.put(0);
        continue;
      }
      const pfn = entry >> PTE_SHIFT;
      let cause = 0;
      if ((entry & (PTE.present | PTE.zero)) === PTE.present) {
        this.#form.mapped[pfn]++;
        this.#form.recount++;
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
      const page = (entry & PTE.zero) !== 0 ? 0 : this.#form.pages.of(pfn);
      this.#form.put((page << 12) | (cause << 8) | IS_ENTRY | (entry & PTE_BITS));
    }
  }

  #writeSlots(): void {
    const { slots, hooks } = this.#world.kernel;
    const { processOf } = this.#world;
    for (let mm = slots.next[slots.head]; mm !== slots.head; mm = slots.next[mm]) {
      this.#form.put(processOf[mm]);
      if (hooks.mmState !== undefined) this.#form.put(hooks.mmState(mm));
    }
    this.#form.put(END);
    this.#form.put(slots.cursor === slots.head ? NONE : processOf[slots.cursor]);
  }

  #writeRegisters(): void {
    const { data, kinds, count } = this.#world.registers;
    for (let i = 0; i < count; i++) {
      const value = data[i];
      switch (kinds[i]) {
        case REGISTER.value:
          this.#form.put(value);
          break;
        case REGISTER.item:
          this.#form.put(this.#form.items.of(value));
          break;
        case REGISTER.page:
          this.#form.put(this.#form.pages.of(value));
          break;
        case REGISTER.node:
          this.#form.put(this.#form.nodes.of(value));
          break;
        case REGISTER.anonVma:
          this.#form.put(this.#form.anonVmas.of(value));
          break;
        case REGISTER.derived:
          break;
        default:
          this.#form.put(value < 0 ? NONE : this.#form.vmaPlace[value]);
      }
    }
    this.#form.put(END);
  }

  /** Shape, colours and members, the node before its children. */
  #writeTree(tree: RbTree, node: number, numbers: Form['items']): void {
    if (node < 0) {
      this.#form.put(NONE);
      return;
    }
    this.#form.put((numbers.of(node) << 1) | (tree.isRed(node) ? 1 : 0));
    this.#writeTree(tree, tree.leftOf(node), numbers);
    this.#writeTree(tree, tree.rightOf(node), numbers);
  }

  /** What is in each frame of the CMA area. */
  #writeArea(): void {
    const { area, kernel } = this.#world;
    for (let pfn = area[0]; pfn < area[1]; pfn++) {
      this.#form.put(kernel.frames.kind[pfn] === KIND.free ? NONE : this.#form.pages.of(pfn));
    }
  }
}
