/** The unfindable ptes of the present, each with its cause and since when: by pte, by frame and by mm. */
import type { Clock } from '../clock/clock.ts';
import type { Cause } from '../observations.ts';
import { VPN_LIMIT } from '../process/pageTables.ts';
import { GapStatistics } from './gapStatistics.ts';

/** One unfindable pte. */
export interface Gap {
  readonly mm: number;
  readonly vpn: number;
  readonly pfn: number;
  cause: Cause;
  /** Simulated time, ns. */
  readonly since: number;
}

export class Gaps {
  readonly statistics: GapStatistics;
  /** Told of each gap that is booked, and of each that closes, for a watch. */
  onOpened: ((gap: Readonly<Gap>) => void) | null = null;
  onClosed: ((gap: Readonly<Gap>) => void) | null = null;
  readonly #byPte = new Map<number, Gap>();
  readonly #byFrame = new Map<number, Gap[]>();
  readonly #byMm = new Map<number, Set<Gap>>();

  constructor(clock: Readonly<Clock>) {
    this.statistics = new GapStatistics(clock);
  }

  get size(): number {
    return this.#byPte.size;
  }

  /** In the order in which they were booked. */
  values(): Iterable<Readonly<Gap>> {
    return this.#byPte.values();
  }

  at(mm: number, vpn: number): Gap | undefined {
    return this.#byPte.get(mm * VPN_LIMIT + vpn);
  }

  /** Those of a page, the oldest booking first; a copy, so that they may be closed meanwhile. */
  ofFrame(pfn: number): Gap[] {
    return this.#byFrame.get(pfn)?.slice() ?? [];
  }

  /** The one that was booked first. */
  firstOfFrame(pfn: number): Gap | undefined {
    return this.#byFrame.get(pfn)?.[0];
  }

  ofMm(mm: number): Iterable<Gap> {
    return this.#byMm.get(mm) ?? [];
  }

  /** A pte that is booked already keeps its cause. */
  open(mm: number, vpn: number, pfn: number, cause: Cause, since: number): void {
    const key = mm * VPN_LIMIT + vpn;
    if (this.#byPte.has(key)) return;
    const gap: Gap = { mm, vpn, pfn, cause, since };
    this.#byPte.set(key, gap);
    const ofFrame = this.#byFrame.get(pfn);
    if (ofFrame === undefined) this.#byFrame.set(pfn, [gap]);
    else ofFrame.push(gap);
    const ofMm = this.#byMm.get(mm);
    if (ofMm === undefined) this.#byMm.set(mm, new Set([gap]));
    else ofMm.add(gap);
    this.statistics.opened(cause, since);
    this.onOpened?.(gap);
  }

  rename(gap: Gap, cause: Cause): void {
    gap.cause = cause;
    this.statistics.renamed(cause);
  }

  close(gap: Gap): void {
    this.#byPte.delete(gap.mm * VPN_LIMIT + gap.vpn);
    const ofFrame = this.#byFrame.get(gap.pfn)!;
    ofFrame.splice(ofFrame.indexOf(gap), 1);
    if (ofFrame.length === 0) this.#byFrame.delete(gap.pfn);
    const ofMm = this.#byMm.get(gap.mm)!;
    ofMm.delete(gap);
    if (ofMm.size === 0) this.#byMm.delete(gap.mm);
    this.statistics.closed(gap.cause, gap.since);
    this.onClosed?.(gap);
  }
}
