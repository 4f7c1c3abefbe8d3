/** Gaps with what opened them: the event of the truth room that was told just before. */
import type { Kernel } from '../kernel.ts';
import type { Gap } from '../truth/gaps.ts';
import type { Lives } from './lives.ts';
import type { GapOrigin, Task } from './traceEvents.ts';
import type { Timeline } from './timeline.ts';

/** `by` is filled in once the step is known. */
type Draft = { -readonly [Key in keyof GapOrigin]: GapOrigin[Key] };

export class GapTrace {
  readonly #open = new Map<Readonly<Gap>, GapOrigin>();
  readonly #byFrame = new Map<number, GapOrigin[]>();
  readonly #fresh: Draft[] = [];
  #opened = 0;
  /** Until the device is booted gaps come and go unseen. */
  #isBooted = false;
  #event = '';
  #item: number | null = null;
  #itemPid: number | null = null;
  readonly #lives: Lives;
  readonly #timeline: Timeline;

  constructor(lives: Lives, timeline: Timeline) {
    this.#lives = lives;
    this.#timeline = timeline;
  }

  booted(): void {
    this.#isBooted = true;
    for (const gap of this.#open.values()) this.#timeline.tell({ kind: 'gapOpened', at: 0, gap });
  }

  /** Something happens that may open gaps. */
  happens(event: string, item: number | null = null, kernel: Kernel | null = null): void {
    this.#event = event;
    this.#item = item;
    this.#itemPid = item === null || kernel === null ? null : this.#lives.pidOf(kernel.objects.itemMm[item]);
  }

  opened(gap: Readonly<Gap>, now: number): void {
    const { cause, mm, vpn, pfn, since } = gap;
    // Booked late: what happens now only made somebody look.
    const isLate = cause === 'B3';
    const origin: Draft = {
      id: ++this.#opened,
      at: since,
      cause,
      pid: this.#lives.pidOf(mm),
      vpn,
      pfn,
      event: isLate ? 'pte replaced, rmap_item not appended yet' : this.#event,
      item: isLate ? null : this.#item,
      itemPid: isLate ? null : this.#itemPid,
      by: null,
    };
    this.#open.set(gap, origin);
    const ofFrame = this.#byFrame.get(pfn);
    if (ofFrame === undefined) this.#byFrame.set(pfn, [origin]);
    else ofFrame.push(origin);
    this.#fresh.push(origin);
    if (this.#isBooted) this.#timeline.tell({ kind: 'gapOpened', at: now, gap: origin });
  }

  closed(gap: Readonly<Gap>, now: number): void {
    const origin = this.#open.get(gap);
    if (origin === undefined) return;
    this.#open.delete(gap);
    const ofFrame = this.#byFrame.get(gap.pfn)!;
    ofFrame.splice(ofFrame.indexOf(origin), 1);
    if (ofFrame.length === 0) this.#byFrame.delete(gap.pfn);
    if (this.#isBooted) this.#timeline.tell({ kind: 'gapClosed', at: now, gap: origin });
  }

  /** The oldest gap of a page: the one that a failed migration is put down to. */
  ofFrame(pfn: number): GapOrigin | null {
    return this.#byFrame.get(pfn)?.[0] ?? null;
  }

  /** The step that opened gaps was one of `task`. */
  stamp(task: Task | null): void {
    if (this.#fresh.length === 0) return;
    for (const origin of this.#fresh) origin.by = task;
    this.#fresh.length = 0;
  }
}
