/**
 * What a process does while it starts: it rewrites a random part of its inherited private pages, touches the inherited
 * shared mappings, and populates its own regions in the order of the description. One page access at a time.
 */
import { Stream } from '../clock/random.ts';
import type { Contents } from './contents.ts';
import type { GroupPlan } from './groupPlan.ts';
import { populatedPage, type PlacedRegion } from './layout.ts';
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
  /** Region in work, counted through the shared inherited ones and then the own ones; its pages done. */
  #region = 0;
  #pagesDone = 0;

  /** `at`: planned start of the process, ns, which decides the epoch of its contents. */
  constructor(plan: GroupPlan, owner: number, seed: number, contents: Contents, at: number) {
    this.#plan = plan;
    this.#owner = owner;
    this.#contents = contents;
    this.#stream = new Stream(seed, `start ${owner}`);
    this.#at = at;
    this.#inheritedLeft = plan.inherited?.total ?? 0;
    this.#rewritesLeft = plan.rewrites;
  }

  /** Accesses in all. */
  get total(): number {
    return this.#plan.startAccesses;
  }

  get isDone(): boolean {
    return this.done === this.#plan.startAccesses;
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
    const { inheritedShared, own } = this.#plan;
    for (;;) {
      const isOwn = this.#region >= inheritedShared.length;
      const placed = isOwn ? own[this.#region - inheritedShared.length].placed : inheritedShared[this.#region];
      if (this.#pagesDone === placed.populated) {
        this.#region++;
        this.#pagesDone = 0;
        continue;
      }
      this.#access(placed, isOwn ? own[this.#region - inheritedShared.length].mix : null);
      return;
    }
  }

  #access(placed: PlacedRegion, mix: MixDraw | null): void {
    this.vpn = populatedPage(placed, this.#pagesDone++);
    if (mix === null || placed.region.kind === 'shared-file') this.isWrite = false;
    else this.#write(mix.first(this.#stream, this.#at));
  }

  #write(content: number | null): void {
    this.isWrite = true;
    this.content = content ?? this.#contents.unique(this.#owner, this.serial++);
  }
}
