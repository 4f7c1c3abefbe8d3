/**
 * What the program writes into pages: one of a number of class contents (the same bytes for all pages of a class, anew
 * in each epoch), or something that no other page holds.
 *
 * A content is an integer whose order is as random as that of the program's pages (their first bytes are a hash).
 */
import { mix32 } from '../clock/random.ts';
import { mixBelow } from './xorshift.ts';

/** Keys of class contents lie above those of unique ones. */
const CLASS_KEYS = 1 << 30;

export class Contents {
  #unique = 0;
  #classes = 1;
  #share = 0;

  /** `classes`: number of classes; `share`: percentage of pages that belong to one. */
  constructor(classes: number, share: number) {
    this.restart(classes, share);
  }

  /** Other classes from now on; what is in use keeps its content. */
  restart(classes: number, share: number): void {
    this.#classes = classes;
    this.#share = share;
  }

  /** A content that nobody else has. Keys are spread by a bijection that keeps 0, the zero page, to itself. */
  unique(): number {
    return mix32(++this.#unique);
  }

  /** Page `index` of all mappings belongs to a class. */
  isMergeable(index: number): boolean {
    return mixBelow(7, index, 0, 100) < this.#share;
  }

  classOf(index: number): number {
    return this.#share >= 100 ? index % this.#classes : mixBelow(9, index, 0, this.#classes);
  }

  /** Content of a class: epoch 0 is the initial one. */
  ofClass(number: number, epoch: number): number {
    return mix32(CLASS_KEYS + epoch * this.#classes + number);
  }
}
