/**
 * The schema of a workload file merged over its device file: every key, its unit, its range and, when it may be left
 * out, what it then is.
 */
import { eventSchema } from './eventSchema.ts';
import { LIMITS } from './limits.ts';
import { programSchema, type ProgramFile } from './programSchema.ts';
import { list, named, object, optional, required, type Schema } from './schema.ts';
import {
  boolean,
  duration,
  integer,
  oneOfNumbers,
  orNone,
  rate,
  reference,
  share,
  size,
  text,
  weight,
  word,
} from './scalars.ts';

const anyPages = { min: 0, max: LIMITS.frames };
const somePages = { min: 1, max: LIMITS.frames };
const anyRate = { min: 0, max: LIMITS.rate };
const anyTime = { min: 0, max: LIMITS.durationNs };
const sentence = text('one sentence', LIMITS.textLength);

const names = <T>(what: string, value: Schema<T>, most: number) => named(what, value, most, LIMITS.nameLength);

const span = object({ size: required(size(somePages)), at: optional(orNone(size(anyPages)), null) });

const cmaArea = object({
  size: required(size(somePages)),
  at: optional(orNone(size(anyPages)), null),
  default: optional(boolean(), false),
});

const memory = object({
  size: required(size({ min: 4096, max: LIMITS.frames })),
  reserved: optional(names('carve-out', span, 64), []),
  cma: required(names('CMA area', cmaArea, 16)),
  unmovable: required(size(anyPages)),
  reclaimable: required(size(anyPages)),
  min_free: required(size(anyPages)),
  extra_free: required(size(anyPages)),
  lowmemorykiller: optional(
    list(object({ adj: required(integer({ min: -1000, max: 1000 })), minfree: required(size(anyPages)) }), 0, 6),
    [],
  ),
});

/** A file that not every kernel has; null when nothing is said of it. */
const laterFile = (min: number, max: number) => optional<number | null>(integer({ min, max }), null);

const ksm = object({
  run: optional(oneOfNumbers([0, 1, 2]), 1),
  pages_to_scan: optional(integer({ min: 1, max: LIMITS.pagesToScan }), 100),
  sleep_millisecs: optional(integer({ min: 0, max: LIMITS.sleepMillisecs }), 20),
  checksum_bits: optional(integer({ min: 1, max: 32 }), 32),
  // max_page_sharing_store: an int, -EINVAL below 2, since two mappings share a KSM page when it is made.
  max_page_sharing: laterFile(2, LIMITS.maxPageSharing),
  // advisor_target_scan_time_store: -EINVAL below 1. The others take any number; with 0 pages ksmd would stand still.
  advisor_target_scan_time: laterFile(1, LIMITS.scanTimeSeconds),
  advisor_min_pages_to_scan: laterFile(1, LIMITS.pagesToScan),
  advisor_max_pages_to_scan: laterFile(1, LIMITS.pagesToScan),
  advisor_max_cpu: laterFile(1, 100),
});
const usualKsm = {
  run: 1,
  pages_to_scan: 100,
  sleep_millisecs: 20,
  checksum_bits: 32,
  max_page_sharing: null,
  advisor_target_scan_time: null,
  advisor_min_pages_to_scan: null,
  advisor_max_pages_to_scan: null,
  advisor_max_cpu: null,
} as const;

const writes = object({
  rate: required(rate(anyRate)),
  hot_pages: optional(share(), 1),
  hot_writes: optional(share(), 1),
  remerge: optional(share(), 0),
});
const quiet = { rate: 0, hot_pages: 1, hot_writes: 1, remerge: 0 };

const pool = object({
  contents: required(integer({ min: 1, max: LIMITS.poolContents })),
  share: required(share()),
});
const contents = object({ zero: optional(share(), 0), pools: optional(names('pool', pool, 16), []) });

const region = object({
  kind: required(word(['anon', 'private-file', 'shared-file'])),
  size: required(size({ min: 1, max: LIMITS.processPages })),
  populated: optional(share(), 1),
  mergeable: optional(boolean(), false),
  file: optional(orNone(reference('a file')), null),
  contents: optional(contents, { zero: 0, pools: [] }),
  writes: optional(writes, quiet),
});

const group = object({
  count: required(integer({ min: 0, max: LIMITS.processes })),
  start: required(word(['exec', 'fork'])),
  parent: optional(orNone(reference('a group')), null),
  oom_score_adj: required(integer({ min: -1000, max: 1000 })),
  rewrite_inherited: optional(share(), 0),
  inherited_writes: optional(writes, quiet),
  madvise_inherited: optional(boolean(), false),
  regions: required(names('region', region, LIMITS.regionsPerGroup)),
});

const spawner = object({
  group: required(reference('a group')),
  rate: required(rate(anyRate)),
  startup: required(duration(anyTime)),
  life: required(orNone(duration({ min: 1, max: LIMITS.durationNs }))),
  life_kind: optional(word(['fixed', 'exponential']), 'exponential'),
  max_live: required(integer({ min: 1, max: LIMITS.processes })),
  grandchildren: optional(share(), 0),
});

const cmaClient = object({
  area: required(reference('a CMA area')),
  sizes: required(
    list(object({ size: required(size(somePages)), weight: optional(weight(), 1) }), 1, LIMITS.clientSizes),
  ),
  align_order: optional(orNone(integer({ min: 0, max: 10 })), null),
  rate: required(rate(anyRate)),
  periodic: optional(boolean(), false),
  buffers: optional(integer({ min: 1, max: LIMITS.buffers }), 1),
  hold: required(duration(anyTime)),
  start: optional(duration(anyTime), 0),
});

const pin = object({
  rate: required(rate(anyRate)),
  size: required(size({ min: 1, max: 1024 })),
  hold: required(duration(anyTime)),
  target: required(word(['anon', 'file'])),
});

const pageCache = object({
  size: required(size(anyPages)),
  buffers: optional(share(), 0),
  reads: optional(rate(anyRate), 0),
  dirties: optional(rate(anyRate), 0),
  dirty_time: optional(duration(anyTime), 0),
});

/** Keys that choose which other files are read; they are looked at before merging. */
export const choiceFields = {
  device: required(reference('a device')),
  kernel: required(reference('a kernel')),
  costs: required(reference('a cost profile')),
  population: optional(word(['device', 'own']), 'device'),
} as const;

export const workloadSchema = object({
  about: required(sentence),
  ...choiceFields,
  cpus: required(integer({ min: 1, max: LIMITS.cpus })),
  hz: required(oneOfNumbers([100, 250, 300, 1000])),
  memory: required(memory),
  ksm: optional(ksm, usualKsm),
  groups: required(names('group', group, LIMITS.groups)),
  spawners: optional(names('spawner', spawner, LIMITS.clients), []),
  cma_clients: optional(names('CMA client', cmaClient, LIMITS.clients), []),
  pins: optional(names('pin holder', pin, LIMITS.clients), []),
  events: optional(list(eventSchema, 0, LIMITS.events), []),
  page_cache: required(pageCache),
  program: optional<ProgramFile | null>(programSchema, null),
  content_epoch: optional(duration(anyTime), 0),
  settle_scans: optional(integer({ min: 0, max: LIMITS.settleScans }), 3),
  warm_up: optional(duration({ min: 0, max: LIMITS.durationNs }), 10e9),
  duration: optional(duration({ min: 1e6, max: LIMITS.durationNs }), 120e9),
  seeds: optional(integer({ min: 1, max: LIMITS.seeds }), 5),
});

/** A workload file as read: file units already turned into pages, ns and events per second. */
export type WorkloadFile = NonNullable<ReturnType<typeof workloadSchema.read>>;
export type KsmFile = WorkloadFile['ksm'];
export type GroupFile = WorkloadFile['groups'][number]['value'];
export type RegionFile = GroupFile['regions'][number]['value'];
