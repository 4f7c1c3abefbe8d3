/**
 * The scalars of a kernel's state that lie outside its typed arrays: phases of machines, counters, roots of trees. Each
 * class that has some names them once, in a method `registers`, for saving and for restoring alike:
 *
 *     this.#phase = registers.value(this.#phase);
 *
 * When saving, the value is noted and returned; when restoring, the noted one is returned. What a register means is
 * said too, so that states can be compared although handles are arbitrary. A register that means nothing at the
 * moment (the item of an idle machine) is noted as NONE; or not at all, when those before it tell so in saving and
 * restoring alike.
 */

/** What a register holds; `derived`: what follows from the rest of the state, or is a matter of handles. */
export const REGISTER = { value: 0, item: 1, page: 2, node: 3, vma: 4, anonVma: 5, derived: 6 } as const;

/** What saves and restores the scalars of a state (see the head of registers.ts), one call for each of them. */
export class Registers {
  /** Registers noted by the last save, and the REGISTER of each. */
  readonly data: Int32Array;
  readonly kinds: Uint8Array;
  /** Registers noted by the last save, or restored since. */
  count = 0;
  isLoading = false;

  /** `data` as long as registers can become many. */
  constructor(data: Int32Array) {
    this.data = data;
    this.kinds = new Uint8Array(data.length);
  }

  /** Begins a save or a restore; the same methods must be called in the same order each time. */
  begin(isLoading: boolean): void {
    this.isLoading = isLoading;
    this.count = 0;
  }

  /** What follows from the rest of the state, or is a matter of handles. */
  derived(value: number): number {
    return this.#one(value, REGISTER.derived);
  }

  /** A number that means itself: a phase, a counter. */
  value(value: number): number {
    return this.#one(value, REGISTER.value);
  }

  /** An rmap_item, NONE for none; likewise below. */
  item(item: number): number {
    return this.#one(item, REGISTER.item);
  }

  /** A page frame. */
  page(pfn: number): number {
    return this.#one(pfn, REGISTER.page);
  }

  /** A stable_node. */
  node(node: number): number {
    return this.#one(node, REGISTER.node);
  }

  /** A vma. */
  vma(vma: number): number {
    return this.#one(vma, REGISTER.vma);
  }

  /** An anon_vma. */
  anonVma(anonVma: number): number {
    return this.#one(anonVma, REGISTER.anonVma);
  }

  #one(value: number, kind: number): number {
    const at = this.count++;
    if (this.isLoading) return this.data[at];
    // A store past the end of a typed array would vanish.
    if (at >= this.data.length) throw new RangeError(`more than ${this.data.length} registers`);
    this.data[at] = value;
    this.kinds[at] = kind;
    return value;
  }
}
