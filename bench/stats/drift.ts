/**
 * Whether a device was still settling while it was measured.
 *
 * Of each seed the first third of the samples is compared with the last third; a measure drifts when its mean change is
 * at least a fifth of its level and more than chance over the seeds (paired t test, 5 %). With fewer than six samples
 * the counters at both ends of the measured time take their place.
 */
import type { CellRecord } from '../run/cell.ts';
import { ALPHA } from './level.ts';
import { tCritical } from './student.ts';
import { sum } from './sums.ts';

const LEAST_SEEDS = 3;
const LEAST_SAMPLES = 6;
/** Changes below a fifth of the level, and levels below so many pages or items, move no failure rate. */
const RELATIVE = 0.2;
const LEAST_LEVEL = 50;

const MEASURES = ['unfindablePtes', 'ksmPages', 'rmapItems'] as const;

export interface Drift {
  readonly measure: (typeof MEASURES)[number];
  /** Means over the seeds at the beginning and at the end of the measured time. */
  readonly from: number;
  readonly to: number;
}

/** Measures that drift in `cells`, one a seed. None with fewer than three seeds: nothing is known about chance then. */
export function drifts(cells: readonly CellRecord[]): Drift[] {
  return MEASURES.flatMap((measure) => {
    const changes = cells.flatMap((cell) => endsOf(cell, measure));
    return changes.length >= LEAST_SEEDS && isDrift(changes) ? [{ measure, ...meansOf(changes) }] : [];
  });
}

interface Ends {
  readonly from: number;
  readonly to: number;
}

function endsOf({ samples, ksm }: CellRecord, measure: Drift['measure']): Ends[] {
  if (samples.length >= LEAST_SAMPLES) {
    const third = Math.floor(samples.length / 3);
    const mean = (part: typeof samples): number => sum(part, (sample) => sample[measure]) / third;
    return [{ from: mean(samples.slice(0, third)), to: mean(samples.slice(-third)) }];
  }
  if (measure === 'unfindablePtes') return [];
  const counter = measure === 'ksmPages' ? 'pages_shared' : 'rmapItems';
  return [{ from: ksm.atStart[counter], to: ksm.atEnd[counter] }];
}

function meansOf(changes: readonly Ends[]): Ends {
  return { from: sum(changes, ({ from }) => from) / changes.length, to: sum(changes, ({ to }) => to) / changes.length };
}

function isDrift(changes: readonly Ends[]): boolean {
  const { from, to } = meansOf(changes);
  const change = to - from;
  const n = changes.length;
  const variance = sum(changes, (one) => (one.to - one.from - change) ** 2) / (n - 1);
  const level = Math.max(from, to);
  return (
    level >= LEAST_LEVEL &&
    Math.abs(change) >= RELATIVE * level &&
    Math.abs(change) > tCritical(ALPHA, n - 1) * Math.sqrt(variance / n)
  );
}
