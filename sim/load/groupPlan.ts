/** What all processes of a group have in common, worked out once: where they write, and what they do while starting. */
import type { WriteActivity } from '../description.ts';
import type { Contents } from './contents.ts';
import type { GroupLayout, PlacedRegion } from './layout.ts';
import { MixDraw, WriteTarget } from './writeTarget.ts';

/** A region and its draws of contents. */
export interface Mixed {
  readonly placed: PlacedRegion;
  readonly mix: MixDraw;
}

export interface GroupPlan {
  readonly layout: GroupLayout;
  /** Sets of regions written later on, with a rate above 0. */
  readonly targets: readonly WriteTarget[];
  readonly rates: readonly number[];
  /** Sum of the rates, writes per second and process. */
  readonly rate: number;
  /** Private pages that were inherited, null when there are none. */
  readonly inherited: WriteTarget | null;
  /** Inherited pages rewritten at the start. */
  readonly rewrites: number;
  /** Inherited shared mappings, whose pages the process touches again: fork does not copy their ptes. */
  readonly inheritedShared: readonly PlacedRegion[];
  /** All populated private pages, null when there are none. */
  readonly privatePages: WriteTarget | null;
  readonly own: readonly Mixed[];
  /** Page accesses while starting. */
  readonly startAccesses: number;
}

export function planGroup(layout: GroupLayout, contents: Contents): GroupPlan {
  const { group } = layout;
  const withMix = (placed: PlacedRegion): Mixed => ({ placed, mix: new MixDraw(placed.region.contents, contents) });
  const own = layout.own.map(withMix);
  const targets: WriteTarget[] = [];
  for (const { placed, mix } of own) {
    const { writes, kind } = placed.region;
    if (kind === 'shared-file' || placed.populated === 0 || writes.perSecond === 0) continue;
    targets.push(new WriteTarget([placed], [mix], writes));
  }
  const inheritedPrivate = layout.inherited.filter(isPopulatedPrivate).map(withMix);
  const inherited = target(inheritedPrivate, group.inheritedWrites);
  if (inherited !== null && inherited.rate > 0) targets.push(inherited);
  const rates = targets.map((target) => target.rate);
  const rewrites = inherited === null ? 0 : Math.round(group.rewriteInherited * inherited.total);
  const all = [...inheritedPrivate, ...own.filter(({ placed }) => isPopulatedPrivate(placed))];
  const inheritedShared = layout.inherited.filter((placed) => placed.region.kind === 'shared-file');
  return {
    layout,
    targets,
    rates,
    rate: rates.reduce((sum, rate) => sum + rate, 0),
    inherited,
    rewrites,
    inheritedShared,
    privatePages: target(all, group.inheritedWrites),
    own,
    startAccesses: rewrites + populated(inheritedShared) + populated(layout.own),
  };
}

function target(regions: readonly Mixed[], activity: WriteActivity): WriteTarget | null {
  if (regions.length === 0) return null;
  return new WriteTarget(
    regions.map(({ placed }) => placed),
    regions.map(({ mix }) => mix),
    activity,
  );
}

function isPopulatedPrivate(placed: PlacedRegion): boolean {
  return placed.region.kind !== 'shared-file' && placed.populated > 0;
}

function populated(regions: readonly PlacedRegion[]): number {
  return regions.reduce((sum, placed) => sum + placed.populated, 0);
}
