/** A setting that was run again on seeds that the search had not seen: what it came to there, and how sure that is. */
import type { PairedDifference } from '../stats/paired.ts';
import type { Judged } from './pareto.ts';
import type { Score } from './score.ts';
import type { Setting } from './setting.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** One setting on the fresh seeds. */
export interface Finalist extends Judged {
  readonly setting: Setting;
  readonly score: Score;
  /** 95 %. */
  readonly intervals: {
    readonly failureRate: Interval;
    readonly p99Us: Interval;
    readonly cpuShare: Interval;
    readonly savedBytes: Interval;
  };
  /** Against the present setting, seed by seed. */
  readonly vsPresent: PairedDifference;
  /** Conditions that it breaks by its estimates, as they are shown. */
  readonly breaks: readonly string[];
}
