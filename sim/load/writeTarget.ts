/**
 * Which pages a process writes and with what: one target is a set of regions under one WriteActivity, its hot pages
 * spread evenly over the populated ones.
 */
import type { Stream } from '../clock/random.ts';
import type { ContentMix, WriteActivity } from '../description.ts';
import type { Contents } from './contents.ts';
import { ZERO_PAGE } from './contents.ts';
import { populatedOffset, type PlacedRegion } from './layout.ts';

/** Draws contents of one region's mix. */
export class MixDraw {
  readonly #zero: number;
  readonly #shares: readonly number[];
  readonly #sum: number;
  readonly #bases: readonly number[];
  readonly #contents: readonly number[];
  readonly #all: Contents;

  constructor(mix: ContentMix, contents: Contents) {
    this.#all = contents;
    this.#zero = mix.zero;
    this.#shares = mix.pools.map((pool) => pool.share);
    this.#sum = this.#shares.reduce((sum, share) => sum + share, 0);
    this.#bases = mix.pools.map((pool) => contents.poolBase(pool.pool));
    this.#contents = mix.pools.map((pool) => pool.contents);
  }

  /** Content of a page when it is populated; null: unique to the page. */
  first(stream: Stream, at: number): number | null {
    const draw = stream.unit();
    if (draw < this.#zero) return ZERO_PAGE;
    return draw < this.#zero + this.#sum ? this.#pooled(stream, at) : null;
  }

  /** Content of a later write, from the region's pools with probability `remerge`; null: unique. */
  later(stream: Stream, remerge: number, at: number): number | null {
    return stream.chance(remerge) && this.#sum > 0 ? this.#pooled(stream, at) : null;
  }

  #pooled(stream: Stream, at: number): number {
    const pool = stream.weighted(this.#shares, this.#sum);
    return this.#all.ofPool(this.#bases[pool], stream.below(this.#contents[pool]), at);
  }
}

export class WriteTarget {
  /** Writes per second of one process. */
  readonly rate: number;
  /** Number of populated pages. */
  readonly total: number;
  /** What the last `pick` chose. */
  vpn = 0;
  mix: MixDraw;
  readonly remerge: number;
  readonly #mixes: readonly MixDraw[];
  /** By region: its start, pages and populated pages, and the populated pages in front of it. */
  readonly #start: Int32Array;
  readonly #pages: Int32Array;
  readonly #populated: Int32Array;
  readonly #before: Int32Array;
  readonly #hot: number;
  readonly #hotWrites: number;

  /** `regions`: at least one, all private and with populated pages. */
  constructor(regions: readonly PlacedRegion[], mixes: readonly MixDraw[], activity: WriteActivity) {
    this.#mixes = mixes;
    this.mix = mixes[0];
    this.#start = Int32Array.from(regions, ({ start }) => start);
    this.#pages = Int32Array.from(regions, ({ region }) => region.pages);
    this.#populated = Int32Array.from(regions, ({ populated }) => populated);
    let total = 0;
    this.#before = this.#populated.map((populated) => (total += populated) - populated);
    this.total = total;
    this.rate = activity.perSecond;
    this.remerge = activity.remerge;
    this.#hot = Math.round(activity.hotPages * total);
    this.#hotWrites = activity.hotWrites;
  }

  /** Draws a page to write: sets `vpn` and `mix`. */
  pick(stream: Stream): void {
    const hot = this.#hot;
    const wantsHot = stream.chance(this.#hotWrites);
    if (hot === 0 || hot === this.total) this.select(stream.below(this.total));
    else if (wantsHot) this.select(this.#hotPage(stream.below(hot)));
    else {
      let page = stream.below(this.total);
      while (this.#isHot(page)) page = stream.below(this.total);
      this.select(page);
    }
  }

  /** Chooses the page of this number: sets `vpn` and `mix`. */
  select(page: number): void {
    const before = this.#before;
    let at = before.length - 1;
    while (before[at] > page) at--;
    this.vpn = this.#start[at] + populatedOffset(page - before[at], this.#pages[at], this.#populated[at]);
    this.mix = this.#mixes[at];
  }

  #hotPage(j: number): number {
    return Math.floor((j * this.total) / this.#hot);
  }

  #isHot(page: number): boolean {
    const j = Math.ceil((page * this.#hot) / this.total);
    return j < this.#hot && this.#hotPage(j) === page;
  }
}
