/**
 * How fast the recorded machine was: it was emulated on a host that did other things too, so that the same work took one to
 * three times as long in another run. Each modelled run draws its speed from what the recordings show.
 */
import type { Stream } from '../clock/random.ts';
import type { CostProfile } from '../description.ts';

/**
 * Quantiles of the time that the program took until its ballast was ready, over the 159 recordings with one (first sample of
 * `series`): s. The times of the cost profile give `REFERENCE_S`.
 */
const QUANTILES: readonly (readonly [number, number])[] = [
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

/** Factor of all times of one run. */
export function drawSlowness(stream: Stream): number {
  const at = stream.unit();
  const upper = QUANTILES.findIndex(([share]) => at < share);
  const [low, from] = QUANTILES[upper - 1];
  const [high, to] = QUANTILES[upper];
  return (from + ((to - from) * (at - low)) / (high - low)) / REFERENCE_S;
}

/** The profile with every time multiplied, in whole ns. */
export function slowed(costs: CostProfile, factor: number): CostProfile {
  const times = Object.entries(costs).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'number' ? Math.round(value * factor) : value,
  ]);
  return Object.fromEntries(times) as CostProfile;
}
