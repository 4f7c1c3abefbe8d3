/** The words of a canonical form as they are written, and the numbers that handles get in the order of meeting. */
import { NONE } from '../../memory/frames.ts';
import type { World } from './world.ts';

/** Longest form: far more than the largest script that can be explored needs. */
const MOST_WORDS = 1 << 16;
/** Mark between parts of varying length; no value of a part is so low. */
export const END = -0x7fffffff;

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

export class Form {
  readonly words = new Int32Array(MOST_WORDS);
  length = 0;
  readonly pages: Numbering;
  readonly items: Numbering;
  readonly nodes: Numbering;
  readonly anonVmas: Numbering;
  /** Place of each vma: process and order in its list. */
  readonly vmaPlace: Int32Array;
  /** ptes met, by frame, of frames that are not written yet; and all of them together. */
  readonly mapped: Int32Array;
  recount = 0;

  constructor({ kernel }: World) {
    const { frames, objects, vmas } = kernel;
    this.pages = new Numbering(frames.total);
    this.items = new Numbering(objects.itemMm.length);
    this.nodes = new Numbering(objects.kpfn.length);
    this.anonVmas = new Numbering(vmas.anonVmas.root.length);
    this.vmaPlace = new Int32Array(vmas.mm.length);
    this.mapped = new Int32Array(frames.total);
  }

  start(): void {
    this.length = 0;
    this.recount = 0;
    this.pages.start();
    this.items.start();
    this.nodes.start();
    this.anonVmas.start();
  }

  put(word: number): void {
    this.words[this.length++] = word;
  }
}
