/**
 * Sizes of all pools of a device, worked out from its description: nothing grows while it runs.
 *
 * Exact where the description bounds a number. Dead address spaces wait for ksmd, which comes to them as soon as it
 * leaves the mm it is in; how many can gather meanwhile is estimated with a wide margin. Strategies that keep items are
 * given one for each visit ksmd can make, up to a limit.
 */
import { SECOND } from '../clock/units.ts';
import type { DeviceDescription, KsmSettings, LoadDescription } from '../description.ts';
import type { Limits } from '../kernel.ts';
import { LEAF_PAGES, VPN_LIMIT } from '../process/pageTables.ts';
import type { Strategy } from '../strategies/strategy.ts';
import type { GroupLayout, Layouts, PlacedRegion } from './layout.ts';
import { countStarts, eventsOf, ksmSettingsOver, mostEndsWithin, replayedAtOnce } from './replayNeeds.ts';

/** Room for the kept items of a strategy, at most. */
export const MAX_KEPT = 1_500_000;
/** Processes between two owners: one being started by each spawner, and grandchildren beside their parents. */
const TRANSIENT = 8;

/** Most memory that a device's tables may take, bytes; and what the entries of its largest pools take, rounded up. */
const MAX_BYTES = 2 ** 31;
const BYTES = { mm: (VPN_LIMIT / LEAF_PAGES + 16) * 4, leaf: LEAF_PAGES * 4, item: 64, vma: 96 } as const;

/** What one process of a group can take at most. */
interface Demand {
  readonly processes: number;
  readonly vmas: number;
  readonly leaves: number;
  /** Pages that ksmd can visit. */
  readonly mergeable: number;
}

/** Processes that can live at once. */
export function mostProcesses(load: LoadDescription, layouts: Layouts): number {
  return mostLiving(demandsOf(load, layouts)) + TRANSIENT;
}

/** Throws RangeError when the pools would take more memory than any machine should give to one device. */
export function limitsOf(description: DeviceDescription, layouts: Layouts, strategies: readonly Strategy[]): Limits {
  const { load } = description;
  const demands = demandsOf(load, layouts);
  const largest = {
    vmas: Math.max(1, ...demands.map((demand) => demand.vmas)),
    leaves: Math.max(1, ...demands.map((demand) => demand.leaves)),
    mergeable: Math.max(1, ...demands.map((demand) => demand.mergeable)),
  };
  const slowsScan = strategies.some((strategy) => strategy.slowsScan === true);
  const dead = deadOnes(description, slowsScan ? Infinity : largest.mergeable);
  const extra = dead + TRANSIENT + 2 * load.spawners.length;
  const live = mostLiving(demands);
  const total = (of: 'vmas' | 'leaves' | 'mergeable') =>
    sum(demands.map((demand) => demand.processes * demand[of])) + extra * largest[of];
  const depth = Math.max(0, ...layouts.groups.map((layout) => layout.depth)) + 1;
  const keepsItems = strategies.some((strategy) => strategy.keepsItems === true);
  const kept = keepsItems ? Math.min(MAX_KEPT, visits(description)) : 0;
  const keptVmas = keepsItems ? starts(description) * largest.vmas : 0;
  const vmas = total('vmas');
  // Own anon_vma and those of all ancestors, which live on in their descendants' chains when the ancestors are dead.
  const chains = vmas * (depth + 1);
  const items = total('mergeable') + 1024;
  const limits = {
    mms: live + extra,
    vmas,
    anonVmas: chains + keptVmas,
    chains,
    leaves: total('leaves'),
    files: layouts.files.length + 1,
    rmapItems: items + kept,
    // A node stays in the tree until a search meets it after its page has gone.
    stableNodes: Math.min(items, 2 * description.memory.frames) + 16384,
    vpnLimit: endOf(layouts),
  };
  refuseTooLarge(limits, dead);
  return limits;
}

/** The first leaf behind all regions: a short top level of each address space stays in the processor's caches. */
function endOf({ groups }: Layouts): number {
  const ends = groups.flatMap(({ own }) => own.map(({ start, region }) => start + region.pages));
  return Math.ceil(Math.max(1, ...ends) / LEAF_PAGES) * LEAF_PAGES;
}

/** Throws RangeError for pools that take too much memory; `dead`: address spaces of dead processes among them. */
export function refuseTooLarge({ mms, leaves, rmapItems, vmas }: Limits, dead: number): void {
  const bytes = mms * BYTES.mm + leaves * BYTES.leaf + rmapItems * BYTES.item + vmas * BYTES.vma;
  if (bytes <= MAX_BYTES) return;
  throw new RangeError(
    `simulating this device would take ${Math.ceil(bytes / 2 ** 20)} MB, at most ${MAX_BYTES / 2 ** 20} MB are allowed: ` +
      `${mms} address spaces, ${dead} of them dead ones that may wait for ksmd; fewer starts, a shorter run or a faster ksmd help`,
  );
}

function demandsOf(load: LoadDescription, layouts: Layouts): Demand[] {
  const replayed = replayedAtOnce(eventsOf(load));
  return layouts.groups.map((layout) => demandOf(layout, load, replayed.get(layout.group.name) ?? 0));
}

function mostLiving(demands: readonly Demand[]): number {
  return sum(demands.map((demand) => demand.processes));
}

function demandOf(layout: GroupLayout, { spawners }: LoadDescription, replayed: number): Demand {
  const own = spawners.filter((spawner) => spawner.group === layout.group.name);
  const regions = [...layout.inherited, ...layout.own];
  const isMergeable = ({ region }: PlacedRegion) => region.mergeable && region.kind !== 'shared-file';
  return {
    processes: Math.max(layout.group.count, ...own.map((spawner) => spawner.maxLive)) + own.length + replayed,
    vmas: regions.length,
    leaves: sum(regions.map(leavesOf)),
    mergeable: sum(regions.filter(isMergeable).map((placed) => placed.populated)),
  };
}

function leavesOf(placed: PlacedRegion): number {
  return Math.min(placed.populated, Math.ceil(placed.region.pages / LEAF_PAGES));
}

/** Processes started in the whole run, with a margin. */
function starts(description: DeviceDescription): number {
  const { load, warmupNs, durationNs } = description;
  const rate = sum(load.spawners.map((spawner) => spawner.perSecond));
  return Math.ceil(1.5 * rate * ((warmupNs + durationNs) / SECOND)) + 64 + countStarts(load);
}

/**
 * Dead address spaces that can gather while ksmd is in one mm, of `largestMm` pages: three times the mean number of
 * deaths, all that a replay has in that time, and some. Those that die while ksmd is stopped wait until it runs again.
 */
function deadOnes(description: DeviceDescription, largestMm: number): number {
  const { load } = description;
  const settings = ksmSettingsOver(description);
  const oneMm = Math.max(...settings.map((ksm) => secondsOfMm(ksm, largestMm)));
  const rate = sum(load.spawners.map((spawner) => spawner.perSecond)) + 1;
  const boot = sum(load.groups.map((group) => group.count));
  const all = starts(description) + boot;
  if (settings.some(({ run }, index) => index > 0 && run === 0)) return all;
  const replayed = mostEndsWithin(eventsOf(load), 3 * oneMm * SECOND);
  return Math.min(Math.ceil(3 * rate * oneMm) + 16 + replayed, all);
}

/** Rounding of a sleep to jiffies, and CPU time of a visit, seconds: more than either takes. */
const MOST_ROUNDING = 0.02;
const MOST_VISIT = 50e-6;

/** How long ksmd takes for one mm, with a wide margin. */
function secondsOfMm(ksm: KsmSettings, pages: number): number {
  const { advisor_min_pages_to_scan: atFirst = Infinity, advisor_max_pages_to_scan: atMost = Infinity } = ksm;
  const batches = Math.ceil(pages / Math.min(ksm.pages_to_scan, atFirst, atMost));
  return batches * (ksm.sleep_millisecs / 1e3 + MOST_ROUNDING + ksm.pages_to_scan * MOST_VISIT);
}

/** Visits that ksmd can make in the whole run. */
function visits(description: DeviceDescription): number {
  const { costs, warmupNs, durationNs } = description;
  const each = ksmSettingsOver(description).map((ksm) => {
    const batchNs = ksm.sleep_millisecs * 1e6 + ksm.pages_to_scan * costs.visitBase + 1;
    return Math.ceil(((warmupNs + durationNs) / batchNs + 1) * ksm.pages_to_scan);
  });
  return Math.max(...each);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
