/** KSM: its settings, and what its counters say about contents and writes. */
import { LIMITS } from '../../plan/limits.ts';
import { sourceOf, type ValueSource } from '../draft.ts';
import type { Context } from './context.ts';
import { mergeablePages, type GroupPlan } from './groupPlan.ts';
import type { View } from './view.ts';

export function deriveKsm(context: Context): void {
  setting(context, 'run', 0, 2, context.base.device.ksm.run);
  setting(context, 'pages_to_scan', 1, LIMITS.pagesToScan, context.base.device.ksm.pages_to_scan);
  setting(context, 'sleep_millisecs', 0, LIMITS.sleepMillisecs, context.base.device.ksm.sleep_millisecs);
}

function setting({ base, draft, view }: Context, name: string, least: number, most: number, otherwise: number): void {
  const reading = view.ksm.get(name);
  if (reading === undefined) {
    draft.guess(['ksm', name], String(otherwise), `device ${base.name} has it`);
    return;
  }
  const value = Math.min(most, Math.max(least, reading.value));
  if (value !== reading.value)
    draft.notes.push(
      `ksm.${name}: ${reading.value} of the device is taken as ${value}; the model takes ${least} to ${most}`,
    );
  draft.set(['ksm', name], String(value), sourceOf(reading.place, name));
}

/** Contents and writes of mergeable memory as the counters have them. */
export interface Merging {
  /** Contents that several pages have, and the share of the pages that have one of them. */
  readonly contents: number;
  readonly share: number;
  /** Share of the pages that changes between two visits. */
  readonly hotPages: number;
  readonly source: ValueSource;
  readonly hotSource: ValueSource;
}

/**
 * What pool of contents, drawn from evenly, gives that many pages_shared and pages_sharing; null without counters.
 *
 * With K contents and N = K * x draws, K * (1 - e^-x - x * e^-x) contents are drawn at least twice (pages_shared), and
 * K * (x - x * e^-x) draws fell on those (pages_shared + pages_sharing). The counters count rmap_items; what only a
 * fork shares is counted once for each process, so they are brought down to frames by the items a frame has in the
 * population.
 */
export function mergingOf(view: View, groups: readonly GroupPlan[]): Merging | null {
  const [shared, sharing, unshared, volatile] = [
    'pages_shared',
    'pages_sharing',
    'pages_unshared',
    'pages_volatile',
  ].map((name) => view.ksm.get(name));
  if (shared === undefined || sharing === undefined || unshared === undefined || volatile === undefined) return null;
  const items = shared.value + sharing.value + unshared.value + volatile.value;
  if (items === 0 || shared.value === 0) return null;
  const modelled = mergeablePages(groups);
  // ksmd may not have been everywhere yet: then there are fewer items than the population will get.
  const framesPerItem =
    modelled.items === 0 ? 1 : Math.min(1, Math.max(modelled.frames / modelled.items, modelled.frames / items));
  const merged = Math.max(2 * shared.value, (shared.value + sharing.value) * framesPerItem);
  const x = drawsPerContent(merged / shared.value);
  const even = shared.value / (1 - Math.exp(-x) - x * Math.exp(-x));
  const frames = Math.max(items * framesPerItem, 1);
  // More draws than there are pages: contents are not drawn evenly. Then each shared content is one of the pool.
  const isEven = even * x <= Math.min(frames, merged + unshared.value * framesPerItem);
  const contents = isEven ? even : shared.value;
  const share = Math.min(1, (isEven ? even * x : merged) / frames);
  // Of the items of a page that only fork shares, one is unshared and the others are volatile.
  const byFork = (1 - share) * items * (1 - framesPerItem);
  const hotPages = Math.min(1, Math.max(0, volatile.value - byFork) / frames);
  return {
    contents: Math.min(LIMITS.poolContents, Math.max(1, Math.round(contents))),
    share,
    hotPages,
    source: sourceOf(
      sharing.place,
      `pages_shared ${shared.value}, pages_sharing ${sharing.value} of ${items} rmap_items`,
    ),
    hotSource: sourceOf(volatile.place, `pages_volatile ${volatile.value} of ${items} rmap_items`),
  };
}

/** x with x * (1 - e^-x) / (1 - e^-x - x * e^-x) = ratio: 2 at 0, then growing. */
function drawsPerContent(ratio: number): number {
  let [low, high] = [0.01, 1e6];
  for (let step = 0; step < 100; step++) {
    const x = (low + high) / 2;
    const e = Math.exp(-x);
    if ((x * (1 - e)) / (1 - e - x * e) < ratio) low = x;
    else high = x;
  }
  return (low + high) / 2;
}
