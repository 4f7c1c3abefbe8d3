/** Statistics of spans of time, some of which were still going on when the trace ended (censored). */

export interface Span {
  /** s. */
  readonly length: number;
  /** Its end was seen. */
  readonly ended: boolean;
}

/**
 * Mean of an exponential distribution: all observed time by the ends seen (maximum likelihood); null without an end.
 */
export function exponentialMean(spans: readonly Span[]): number | null {
  const ends = spans.filter(({ ended }) => ended).length;
  return ends === 0 ? null : spans.reduce((sum, { length }) => sum + length, 0) / ends;
}

/** The length that half of them reach (Kaplan and Meier, 1958); null when fewer than half are seen to end. */
export function median(spans: readonly Span[]): number | null {
  // At equal lengths ends come first: what went on was still there.
  const sorted = [...spans].sort((a, b) => a.length - b.length || Number(b.ended) - Number(a.ended));
  let alive = 1;
  for (const [index, { length, ended }] of sorted.entries()) {
    if (!ended) continue;
    const left = sorted.length - index;
    alive *= (left - 1) / left;
    if (alive <= 0.5) return length;
  }
  return null;
}

/** Standard deviation by mean (n - 1); null for fewer than two or a mean of 0. */
export function variation(values: readonly number[]): number | null {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2 || mean === 0) return null;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1)) / mean;
}

/** The value that the share of them does not exceed; `sorted` ascending and not empty. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
