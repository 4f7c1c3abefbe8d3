/** Estimates with their 95 % intervals, and p values, for people. */
import type { RateEstimate } from '../stats/failureRate.ts';
import type { PairedDifference } from '../stats/paired.ts';
import { digits3, percent, time } from './units.ts';

/** Per cent of attempts: `3.3 [1.4, 7.6]`. */
export function rateText({ mean, low, high }: Pick<RateEstimate, 'mean' | 'low' | 'high'>): string {
  return `${percent(mean)} [${percent(low)}, ${percent(high)}]`;
}

/** In points: `-3.3 [-5.0, -1.7]`. */
export function pointsText({ difference, low, high }: Pick<PairedDifference, 'difference' | 'low' | 'high'>): string {
  const signed = (share: number): string => `${share > 0 ? '+' : ''}${digits3(share * 100)}`;
  return `${signed(difference)} [${signed(low)}, ${signed(high)}]`;
}

/** `335 ms [310 ms, 402 ms]`. */
export function timeText(ms: number, low: number, high: number): string {
  return `${time(ms)} [${time(low)}, ${time(high)}]`;
}

export function pText(p: number): string {
  return p < 0.001 ? '<0.001' : digits3(p);
}
