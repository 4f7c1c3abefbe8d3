/** Latencies in powers of two, as bpftrace prints them: `[2K, 4K)  12 |@@@@    |`. */
import { ascii, WIDTH } from './ascii.ts';
import type { Samples } from './samples.ts';

const BAR = 40;
const LABEL = 12;

/** Lines of a histogram of `samples` (ms), in us, over the powers of two from `low` to `high` (exponents). */
export function histogramLines(title: string, samples: Samples, [low, high]: Range): string[] {
  const counts = new Map<number, number>();
  for (const { value, count } of samples.flat()) counts.set(powerOf(value), (counts.get(powerOf(value)) ?? 0) + count);
  const most = Math.max(1, ...counts.values());
  const lines = Array.from({ length: high - low + 1 }, (_, i) => {
    const count = counts.get(low + i) ?? 0;
    const bar = '@'.repeat(Math.round((BAR * count) / most)).padEnd(BAR);
    const label = `[${powerText(low + i)}, ${powerText(low + i + 1)})`;
    return `${label.padEnd(LABEL)} ${`${count}`.padStart(8)} |${bar}|`;
  });
  return [ascii(title).slice(0, WIDTH), ...lines];
}

export type Range = readonly [low: number, high: number];

/** Powers of two that hold all of these; null when there is nothing. */
export function rangeOf(all: readonly Samples[]): Range | null {
  const powers = all.flatMap((samples) => samples.flat().map(({ value }) => powerOf(value)));
  if (powers.length === 0) return null;
  return powers.reduce<Range>(
    ([low, high], power) => [Math.min(low, power), Math.max(high, power)],
    [powers[0], powers[0]],
  );
}

/** The exponent of the power of two at or below the value in us; 0 below 1 us. */
function powerOf(ms: number): number {
  const us = Math.floor(ms * 1e3);
  let power = 0;
  while (2 ** (power + 1) <= us) power++;
  return power;
}

/** `512`, `4K`, `1M`. */
function powerText(power: number): string {
  const units = ['', 'K', 'M', 'G', 'T', 'P'];
  const unit = Math.min(units.length - 1, Math.floor(power / 10));
  return `${2 ** (power - 10 * unit)}${units[unit]}`;
}
