/** Values in a few levels, for the shades and colours of maps. */

/**
 * Rising bounds: level 0 holds what is at most the first of them, level i what is above the one before and at most
 * bound i.
 */
export type Levels = readonly number[];

const STEPS = [1, 2, 2.5, 3, 4, 5];
const SERIES = [1, 2, 5];
/** Largest over smallest value from which levels go up by factors. */
const SPREAD = 20;
const ROUNDING = 1e-9;

/** Level 0 is 0 itself; above it `count` levels at most, of one round size each. */
export function levelsFromZero(most: number, count: number): Levels {
  if (most === 0) return [0];
  const step = roundStep(most / count);
  const steps = Math.ceil(most / step - ROUNDING);
  return Array.from({ length: steps + 1 }, (_, i) => rounded(i * step));
}

/** `count` levels at most: round steps, or round factors where the values, all of them 0 or more, go far apart. */
export function levelsBetween(values: readonly number[], count: number): Levels {
  const most = Math.max(...values);
  const least = Math.min(...values);
  const above = values.filter((value) => value > 0);
  if (above.length > 0 && most / Math.min(...above) >= SPREAD) return byFactors(Math.min(...above), most, count);
  if (most === least) return [most];
  const step = roundStep((most - least) / (count - 1));
  const first = Math.floor(least / step + 1);
  const last = Math.ceil(most / step - ROUNDING);
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, i) => rounded((first + i) * step));
}

function byFactors(least: number, most: number, count: number): Levels {
  const first = Math.floor(Math.log10(least));
  const decades = Math.ceil(Math.log10(most)) - first + 1;
  const bounds = Array.from({ length: decades }, (_, i) => first + i)
    .flatMap((exponent) => SERIES.map((digit) => Number(`${digit}e${exponent}`)))
    .filter((bound, i, all) => bound > least && (i === 0 || all[i - 1] < most));
  const every = Math.ceil(bounds.length / count);
  // From the top, so that the last of them holds the largest value.
  return bounds.filter((_, i) => (bounds.length - 1 - i) % every === 0);
}

export function levelOf(levels: Levels, value: number): number {
  const level = levels.findIndex((bound) => value <= bound * (1 + ROUNDING));
  return level < 0 ? levels.length - 1 : level;
}

/** A level in words: `up to 2`, `2 to 4`; `none` where it is 0 alone. */
export function levelWords(levels: Levels, text: (bound: number) => string): string[] {
  return levels.map((bound, i) => {
    if (i === 0) return bound === 0 ? 'none' : `up to ${text(bound)}`;
    return levels[i - 1] === 0 ? `up to ${text(bound)}` : `${text(levels[i - 1])} to ${text(bound)}`;
  });
}

function roundStep(least: number): number {
  const size = 10 ** Math.floor(Math.log10(least));
  const digit = [...STEPS, 10].find((one) => one * size >= least * (1 - ROUNDING))!;
  return rounded(digit * size);
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
