/** The mergeable mapping of one worker, and what is written into each of its pages. */
import type { Contents } from './contents.ts';
import type { Xorshift } from './xorshift.ts';

export interface PagesOptions {
  /** First virtual page and number of pages. */
  readonly start: number;
  readonly count: number;
  /** Number of the first page among those of all workers. */
  readonly offset: number;
  /** Percentage of rewrites of a page of a class that take the class's content of the current epoch; its length, ms. */
  readonly remerge: number;
  readonly epochMs: number;
}

export class Pages {
  readonly start: number;
  readonly count: number;
  /** When epoch 1 began, s. */
  epochStart = 0;
  readonly #contents: Contents;
  readonly #offset: number;
  readonly #remerge: number;
  readonly #epochMs: number;

  constructor(contents: Contents, options: PagesOptions) {
    this.#contents = contents;
    this.start = options.start;
    this.count = options.count;
    this.#offset = options.offset;
    this.#remerge = options.remerge;
    this.#epochMs = options.epochMs;
  }

  initial(index: number): number {
    const page = index + this.#offset;
    return this.#contents.isMergeable(page) ? this.#contents.ofClass(this.#contents.classOf(page), 0) : this.unique();
  }

  /** Of a rewrite at time `seconds`; draws one number for a page that belongs to a class. */
  rewritten(index: number, random: Xorshift, seconds: number): number {
    const page = index + this.#offset;
    if (!this.#contents.isMergeable(page) || random.below(100) >= this.#remerge) return this.unique();
    const epoch = 1 + Math.trunc(((seconds - this.epochStart) * 1000) / this.#epochMs);
    return this.#contents.ofClass(this.#contents.classOf(page), epoch);
  }

  unique(): number {
    return this.#contents.unique();
  }
}
