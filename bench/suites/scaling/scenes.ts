/** Devices that differ in one thing only: their size, their CMA area, the mappings of a page. */
import { PTE_SHIFT, startCell } from '../../../sim/index.ts';
import type {
  CellInput,
  DeviceDescription,
  LoadDescription,
  ProcessGroup,
  Region,
  WriteActivity,
  World,
} from '../../../sim/index.ts';
import { standardCell } from '../cells.ts';
import { CPU, NOBODY } from '../parts/device.ts';

const SECOND = 1e9;

/** What the model is told of a cell under stock, seed 1, of so many measured seconds. `set` as on the command line. */
export function cellOf(workload: string, set: readonly string[], seconds: number): CellInput {
  return standardCell(workload, { set, durationNs: seconds * SECOND }).input;
}

/** The cell with processes of `factor` times the pages, writes and scanned pages: all that grows with mapped memory. */
export function ofSize(input: CellInput, factor: number): CellInput {
  const { description } = input;
  const scaledWrites = (writes: WriteActivity) => ({ ...writes, perSecond: writes.perSecond * factor });
  const scaledRegion = (region: Region) => ({
    ...region,
    pages: Math.ceil(region.pages * factor),
    writes: scaledWrites(region.writes),
  });
  const groups = description.load.groups.map((group) => ({
    ...group,
    inheritedWrites: scaledWrites(group.inheritedWrites),
    regions: group.regions.map(scaledRegion),
  }));
  const ksm = { ...description.ksm, pages_to_scan: Math.round(description.ksm.pages_to_scan * factor) };
  return { ...input, description: { ...description, ksm, load: { ...description.load, groups } } };
}

/** Virtual pages of all processes at boot that are populated: what ksmd, fork and exit walk. */
export function mappedPtes({ kernel }: World): number {
  return kernel.frames.mapcount.reduce((sum, mappings) => sum + mappings, 0);
}

/** No process, nothing cached, nobody who acts; one CMA area of `pages` frames at the end of memory. */
export function emptyDevice(areaPages: number): World {
  const { description, ...input } = cellOf('zygote-launch', [], 1);
  const { memory } = description;
  const area = { ...memory.cma[0], first: memory.frames - areaPages, pages: areaPages };
  const emptied = { ...memory, cma: [area], reserved: [], unmovablePages: 0, reclaimablePages: 0 };
  return startCell({ ...input, description: withLoad({ ...description, memory: emptied }, []) });
}

/**
 * alloc_contig_range of `pages` frames at the beginning of the area, and free_contig_range. Throws Error when it fails.
 */
export function allocateAndFree({ kernel, memory }: World, pages: number): void {
  const [{ first }] = memory.memory.options.cma;
  kernel.range.begin(first, first + pages);
  while (!kernel.range.isIdle) kernel.range.step(NOBODY, CPU);
  if (kernel.range.rc !== 0) throw new Error(`alloc_contig_range of ${pages} free pages failed: ${kernel.range.rc}`);
  memory.freeRange(CPU, first, pages);
  memory.drainAllPages();
}

export type Sharing = 'fork' | 'ksm';

export interface SharedPage {
  readonly world: World;
  readonly pfn: number;
}

/** A page that `mappings` processes map: since a fork, or merged by ksmd. Throws Error when it has another number. */
export function sharedPage(mappings: number, how: Sharing): SharedPage {
  const { description, ...input } = cellOf('zygote-launch', [], 1);
  const heap = { ...STILL_REGION, mergeable: how === 'ksm' };
  const parent = { ...STILL_GROUP, name: 'one', regions: [heap] };
  const child = { ...STILL_GROUP, name: 'others', count: mappings - 1 };
  const others =
    how === 'ksm' ? { ...child, regions: [heap] } : { ...child, start: 'fork' as const, parent: 'one', regions: [] };
  const groups = mappings === 1 ? [parent] : [parent, others];
  const world = startCell({ ...input, description: withLoad(description, groups) });
  const [process] = world.processes.all();
  const { tables, vmas, frames } = world.kernel;
  const pfn = tables.get(process.mm, vmas.start[vmas.first[process.mm]]) >> PTE_SHIFT;
  if (frames.mapcount[pfn] !== mappings) throw new Error(`${frames.mapcount[pfn]} mappings, not ${mappings}`);
  return { world, pfn };
}

/** Both reverse walks of a migration, onto the page itself: try_to_unmap and remove_migration_ptes. */
export function walkTwice({ world, pfn }: SharedPage): void {
  const { ksmRmap, frames } = world.kernel;
  const { mapcount } = frames;
  const before = mapcount[pfn];
  ksmRmap.tryToUnmap(pfn);
  if (mapcount[pfn] !== 0) throw new Error(`${mapcount[pfn]} mappings of frame ${pfn} were not found`);
  ksmRmap.removeMigrationPtes(pfn, pfn);
  if (mapcount[pfn] !== before) throw new Error(`${mapcount[pfn]} mappings of frame ${pfn} came back, not ${before}`);
}

const NO_WRITES: WriteActivity = { perSecond: 0, hotPages: 1, hotWrites: 1, remerge: 0 };

/** One page of a content that all such pages have. */
const STILL_REGION: Region = {
  name: 'heap',
  kind: 'anon',
  pages: 1,
  populated: 1,
  mergeable: false,
  file: null,
  contents: { zero: 0, pools: [{ pool: 'one', contents: 1, share: 1 }] },
  writes: NO_WRITES,
};

const STILL_GROUP: ProcessGroup = {
  name: '',
  count: 1,
  start: 'exec',
  parent: null,
  oomScoreAdj: 0,
  rewriteInherited: 0,
  inheritedWrites: NO_WRITES,
  regions: [],
};

function withLoad(description: DeviceDescription, groups: readonly ProcessGroup[]): DeviceDescription {
  const pageCache = { pages: 0, buffers: 0, readsPerSecond: 0, dirtiesPerSecond: 0, dirtyNs: 0 };
  const load: LoadDescription = { groups, spawners: [], cmaClients: [], pins: [], pageCache, contentEpochNs: 0 };
  return { ...description, load };
}
