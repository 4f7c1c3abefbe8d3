/**
 * How fast the recorded machine was: it was emulated on a host that did other things too, so that the same work took
 * one to three times as long in another run, and the program sometimes waited for seconds. Each modelled run draws its
 * speed, and how long and where it waits, from what the recordings show.
 */
import type { Stream } from '../clock/random.ts';
import type { CostProfile } from '../description.ts';

/** Shares of runs, ascending from 0 to 1, and the value that so many do not exceed. */
type Quantiles = readonly (readonly [number, number])[];

/**
 * Quantiles of the time that the program took until its ballast was ready, over the 159 recordings with one (first
 * sample of `series`): s. The times of the cost profile give `REFERENCE_S`.
 */
const QUANTILES: Quantiles = [
  [0, 1.41],
  [0.05, 1.47],
  [0.25, 1.58],
  [0.5, 1.72],
  [0.75, 1.98],
  [0.9, 2.6],
  [0.95, 3.16],
  [1, 3.5],
];
const REFERENCE_S = 1.53;

/**
 * Quantiles of how long the host kept the program waiting while it prepared, s: over the 38 recordings of fork_heavy
 * and fork_free with 96 MB, the time from the first sample of `series` to the first look at the area, less settling,
 * less the half second that filling the map takes.
 */
const STALL_QUANTILES: Quantiles = [
  [0, 0],
  [0.5, 0],
  [0.6, 0.5],
  [0.7, 1.1],
  [0.75, 1.9],
  [0.85, 2.5],
  [0.9, 3.3],
  [0.95, 7.4],
  [1, 17.8],
];
/**
 * Of the 16 recordings that waited for 0.9 s or longer, those in which nr_free_pages shows that the map was filled
 * after that.
 */
const STALLS_BEFORE_FILL = 9 / 16;

/** What a busy host adds to a page's compaction: nr_free_cma falls by 3,500 to 12,000 a second, mostly by 6,000. */
export const BUSY_DRAG_NS = 150_000;

/** Factor of all times of one run. */
export function drawSlowness(stream: Stream): number {
  return quantile(QUANTILES, stream.unit()) / REFERENCE_S;
}

export interface Stall {
  /** ns. */
  readonly ns: number;
  /** Before the map is filled, not after. */
  readonly isBeforeFill: boolean;
}

/** How long the host keeps a fork load waiting, and where. */
export function drawStall(stream: Stream): Stall {
  const ns = Math.round(quantile(STALL_QUANTILES, stream.unit()) * 1e9);
  return { ns, isBeforeFill: stream.unit() < STALLS_BEFORE_FILL };
}

function quantile(quantiles: Quantiles, at: number): number {
  const upper = quantiles.findIndex(([share]) => at < share);
  const [low, from] = quantiles[upper - 1];
  const [high, to] = quantiles[upper];
  return from + ((to - from) * (at - low)) / (high - low);
}

/** The profile with every time multiplied, in whole ns. */
export function slowed(costs: CostProfile, factor: number): CostProfile {
  const times = Object.entries(costs).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'number' ? Math.round(value * factor) : value,
  ]);
  return Object.fromEntries(times) as CostProfile;
}
