/** Sizes that the default CMA area of a device may take. */
import { UsageError } from '../errors.ts';
import type { ResolvedWorkload } from '../plan/types.ts';
import { PAGE_BYTES } from '../plan/units.ts';
import { largestRequest } from './workloads.ts';

/** Pages of a pageblock, 4 MB, which areas are multiples of. */
export const BLOCK = 1024;
/** Assumption: no more of memory than a device would give away; the rest must hold what cannot move. */
const LARGEST_SHARE = 0.25;

/** Pages. */
export interface AreaSizes {
  /** Path of the size in a workload file. */
  readonly path: string;
  readonly now: number;
  /** Holds the largest request. */
  readonly least: number;
  readonly most: number;
}

/** Of the area that is the default one in all of them. Throws UsageError where they have none in common. */
export function sizesFor(workloads: readonly ResolvedWorkload[]): AreaSizes {
  const areas = workloads.map(({ description }) => description.memory.cma.find(({ isDefault }) => isDefault)!);
  const [{ name, pages }] = areas;
  if (areas.some((area) => area.name !== name || area.pages !== pages)) {
    throw new UsageError('these workloads differ in their default CMA area', 'give workloads of one device');
  }
  const largest = Math.max(...workloads.map(({ description }) => largestRequest(description, name)));
  const frames = Math.min(...workloads.map(({ description }) => description.memory.frames));
  return {
    path: `memory.cma.${name}.size`,
    now: pages,
    least: Math.max(BLOCK, Math.ceil(largest / BLOCK) * BLOCK),
    most: Math.max(pages, Math.floor((frames * LARGEST_SHARE) / BLOCK) * BLOCK),
  };
}

/** As a workload file and the kernel's command line have it: `24 MB`. */
export function megabytes(pages: number): string {
  return `${(pages * PAGE_BYTES) / 1024 ** 2} MB`;
}
