/** From file terms to the model's description: plain renaming, and groups in an order in which parents come first. */
import type {
  ContentMix,
  CostProfile,
  DeviceDescription,
  KernelProfile,
  KsmSettings,
  LoadDescription,
  ProcessGroup,
  Region,
  WriteActivity,
} from '../../sim/index.ts';
import { describeEvents } from './eventDescriptions.ts';
import type { Layout } from './layout.ts';
import { describeProgram } from './programSchema.ts';
import { PAGE_KB } from './units.ts';
import type { GroupFile, KsmFile, RegionFile, WorkloadFile } from './workloadSchema.ts';

export interface Parts {
  readonly device: string;
  readonly kernel: KernelProfile;
  readonly costs: CostProfile;
  readonly layout: Layout;
}

/** The full description of a checked file. */
export function describe(file: WorkloadFile, parts: Parts): DeviceDescription {
  const memory = file.memory;
  return {
    device: parts.device,
    cpus: file.cpus,
    hz: file.hz,
    memory: {
      frames: memory.size,
      reserved: parts.layout.reserved,
      cma: parts.layout.cma,
      unmovablePages: memory.unmovable,
      reclaimablePages: memory.reclaimable,
      minFreeKbytes: memory.min_free * PAGE_KB,
      extraFreeKbytes: memory.extra_free * PAGE_KB,
      lowmemorykiller: {
        adj: memory.lowmemorykiller.map((level) => level.adj),
        minfree: memory.lowmemorykiller.map((level) => level.minfree),
      },
    },
    kernel: parts.kernel,
    costs: parts.costs,
    ksm: describeKsm(file.ksm),
    load: describeLoad(file),
    // Absent without one: descriptions, and so the ids of their cells, stay what they were.
    ...(file.program === null ? {} : { program: describeProgram(file.program) }),
    settleScans: file.settle_scans,
    warmupNs: file.warm_up,
    durationNs: file.program === null ? file.duration : 0,
  };
}

/** Files that nothing is said of are left out: descriptions, and so the ids of cells, are those without them. */
function describeKsm({ run, pages_to_scan, sleep_millisecs, checksum_bits, ...later }: KsmFile): KsmSettings {
  const said = Object.entries(later).filter(([, value]) => value !== null);
  return { run, pages_to_scan, sleep_millisecs, checksum_bits, ...Object.fromEntries(said) };
}

function describeLoad(file: WorkloadFile): LoadDescription {
  const cache = file.page_cache;
  const events = describeEvents(file);
  return {
    groups: parentsFirst(file.groups.map(({ name, value }) => describeGroup(name, value))),
    spawners: file.spawners.map(({ name, value }) => ({
      name,
      group: value.group,
      perSecond: value.rate,
      startupNs: value.startup,
      lifeNs: value.life,
      lifeKind: value.life_kind,
      maxLive: value.max_live,
      grandchildren: value.grandchildren,
    })),
    cmaClients: file.cma_clients.map(({ name, value }) => ({
      name,
      area: value.area,
      sizes: value.sizes.map((entry) => ({ pages: entry.size, weight: entry.weight })),
      alignOrder: value.align_order,
      perSecond: value.rate,
      periodic: value.periodic,
      buffers: value.buffers,
      holdNs: value.hold,
      startNs: value.start,
    })),
    pins: file.pins.map(({ name, value }) => ({
      name,
      perSecond: value.rate,
      pages: value.size,
      holdNs: value.hold,
      target: value.target,
    })),
    pageCache: {
      pages: cache.size,
      buffers: cache.buffers,
      readsPerSecond: cache.reads,
      dirtiesPerSecond: cache.dirties,
      dirtyNs: cache.dirty_time,
    },
    contentEpochNs: file.content_epoch,
    // Absent without: descriptions of workloads that replay nothing, and so the ids of their cells, stay what they
    // were.
    ...(events.length > 0 ? { events } : {}),
  };
}

function describeGroup(name: string, group: GroupFile): ProcessGroup {
  return {
    name,
    count: group.count,
    start: group.start,
    parent: group.parent,
    oomScoreAdj: group.oom_score_adj,
    rewriteInherited: group.rewrite_inherited,
    inheritedWrites: describeWrites(group.inherited_writes),
    // Absent when false: descriptions of groups that do not ask for it, and so the ids of their cells, stay what they
    // were.
    ...(group.madvise_inherited ? { madviseInherited: true } : {}),
    regions: group.regions.map((region) => describeRegion(region.name, region.value)),
  };
}

function describeRegion(name: string, region: RegionFile): Region {
  return {
    name,
    kind: region.kind,
    pages: region.size,
    populated: region.populated,
    mergeable: region.mergeable,
    file: region.file,
    contents: describeContents(region.contents),
    writes: describeWrites(region.writes),
  };
}

function describeContents(contents: RegionFile['contents']): ContentMix {
  return { zero: contents.zero, pools: contents.pools.map(({ name, value }) => ({ pool: name, ...value })) };
}

function describeWrites(writes: RegionFile['writes']): WriteActivity {
  return { perSecond: writes.rate, hotPages: writes.hot_pages, hotWrites: writes.hot_writes, remerge: writes.remerge };
}

/** Groups in file order, but every group behind its parent. Unknown parents and cycles were refused before. */
function parentsFirst(groups: readonly ProcessGroup[]): ProcessGroup[] {
  const ordered: ProcessGroup[] = [];
  const visit = (group: ProcessGroup): void => {
    if (ordered.includes(group)) return;
    const parent = groups.find((other) => other.name === group.parent);
    if (parent !== undefined) visit(parent);
    ordered.push(group);
  };
  groups.forEach(visit);
  return ordered;
}
