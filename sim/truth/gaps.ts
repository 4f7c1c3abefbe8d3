/**
 * The unfindable ptes of the present, each with its cause and since when: all of them, by frame and by mm.
 *
 * The record of a closed one is used again: a device that forks much opens and closes hundreds a second.
 */
import type { Clock } from '../clock/clock.ts';
import { NONE } from '../memory/frames.ts';
import type { Cause } from '../observations.ts';
import { GapStatistics } from './gapStatistics.ts';
import { KeyedLists } from './keyedLists.ts';

/** The key of a list of all. */
const ALL = 0;

/** One unfindable pte, changed by Gaps alone. Once it is closed, the object may stand for another one. */
export class Gap {
  mm = NONE;
  vpn = NONE;
  pfn = NONE;
  cause: Cause = 'unknown';
  /** Simulated time, ns. */
  since = NaN;
  /** Its element in the lists. */
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}

export class Gaps {
  readonly statistics: GapStatistics;
  size = 0;
  /** Told of each gap that is booked, and of each that closes, for a watch. */
  onOpened: ((gap: Readonly<Gap>) => void) | null = null;
  onClosed: ((gap: Readonly<Gap>) => void) | null = null;
  readonly #records: Gap[] = [];
  /** Records that no gap has. */
  readonly #unused: Gap[] = [];
  readonly #all = new KeyedLists(1);
  readonly #byFrame: KeyedLists;
  readonly #byMm: KeyedLists;

  /** `frames`, `mms`: how many there are. */
  constructor(clock: Readonly<Clock>, frames: number, mms: number) {
    this.statistics = new GapStatistics(clock);
    this.#byFrame = new KeyedLists(frames);
    this.#byMm = new KeyedLists(mms);
  }

  /** In the order in which they were booked. */
  *values(): IterableIterator<Readonly<Gap>> {
    for (let id = this.#all.first(ALL); id >= 0; id = this.#all.next(id)) yield this.#records[id];
  }

  /** That of a pte that maps `pfn`, or null. */
  at(mm: number, vpn: number, pfn: number): Gap | null {
    // Most mms have none.
    if (this.#byMm.first(mm) < 0) return null;
    for (let gap = this.firstOfFrame(pfn); gap !== null; gap = this.nextOfFrame(gap)) {
      if (gap.mm === mm && gap.vpn === vpn) return gap;
    }
    return null;
  }

  /** Those of a page, in the order in which they were booked; null: no more. */
  firstOfFrame(pfn: number): Gap | null {
    return this.#recordOf(this.#byFrame.first(pfn));
  }

  nextOfFrame(gap: Gap): Gap | null {
    return this.#recordOf(this.#byFrame.next(gap.id));
  }

  /** Those of an mm, likewise. */
  firstOfMm(mm: number): Gap | null {
    return this.#recordOf(this.#byMm.first(mm));
  }

  nextOfMm(gap: Gap): Gap | null {
    return this.#recordOf(this.#byMm.next(gap.id));
  }

  /** A pte that is booked already keeps its cause. */
  open(mm: number, vpn: number, pfn: number, cause: Cause, since: number): void {
    if (this.at(mm, vpn, pfn) !== null) return;
    const gap = this.#unused.pop() ?? this.#newRecord();
    gap.mm = mm;
    gap.vpn = vpn;
    gap.pfn = pfn;
    gap.cause = cause;
    gap.since = since;
    this.#all.add(ALL, gap.id);
    this.#byFrame.add(pfn, gap.id);
    this.#byMm.add(mm, gap.id);
    this.size++;
    this.statistics.opened(cause, since);
    this.onOpened?.(gap);
  }

  rename(gap: Gap, cause: Cause): void {
    gap.cause = cause;
    this.statistics.renamed(cause);
  }

  close(gap: Gap): void {
    this.#all.remove(ALL, gap.id);
    this.#byFrame.remove(gap.pfn, gap.id);
    this.#byMm.remove(gap.mm, gap.id);
    this.size--;
    this.statistics.closed(gap.cause, gap.since);
    this.onClosed?.(gap);
    this.#unused.push(gap);
  }

  #recordOf(id: number): Gap | null {
    return id < 0 ? null : this.#records[id];
  }

  #newRecord(): Gap {
    const gap = new Gap(this.#records.length);
    this.#records.push(gap);
    return gap;
  }
}
