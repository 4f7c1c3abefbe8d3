/** A device small enough to be audited often: for tests only. */
import { SECOND } from '../clock/units.ts';
import type {
  CellInput,
  CmaClient,
  CostProfile,
  DeviceDescription,
  KernelProfile,
  LoadDescription,
  ProcessGroup,
  Region,
  ReplayedEnd,
  ReplayedRequest,
  ReplayedSetting,
  ReplayedStart,
  ReplayEvent,
  Spawner,
  WriteActivity,
} from '../description.ts';

export const NO_WRITES: WriteActivity = { perSecond: 0, hotPages: 1, hotWrites: 1, remerge: 0 };

export const COSTS: CostProfile = {
  name: 'test',
  ksmdWake: 20_000,
  visitLinked: 1500,
  visitBase: 3500,
  visitHole: 300,
  checksum: 20_000,
  treeStep: 200,
  pageCompare: 6000,
  mergeOne: 25_000,
  rmapItem: 1000,
  forkBase: 600_000,
  forkVma: 3000,
  forkPte: 200,
  execBase: 3_000_000,
  exitBase: 400_000,
  exitPte: 200,
  faultAnon: 6000,
  faultFile: 3000,
  faultCow: 9000,
  faultReuse: 2000,
  write: 100,
  syscall: 2000,
  migrateBase: 40_000,
  migrateCopy: 7000,
  rmapVma: 10_000,
  isolateFrame: 300,
  testFrame: 100,
  discardPage: 2700,
  lruAddDrainAll: 3_000_000,
  drainAllPages: 50_000,
  cmaBase: 20_000,
  contigBase: 50_000,
  wakeup: 50_000,
  reclaimPage: 2700,
  fileRead: 500_000,
  writeback: 2_000_000,
};

export function region(name: string, pages: number, changes: Partial<Region> = {}): Region {
  return {
    name,
    kind: 'anon',
    pages,
    populated: 1,
    mergeable: true,
    file: null,
    contents: { zero: 0.05, pools: [{ pool: 'common', contents: 40, share: 0.5 }] },
    writes: NO_WRITES,
    ...changes,
  };
}

export function group(name: string, regions: readonly Region[], changes: Partial<ProcessGroup> = {}): ProcessGroup {
  return {
    name,
    count: 1,
    start: 'exec',
    parent: null,
    oomScoreAdj: -1000,
    rewriteInherited: 0,
    inheritedWrites: NO_WRITES,
    regions,
    ...changes,
  };
}

export function spawner(name: string, changes: Partial<Spawner>): Spawner {
  return {
    name,
    group: name,
    perSecond: 2,
    startupNs: SECOND / 10,
    lifeNs: null,
    lifeKind: 'exponential',
    maxLive: 4,
    grandchildren: 0,
    ...changes,
  };
}

export function client(name: string, changes: Partial<CmaClient> = {}): CmaClient {
  return {
    name,
    area: 'default',
    sizes: [{ pages: 64, weight: 1 }],
    alignOrder: null,
    perSecond: 5,
    periodic: false,
    buffers: 1,
    holdNs: SECOND / 20,
    startNs: 0,
    ...changes,
  };
}

/** An event that starts a process, at `at` ns of measured time. */
export function started(at: number, group: string, changes: Partial<ReplayedStart> = {}): ReplayedStart {
  return { at, action: 'start', group, from: null, name: null, startupNs: 0, ...changes };
}

/** An event that ends the process of that name, or the oldest unnamed one of that group. */
export function ended(
  at: number,
  process: ReplayedEnd['process'],
  action: ReplayedEnd['action'] = 'exit',
): ReplayedEnd {
  return { at, action, process };
}

export function requested(at: number, changes: Partial<ReplayedRequest> = {}): ReplayedRequest {
  return { at, action: 'cma', client: 'camera', area: 'default', pages: 64, alignOrder: null, holdNs: 0, ...changes };
}

export function written(at: number, changes: Partial<ReplayedSetting>): ReplayedSetting {
  return { at, action: 'ksm', run: null, pages_to_scan: null, sleep_millisecs: null, ...changes };
}

/** A zygote, its apps and their jobs, and servers, small ones of each; nobody but `events` starts or ends any. */
export function replayOf(events: readonly ReplayEvent[], changes: Partial<LoadDescription> = {}): LoadDescription {
  return {
    ...IDLE,
    groups: [
      group('zygote', [
        region('heap', 120),
        region('code', 60, { kind: 'shared-file', file: 'code', mergeable: false }),
      ]),
      group('app', [region('own', 40, { writes: { perSecond: 30, hotPages: 0.2, hotWrites: 0.9, remerge: 0.4 } })], {
        start: 'fork',
        parent: 'zygote',
        rewriteInherited: 0.2,
      }),
      group('job', [region('own', 10)], { count: 0, start: 'fork', parent: 'app', rewriteInherited: 0.1 }),
      group('server', [region('heap', 50)], { count: 0 }),
    ],
    events,
    ...changes,
  };
}

/** A device on which one process stands idle. */
export const IDLE: LoadDescription = {
  groups: [group('init', [region('heap', 50)])],
  spawners: [],
  cmaClients: [],
  pins: [],
  pageCache: { pages: 100, buffers: 0, readsPerSecond: 0, dirtiesPerSecond: 0, dirtyNs: 0 },
  contentEpochNs: 0,
};

/** A zygote with forked apps, servers of their own, and everything else that can act. */
export const BUSY: LoadDescription = {
  groups: [
    group('zygote', [
      region('heap', 300, { writes: { perSecond: 20, hotPages: 0.3, hotWrites: 0.8, remerge: 0.3 } }),
      region('boot-art', 80, { kind: 'private-file', file: 'boot.art', populated: 0.4 }),
      region('framework', 400, { kind: 'shared-file', file: 'framework', populated: 0.5, mergeable: false }),
    ]),
    group(
      'app',
      [region('own', 120, { populated: 0.7, writes: { perSecond: 30, hotPages: 0.2, hotWrites: 0.9, remerge: 0.4 } })],
      {
        count: 3,
        start: 'fork',
        parent: 'zygote',
        oomScoreAdj: 529,
        rewriteInherited: 0.1,
        inheritedWrites: { perSecond: 15, hotPages: 0.2, hotWrites: 0.9, remerge: 0.5 },
      },
    ),
    group('server', [region('heap', 200, { writes: { perSecond: 50, hotPages: 1, hotWrites: 1, remerge: 0.2 } })], {
      count: 2,
    }),
  ],
  spawners: [
    spawner('app', { perSecond: 3, maxLive: 5, lifeNs: SECOND, grandchildren: 0.4 }),
    spawner('servers', { group: 'server', perSecond: 1, maxLive: 3 }),
  ],
  cmaClients: [
    client('camera', { buffers: 2 }),
    client('whole', { sizes: [{ pages: 1024, weight: 1 }], perSecond: 1, periodic: true }),
  ],
  pins: [
    { name: 'gup', perSecond: 20, pages: 3, holdNs: SECOND / 50, target: 'anon' },
    { name: 'file-gup', perSecond: 10, pages: 2, holdNs: SECOND / 50, target: 'file' },
  ],
  pageCache: { pages: 600, buffers: 0.3, readsPerSecond: 100, dirtiesPerSecond: 100, dirtyNs: SECOND / 10 },
  contentEpochNs: SECOND / 2,
};

export const VENDOR: KernelProfile = {
  name: 'test',
  about: 'vendor tree',
  cmaFirstForAnon: true,
  pageCacheOutsideCma: true,
  cmaFreeBypassesPcp: true,
  migrationFaultDelayNs: 10_000_000,
  cmaRetries: 1,
  cmaRetrySleepNs: 20_000_000,
  cmaBitmapFirst: true,
};

/** The same device with the allocation paths of mainline. */
export const MAINLINE: KernelProfile = {
  ...VENDOR,
  cmaFirstForAnon: false,
  pageCacheOutsideCma: false,
  cmaFreeBypassesPcp: false,
  migrationFaultDelayNs: 0,
  cmaRetries: 0,
  cmaBitmapFirst: false,
};

/** 32 MB in all, 2 CPUs, one CMA area of two pageblocks. */
export function device(load: LoadDescription, changes: Partial<DeviceDescription> = {}): DeviceDescription {
  return {
    device: 'test',
    cpus: 2,
    hz: 100,
    memory: {
      frames: 8192,
      reserved: [{ name: 'firmware', first: 0, pages: 512 }],
      cma: [{ name: 'default', first: 4096, pages: 2048, isDefault: true }],
      unmovablePages: 300,
      reclaimablePages: 100,
      minFreeKbytes: 400,
      extraFreeKbytes: 400,
      lowmemorykiller: { adj: [0, 529], minfree: [50, 200] },
    },
    kernel: VENDOR,
    costs: COSTS,
    ksm: { run: 1, pages_to_scan: 100, sleep_millisecs: 20, checksum_bits: 32 },
    load,
    settleScans: 2,
    warmupNs: SECOND / 2,
    durationNs: 4 * SECOND,
    ...changes,
  };
}

export function cell(description: DeviceDescription, changes: Partial<CellInput> = {}): CellInput {
  return { description, strategies: ['stock'], seed: 1, auditEveryNs: 0, ...changes };
}
