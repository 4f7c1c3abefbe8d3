/**
 * What a process does while it starts: it rewrites a random part of its inherited private pages, touches the inherited
 * shared mappings, and populates its own regions in the order of the description. One page access at a time.
 */
import { Stream } from '../clock/random.ts';
import type { Contents } from './contents.ts';
import type { GroupPlan } from './groupPlan.ts';
import { populatedOffset } from './layout.ts';
import type { MixDraw } from './writeTarget.ts';

export class StartWork {
  /** The access after `next`: a write of `content` to the page, or a read. */
  isWrite = false;
  vpn = 0;
  content = 0;
  /** Accesses handed out. */
  done = 0;
  /** Unique contents used up so far. */
  serial = 0;
  readonly #plan: GroupPlan;
  readonly #owner: number;
  readonly #contents: Contents;
  readonly #stream: Stream;
  readonly #at: number;
  /** Inherited pages not looked at yet, and how many of them are to be rewritten. */
  #inheritedLeft: number;
  #rewritesLeft: number;
  /** Accesses in all. */
  readonly total: number;
  /** Regions begun, counted through the shared inherited ones and then the own ones. */
  #regions = 0;
  /** Of the last one: first page, pages, populated pages, those done; its draws of contents, null: only read. */
  #first = 0;
  #pages = 0;
  #populated = 0;
  #pagesDone = 0;
  #mix: MixDraw | null = null;

  /** `at`: planned start of the process, ns, which decides the epoch of its contents. */
  constructor(plan: GroupPlan, owner: number, seed: number, contents: Contents, at: number) {
    this.#plan = plan;
    this.total = plan.startAccesses;
    this.#owner = owner;
    this.#contents = contents;
    this.#stream = new Stream(seed, `start ${owner}`);
    this.#at = at;
    this.#inheritedLeft = plan.inherited?.total ?? 0;
    this.#rewritesLeft = plan.rewrites;
  }

  get isDone(): boolean {
    return this.done === this.total;
  }

  /** Chooses the next access; there must be one left. */
  next(): void {
    this.done++;
    if (this.#rewritesLeft > 0) this.#nextRewrite();
    else this.#nextPopulate();
  }

  /** Selection sampling (Knuth, The Art of Computer Programming 3.4.2, algorithm S). */
  #nextRewrite(): void {
    const inherited = this.#plan.inherited!;
    for (;;) {
      const page = inherited.total - this.#inheritedLeft;
      const isChosen = this.#stream.below(this.#inheritedLeft) < this.#rewritesLeft;
      this.#inheritedLeft--;
      if (!isChosen) continue;
      this.#rewritesLeft--;
      inherited.select(page);
      this.vpn = inherited.vpn;
      this.#write(inherited.mix.later(this.#stream, inherited.remerge, this.#at));
      return;
    }
  }

  #nextPopulate(): void {
    while (this.#pagesDone === this.#populated) this.#nextRegion();
    this.vpn = this.#first + populatedOffset(this.#pagesDone++, this.#pages, this.#populated);
    const mix = this.#mix;
    if (mix === null) this.isWrite = false;
    else this.#write(mix.first(this.#stream, this.#at));
  }

  #nextRegion(): void {
    const { inheritedShared, own } = this.#plan;
    const index = this.#regions++ - inheritedShared.length;
    const placed = index < 0 ? inheritedShared[this.#regions - 1] : own[index].placed;
    this.#first = placed.start;
    this.#pages = placed.region.pages;
    this.#populated = placed.populated;
    this.#pagesDone = 0;
    this.#mix = index < 0 || placed.region.kind === 'shared-file' ? null : own[index].mix;
  }

  #write(content: number | null): void {
    this.isWrite = true;
    this.content = content ?? this.#contents.unique(this.#owner, this.serial++);
  }
}
