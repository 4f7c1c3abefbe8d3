/**
 * The schema of a workload file merged over its device file: every key, its unit, its range, what it means and, when it
 * may be left out, what it then is. docs/reference/workload-file.md and workloads/schema are made of it.
 */
import { eventSchema } from './eventSchema.ts';
import { LIMITS } from './limits.ts';
import { programSchema, type ProgramFile } from './programSchema.ts';
import { list, named, object, optional, required, saidNothing, type Field, type Schema } from './schema.ts';
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

/** The kernel of a device that names none. */
export const DEFAULT_KERNEL = 'msm-3.10.49';

const anyPages = { min: 0, max: LIMITS.frames };
const somePages = { min: 1, max: LIMITS.frames };
const anyRate = { min: 0, max: LIMITS.rate };
const anyTime = { min: 0, max: LIMITS.durationNs };
const sentence = text('one sentence', LIMITS.textLength);

const names = <T>(what: string, value: Schema<T>, most: number) => named(what, value, most, LIMITS.nameLength);

const PLACED = 'from where on, in pages of memory or a size from its start';
const placed = (): Field<number | null> => optional(orNone(size(anyPages)), null, PLACED, 'placed');

const span = object({
  size: required(size(somePages), 'how much is carved out'),
  at: placed(),
});

const cmaArea = object({
  size: required(size(somePages), 'of the area; a multiple of 4 MB'),
  at: placed(),
  default: optional(
    boolean(),
    false,
    'the area of requests that name none (dma_contiguous_default_area); exactly one is it',
  ),
});

const level = object({
  adj: required(integer({ min: -1000, max: 1000 }), 'kill from this oom_score_adj up ...'),
  minfree: required(size(anyPages), '... when free and file pages are both below this'),
});

export const memory = object({
  size: required(size({ min: 4096, max: LIMITS.frames }), 'all page frames of the board; a multiple of 4 MB'),
  reserved: optional(names('carve-out', span, 64), [], 'a carve-out, never given to the page allocator'),
  cma: required(names('CMA area', cmaArea, 16), 'a CMA area'),
  unmovable: required(
    size(anyPages),
    'kernel pages taken at boot that stay: slab, page tables, stacks, drivers; they must fit outside CMA',
  ),
  reclaimable: required(size(anyPages), 'reclaimable slab pages taken at boot'),
  min_free: required(size(anyPages), '/proc/sys/vm/min_free_kbytes'),
  extra_free: required(size(anyPages), '/proc/sys/vm/extra_free_kbytes of Android kernels'),
  lowmemorykiller: optional(list(level, 0, 6), [], 'levels of the lowmemorykiller'),
});

/** A file that not every kernel has; null when nothing is said of it. */
const laterFile = (min: number, max: number, about: string, otherwise: string) =>
  optional<number | null>(integer({ min, max }), null, about, otherwise);

export const ksm = object({
  run: optional(oneOfNumbers([0, 1, 2]), 1, '/sys/kernel/mm/ksm/run'),
  pages_to_scan: optional(integer({ min: 1, max: LIMITS.pagesToScan }), 100, 'pages per wake-up of ksmd'),
  sleep_millisecs: optional(
    integer({ min: 0, max: LIMITS.sleepMillisecs }),
    20,
    "sleep between wake-ups, milliseconds (the kernel's own unit, hence no suffix)",
  ),
  checksum_bits: optional(
    integer({ min: 1, max: 32 }),
    32,
    'bits of the modelled checksum; fewer bits make distinct contents collide',
  ),
  // max_page_sharing_store: an int, -EINVAL below 2, since two mappings share a KSM page when it is made.
  max_page_sharing: laterFile(
    2,
    LIMITS.maxPageSharing,
    'rmap_items of a stable_node, from which on equal pages get another one; a kernel without a limit does not have the file, and there is no 0 or `none`. Read by the kernel `linux-6.1` and the strategy `max-page-sharing` (Linux 4.13)',
    '256',
  ),
  // advisor_target_scan_time_store: -EINVAL below 1. The others take any number; with 0 pages ksmd would stand still.
  advisor_target_scan_time: laterFile(
    1,
    LIMITS.scanTimeSeconds,
    "seconds (the kernel's own unit, hence no suffix) that a full scan should take. Read, as the next three, by the strategy `scan-time-advisor` (Linux 6.8)",
    '200',
  ),
  advisor_min_pages_to_scan: laterFile(1, LIMITS.pagesToScan, 'pages per wake-up that the advisor begins with', '500'),
  advisor_max_pages_to_scan: laterFile(1, LIMITS.pagesToScan, 'pages per wake-up, at most', '30000'),
  advisor_max_cpu: laterFile(
    1,
    100,
    'per cent of one CPU that ksmd may take; below 10 it is 10, of which the kernel has no file',
    '70',
  ),
});

export const writes = object({
  rate: required(rate(anyRate), 'page writes per process, Poisson'),
  hot_pages: optional(share(), 1, 'this share of the populated pages is hot ...'),
  hot_writes: optional(share(), 1, '... and receives this share of the writes'),
  remerge: optional(share(), 0, "probability that a write gives the page a content of the region's pools"),
});
const quiet = { rate: 0, hot_pages: 1, hot_writes: 1, remerge: 0 };

const pool = object({
  contents: required(integer({ min: 1, max: LIMITS.poolContents }), 'how many contents there are in the pool'),
  share: required(share(), 'share of the pages drawn from it'),
});
const contents = object({
  zero: optional(share(), 0, 'share of zero-filled pages'),
  pools: optional(
    names('pool', pool, 16),
    [],
    'a pool of contents, which other regions with the same pool draw from too',
  ),
});

export const region = object({
  kind: required(word(['anon', 'private-file', 'shared-file']), 'what is mapped'),
  size: required(size({ min: 1, max: LIMITS.processPages }), 'virtual size'),
  populated: optional(
    share(),
    1,
    'share of the pages that is written (`anon`), copied on write (`private-file`) or read (`shared-file`)',
  ),
  mergeable: optional(boolean(), false, 'madvise(MADV_MERGEABLE) right after mmap; not for `shared-file`'),
  file: optional(
    orNone(reference('a file')),
    null,
    'file of the file kinds; processes that name the same file share its page cache',
  ),
  contents: optional(
    contents,
    saidNothing(contents),
    'contents of its pages; the shares add up to at most 1',
    'all different',
  ),
  writes: optional(writes, quiet, 'how the process writes to the region; not for `shared-file`', 'no writes'),
});

export const group = object({
  count: required(integer({ min: 0, max: LIMITS.processes }), 'processes at boot'),
  start: required(
    word(['exec', 'fork']),
    '`exec`: memory of its own; `fork`: forked from the first process of `parent`, without exec',
  ),
  parent: optional(
    orNone(reference('a group')),
    null,
    'group to fork from; required for `fork`, refused for `exec`; no circles',
  ),
  oom_score_adj: required(integer({ min: -1000, max: 1000 }), '/proc/PID/oom_score_adj'),
  rewrite_inherited: optional(
    share(),
    0,
    'share of the inherited private pages that a new process rewrites while starting',
  ),
  inherited_writes: optional(
    writes,
    quiet,
    'how inherited regions are written later, in total per process',
    'no writes',
  ),
  madvise_inherited: optional(
    boolean(),
    false,
    'a new process first asks for madvise(MADV_MERGEABLE) on each inherited private region; only with `fork`',
  ),
  regions: required(names('region', region, LIMITS.regionsPerGroup), 'its mappings; `{}` when all are inherited'),
});

export const spawner = object({
  group: required(reference('a group'), 'group to start a process of; its `count` are started at boot'),
  rate: required(rate(anyRate), 'starts, Poisson'),
  startup: required(duration(anyTime), 'time a new process takes for populating and rewriting'),
  life: required(
    orNone(duration({ min: 1, max: LIMITS.durationNs })),
    'life of a process, or `none`: until too many live, or lowmemorykiller',
  ),
  life_kind: optional(word(['fixed', 'exponential']), 'exponential', '`fixed`, or `exponential` with `life` as mean'),
  max_live: required(
    integer({ min: 1, max: LIMITS.processes }),
    'most live processes of the group; the oldest is killed when one more starts',
  ),
  grandchildren: optional(
    share(),
    0,
    'share of the processes that fork a child after a quarter of their life and exit at once; needs a `life`',
  ),
});

const request = object({
  size: required(size(somePages), 'of a request; no larger than the area'),
  weight: optional(weight(), 1, 'how often it is drawn, against the others'),
});

export const cmaClient = object({
  area: required(reference('a CMA area'), 'CMA area'),
  sizes: required(list(request, 1, LIMITS.clientSizes), 'each request draws one'),
  align_order: optional(
    orNone(integer({ min: 0, max: 10 })),
    null,
    'order of the alignment; `none`: get_order(size), as dma_alloc_from_contiguous gets it',
  ),
  rate: required(rate(anyRate), 'rounds, Poisson'),
  periodic: optional(boolean(), false, 'rounds at equal distances instead'),
  buffers: optional(
    integer({ min: 1, max: LIMITS.buffers }),
    1,
    'requests in one round, one after the other; all are held together',
  ),
  hold: required(duration(anyTime), 'time the buffers are held'),
  start: optional(duration(anyTime), 0, 'no round before this time of the measured span'),
});

export const pin = object({
  rate: required(rate(anyRate), 'how often, Poisson'),
  size: required(size({ min: 1, max: 1024 }), 'pages pinned at once'),
  hold: required(duration(anyTime), 'mean of an exponential hold time'),
  target: required(word(['anon', 'file']), 'which pages'),
});

export const pageCache = object({
  size: required(size(anyPages), 'clean page-cache pages at the start, besides those of mapped files'),
  buffers: optional(share(), 0, 'share with buffer heads attached'),
  reads: optional(rate(anyRate), 0, 'new pages read'),
  dirties: optional(rate(anyRate), 0, 'pages dirtied'),
  dirty_time: optional(duration(anyTime), 0, 'time a dirty page waits before its writeback starts'),
});

/** Keys that choose which other files are read; they are looked at before merging. */
export const choiceFields = {
  device: required(reference('a device'), 'built-in device, or the path of a device file, relative to this file'),
  kernel: required(
    reference('a kernel'),
    'built-in kernel profile, or a path',
    `the device's, else \`${DEFAULT_KERNEL}\``,
  ),
  costs: required(reference('a cost profile'), 'built-in cost profile, or a path'),
  population: optional(
    word(['device', 'own']),
    'device',
    '`device`: groups add to those of the device; `own`: only the groups of this file',
  ),
} as const;

/** Keys only a workload has; a device file with one of them is refused. */
export const WORKLOAD_ONLY: readonly string[] = [
  'device',
  'population',
  'spawners',
  'cma_clients',
  'events',
  'program',
  'settle_scans',
  'warm_up',
  'duration',
  'seeds',
];

/** Keys of the top level. */
export const workloadFields = {
  about: required(sentence, 'one sentence: what the workload stands for'),
  ...choiceFields,
  cpus: required(integer({ min: 1, max: LIMITS.cpus }), 'CPUs'),
  hz: required(oneOfNumbers([100, 250, 300, 1000]), 'CONFIG_HZ; sleeps are rounded to jiffies'),
  memory: required(memory, 'the memory of the device'),
  ksm: optional(ksm, saidNothing(ksm), 'settings of ksmd', "the kernel's"),
  groups: required(names('group', group, LIMITS.groups), 'processes of one kind'),
  spawners: optional(names('spawner', spawner, LIMITS.clients), [], 'something that keeps starting processes'),
  cma_clients: optional(names('CMA client', cmaClient, LIMITS.clients), [], 'a driver that asks for contiguous memory'),
  pins: optional(
    names('pin holder', pin, LIMITS.clients),
    [],
    'somebody who holds an extra reference (get_user_pages)',
  ),
  events: optional(list(eventSchema, 0, LIMITS.events), [], 'a recording that is replayed'),
  page_cache: required(pageCache, 'the page cache'),
  program: optional<ProgramFile | null>(
    programSchema,
    null,
    'the recorded test program, which runs instead of all load',
    'no program',
  ),
  content_epoch: optional(
    duration(anyTime),
    0,
    'a rewritten pool page takes the content of the current epoch of this length; 0 s: contents never change',
  ),
  settle_scans: optional(
    integer({ min: 0, max: LIMITS.settleScans }),
    3,
    'full scans of ksmd at boot, outside simulated time',
  ),
  warm_up: optional(duration({ min: 0, max: LIMITS.durationNs }), 10e9, 'simulated time before measuring starts'),
  duration: optional(duration({ min: 1e6, max: LIMITS.durationNs }), 120e9, 'measured time'),
  seeds: optional(integer({ min: 1, max: LIMITS.seeds }), 5, 'seeds when the command line says nothing'),
};

export const workloadSchema = object(workloadFields);

/** A workload file as read: file units already turned into pages, ns and events per second. */
export type WorkloadFile = NonNullable<ReturnType<typeof workloadSchema.read>>;
export type KsmFile = WorkloadFile['ksm'];
export type GroupFile = WorkloadFile['groups'][number]['value'];
export type RegionFile = GroupFile['regions'][number]['value'];
