/**
 * The space that is searched. A position is a point of the unit cube, one coordinate for each knob; a setting is what
 * it means on the device.
 *
 * The first two coordinates are the sleep and the pace (pages_to_scan for each second of sleep), both on a logarithmic
 * scale: the pace decides how long a full scan takes and what it costs, the sleep how long ksmd stays on a CPU in one
 * go. Bounds of the pace: the slowest published setting (256 pages in 2000 ms) and the fastest recorded one (1000 in 20
 * ms); a slower one would not be seen to do anything in a run of minutes. Values are rounded to two significant digits,
 * as people write them.
 *
 * Sampling: Halton's sequence (Numerische Mathematik 2, 1960), shifted at random by the search's seed (Cranley and
 * Patterson, SIAM J. Numer. Anal. 13, 1976): it fills the space evenly, assumes nothing about its shape, and every part
 * of it is a sample too.
 */
import { Stream } from '../../sim/index.ts';
import type { Knob } from './knobs.ts';
import { PAGES, SLEEP } from './setting.ts';
import type { Setting } from './setting.ts';

/** Coordinates in 0..1. */
export type Position = readonly number[];

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface Space {
  readonly sleep: Range;
  readonly pages: Range;
  /** Pages for each second of sleep. */
  readonly pace: Range;
  readonly knobs: readonly Knob[];
  /** The strategies that act in every setting, `a+b`. */
  readonly strategy: string;
}

/** Domain notes C3: 20 ms to 2000 ms are in use; half of the least, to look beyond it. */
export const SLEEP_RANGE: Range = { low: 10, high: 2000 };
export const PAGES_RANGE: Range = { low: 1, high: 10_000 };
/** 256 pages / 2000 ms (domain notes C3), 1000 pages / 20 ms (real-kernel notes). */
export const PACE_RANGE: Range = { low: 128, high: 50_000 };

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19];

function dimensions(space: Space): number {
  return 2 + space.knobs.length;
}

export function settingAt(space: Space, position: Position): Setting {
  const sleep = rounded(between(space.sleep, position[0]), space.sleep);
  const pages = rounded((between(space.pace, position[1]) * sleep) / 1e3, space.pages);
  return withKnobs(space, { [PAGES]: pages, [SLEEP]: sleep }, position);
}

/**
 * The position of these values, inside the space or at its edge; knobs at their first choice: as the workload has them.
 */
export function positionOf(space: Space, pagesToScan: number, sleepMillisecs: number): Position {
  const pace = paceOf(pagesToScan, sleepMillisecs);
  return [along(space.sleep, sleepMillisecs), along(space.pace, pace), ...space.knobs.map(() => 0)];
}

/** Pages for each second of sleep; a sleep of 0 counts as one of 1 ms. */
export function paceOf(pagesToScan: number, sleepMillisecs: number): number {
  return (pagesToScan * 1e3) / Math.max(1, sleepMillisecs);
}

/** The setting of these very values, wherever they lie; knobs at their first choice. */
export function settingOf(space: Space, pagesToScan: number, sleepMillisecs: number): Setting {
  const position = [0, 0, ...space.knobs.map(() => 0)];
  return withKnobs(space, { [PAGES]: pagesToScan, [SLEEP]: sleepMillisecs }, position);
}

function withKnobs(space: Space, values: Setting['values'], position: Position): Setting {
  const chosen = space.knobs.map((knob, i) => knob.choices[choiceAt(knob, position[2 + i])]);
  const names = [space.strategy, ...chosen.map(({ strategy }) => strategy)].filter((name) => name !== 'stock');
  return {
    values: Object.assign({}, values, ...chosen.map((choice) => choice.values)) as Setting['values'],
    strategy: names.length === 0 ? 'stock' : names.join('+'),
  };
}

function choiceAt(knob: Knob, coordinate: number): number {
  return Math.min(knob.choices.length - 1, Math.floor(coordinate * knob.choices.length));
}

/** `count` positions that fill the space evenly. */
export function samples(space: Space, count: number, seed: number): Position[] {
  const stream = new Stream(seed, 'positions of a search');
  const shift = Array.from({ length: dimensions(space) }, () => stream.unit());
  return Array.from({ length: count }, (_, i) =>
    shift.map((by, axis) => (radicalInverse(i + 1, PRIMES[axis]) + by) % 1),
  );
}

/** The digits of `index` in `base`, mirrored at the point. */
function radicalInverse(index: number, base: number): number {
  let inverse = 0;
  let weight = 1 / base;
  for (let left = index; left > 0; left = Math.floor(left / base), weight /= base) inverse += (left % base) * weight;
  return inverse;
}

/** Positions one step away along each axis: `step` on the continuous ones, the next choice on the others. */
export function neighbours(space: Space, position: Position, step: number): Position[] {
  const moved = (axis: number, by: number): Position =>
    position.map((value, i) => (i === axis ? Math.min(1, Math.max(0, value + by)) : value));
  const continuous = [0, 1].flatMap((axis) => [moved(axis, -step), moved(axis, step)]);
  const choices = space.knobs.flatMap((knob, i) => {
    const at = choiceAt(knob, position[2 + i]);
    const others = [at - 1, at + 1].filter((other) => other >= 0 && other < knob.choices.length);
    return others.map((other) => position.map((value, axis) => (axis === 2 + i ? middle(knob, other) : value)));
  });
  return [...continuous, ...choices];
}

/** Positions of a grid with `size` values on each continuous axis and every choice of the others. */
export function grid(space: Space, size: number): Position[] {
  const even = Array.from({ length: size }, (_, i) => i / Math.max(1, size - 1));
  const axes = [even, even, ...space.knobs.map((knob) => knob.choices.map((_, i) => middle(knob, i)))];
  return axes.reduce<Position[]>((made, axis) => made.flatMap((start) => axis.map((value) => [...start, value])), [[]]);
}

function middle(knob: Knob, choice: number): number {
  return (choice + 0.5) / knob.choices.length;
}

function between({ low, high }: Range, share: number): number {
  return low * (high / low) ** share;
}

function along({ low, high }: Range, value: number): number {
  const inside = Math.min(high, Math.max(low, value));
  return low === high ? 0 : Math.log(inside / low) / Math.log(high / low);
}

function rounded(value: number, { low, high }: Range): number {
  return Math.min(high, Math.max(low, Math.round(Number(value.toPrecision(2)))));
}
