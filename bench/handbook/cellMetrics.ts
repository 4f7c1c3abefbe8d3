/**
 * Every field of a cell's document, in its order: unit, meaning, and the line of the model or the harness that makes
 * it.
 */
import { metric, type MetricSection } from './metric.ts';

const REDUCE = 'bench/run/reduce.ts';
const OBSERVE = 'sim/load/observe.ts';
const MEASURES = 'sim/load/measures.ts';
const REQUEST = 'sim/load/cmaClient.ts';
const NOTES = 'sim/load/requestNotes.ts';
const ALLOC = 'sim/cma/cmaAlloc.ts';
const LEDGER = 'sim/truth/ledger.ts';
const GAPS = 'sim/truth/gapStatistics.ts';
const OBJECTS = 'sim/ksm/objects.ts';
const KSMD = 'sim/ksm/ksmd.ts';
const ANON_VMAS = 'sim/process/anonVmas.ts';

const LATENCY = [REQUEST, 'latency: now - this.#began'] as const;
const FULL_SCAN = [KSMD, 'this.measures.fullScans.push('] as const;
const WAKE = [KSMD, 'this.measures.wakes.push('] as const;
const CLOSED = [GAPS, 'this.lengths.push('] as const;
const FORK = [MEASURES, 'this.fork.push(latency)'] as const;
const COW = [MEASURES, 'this.cowFault.push(latency)'] as const;
const LATENCY_ABOUT = 'from the call to its return, sleeps and lock waits included, failed attempts too';
const COUNTERS = [
  ['pages_shared', 'pages', '`/sys/kernel/mm/ksm/pages_shared`', 'pages_shared: objects.pagesShared'],
  ['pages_sharing', 'pages', '`/sys/kernel/mm/ksm/pages_sharing`', 'pages_sharing: objects.pagesSharing'],
  ['pages_unshared', 'pages', '`/sys/kernel/mm/ksm/pages_unshared`', 'pages_unshared: objects.pagesUnshared'],
  ['pages_volatile', 'pages', '`/sys/kernel/mm/ksm/pages_volatile`', 'pages_volatile: objects.pagesVolatile'],
  ['full_scans', 'scans', '`/sys/kernel/mm/ksm/full_scans`, since boot', 'full_scans: cursor.seqnr'],
  ['rmapItems', 'items', 'live rmap_items', 'rmapItems: objects.rmapItems + objects.keptItems'],
] as const;
const counters = (at: 'atStart' | 'atEnd', when: string) =>
  COUNTERS.map(([name, unit, about, piece]) => metric(`ksm.${at}.${name}`, unit, `${about}, ${when}`, OBSERVE, piece));

export const CELL_METRICS: readonly MetricSection[] = [
  {
    heading: 'Identity',
    metrics: [
      metric(
        'id',
        '',
        'hash of everything that determines the result: description, strategies, seed, model, plug-ins',
        'bench/plan/plan.ts',
        'update(`${seed}${behind}`)',
      ),
      metric('workload', '', 'name of the workload', REDUCE, 'workload: cell.workload'),
      metric('strategy', '', 'strategies, joined by `+` when several act together', REDUCE, 'strategy: cell.strategy'),
      metric('kernel', '', 'kernel profile it ran with', REDUCE, 'kernel: cell.kernel'),
      metric('device', '', 'device profile it ran with', REDUCE, 'device: cell.device'),
      metric(
        'seed',
        '',
        'seed of all random streams. The same seed gives every strategy the same processes and requests',
        REDUCE,
        'seed: cell.seed',
      ),
      metric(
        'settings.<key>',
        '',
        'knobs by their path in a workload file',
        'bench/plan/resolve.ts',
        'function settingsOf(',
      ),
      metric(
        'plugins[].name',
        '',
        'of each of its strategies that is a plug-in; absent without',
        'bench/run/cell.ts',
        'plugins.map(({ name, hash })',
      ),
      metric(
        'plugins[].hash',
        '',
        'hash of the plug-in as it ran',
        'bench/run/cell.ts',
        'plugins.map(({ name, hash })',
      ),
      metric(
        'deviceSeconds',
        's',
        'measured time; of a recorded program, what its run took',
        OBSERVE,
        'duration: scheduler.now - measures.since',
      ),
      metric(
        'wallSeconds',
        's',
        'wall time of the cell on its thread, next to nothing for one that was not run; in `--json` only, not part of the digest',
        'bench/run/worker.ts',
        'record, wallSeconds: elapsed()',
      ),
    ],
  },
  {
    heading: '`cma`: contiguous allocations',
    metrics: [
      metric(
        'cma.attempts',
        'attempts',
        'calls that returned in the measured time',
        REQUEST,
        'measures.attempts.push(attempt)',
      ),
      metric(
        'cma.failures',
        'attempts',
        'those that returned no memory. Besides the two kinds below, requests of a recorded program that were killed at its `timeout` (-EINTR)',
        REDUCE,
        'failures: count(seen.attempts',
      ),
      metric('cma.latencyUs.mean', 'us', `mean time of an attempt: ${LATENCY_ABOUT}`, ...LATENCY),
      metric('cma.latencyUs.p50', 'us', 'its median', ...LATENCY),
      metric('cma.latencyUs.p90', 'us', 'its 90th percentile', ...LATENCY),
      metric('cma.latencyUs.p99', 'us', 'its 99th percentile', ...LATENCY),
      metric('cma.latencyUs.max', 'us', 'the longest', ...LATENCY),
      metric(
        'cma.errors.EBUSY',
        'attempts',
        'failures because every candidate range held a page that could not be migrated',
        ALLOC,
        'this.errno = ERRNO.busy',
      ),
      metric(
        'cma.errors.ENOMEM',
        'attempts',
        "failures because the area's bitmap had no free range, or no free page was left to migrate to",
        ALLOC,
        'this.errno === 0 ? ERRNO.noMemory',
      ),
      metric(
        'cma.retries.migratePasses',
        'passes',
        'passes of `migrate_pages` after the first, over all attempts (it makes up to ten)',
        'sim/cma/contigRange.ts',
        'this.migratePasses += ',
      ),
      metric(
        'cma.retries.contigTries',
        'calls',
        'calls of `migrate_pages` after the first for a cluster of pages (`__alloc_contig_migrate_range`)',
        'sim/cma/contigRange.ts',
        'this.contigTries++',
      ),
      metric(
        'cma.retries.ranges',
        'ranges',
        'ranges of the area tried after the first (`dma_alloc_from_contiguous` moves on)',
        ALLOC,
        'this.ranges++',
      ),
      metric('cma.retries.caller', 'rounds', 'rounds of the caller after the first', ALLOC, 'this.caller++'),
      metric('cma.byClient.<name>.attempts', 'attempts', 'attempts of a client', REDUCE, 'entry.attempts++'),
      metric(
        'cma.byClient.<name>.failures',
        'attempts',
        'those of them that returned no memory',
        REDUCE,
        'entry.failures++',
      ),
      metric('cma.byClient.<name>.pages', 'pages', 'pages that it asked for', REDUCE, 'entry.pages += attempt.pages'),
      metric(
        'cma.blockedByCause.<cause>',
        'pages',
        "over failed attempts: distinct pages that stood in the way in the last round, by [cause](#causes). What a strategy claims about causes that are not KSM's is judged by it",
        NOTES,
        'blocked: errno === 0',
      ),
      metric(
        'cma.cpuUs.total',
        'us',
        'CPU time of the callers, without sleeps and waits, over all attempts',
        NOTES,
        'this.#cpu += result',
      ),
      metric('cma.cpuUs.mean', 'us', 'the same of one attempt', NOTES, 'this.#cpu += result'),
    ],
  },
  {
    heading: '`migration`: pages that had to move',
    metrics: [
      metric('migration.pages', 'pages', 'pages migrated', OBSERVE, 'pages: migratedByKind.anon'),
      metric(
        'migration.failed',
        'pages',
        'pages that could not be: distinct pages per attempt, summed over attempts',
        NOTES,
        'failed: this.#failed.size',
      ),
      metric(
        'migration.failedByCause.<cause>',
        'pages',
        'the same by [cause](#causes); pages of attempts that succeeded in the end too',
        NOTES,
        'causes: countCauses(this.#failed)',
      ),
      metric('migration.byKind.anon', 'pages', 'anonymous pages migrated', LEDGER, 'this.migratedByKind.anon++'),
      metric('migration.byKind.ksm', 'pages', 'KSM pages migrated', LEDGER, 'this.migratedByKind.ksm++'),
      metric('migration.byKind.file', 'pages', 'page-cache pages migrated', LEDGER, 'this.migratedByKind.file++'),
    ],
  },
  {
    heading: '`ksm`: what ksmd does',
    metrics: [
      metric(
        'ksm.fullScans',
        'scans',
        'full scans that ended in the measured time, by the counter of `/sys/kernel/mm/ksm`',
        REDUCE,
        'fullScans: end.full_scans',
      ),
      metric(
        'ksm.fullScanMs.p50',
        'ms',
        "median duration of those that also began in it, from start to end of a pass, ksmd's sleep included",
        ...FULL_SCAN,
      ),
      metric('ksm.fullScanMs.p90', 'ms', 'its 90th percentile', ...FULL_SCAN),
      metric('ksm.fullScanMs.max', 'ms', 'the longest', ...FULL_SCAN),
      metric('ksm.wakeUs.p50', 'us', 'median CPU time of one wake-up of ksmd', ...WAKE),
      metric('ksm.wakeUs.p99', 'us', 'its 99th percentile', ...WAKE),
      metric(
        'ksm.wakeups',
        'wake-ups',
        'times that ksmd was woken, from its sleep or at a lock',
        OBSERVE,
        'wakeups: scheduler.wakeups(',
      ),
      metric(
        'ksm.idleWakeups',
        'wake-ups',
        'those that woke an idle CPU',
        OBSERVE,
        'idleWakeups: scheduler.idleWakeups(',
      ),
      metric('ksm.cpuShare', '0..1', 'CPU time of ksmd / measured time, of one core', REDUCE, 'cpuShare:'),
      metric(
        'ksm.pagesShared',
        'pages',
        '`pages_shared` of `/sys/kernel/mm/ksm` at the end',
        OBSERVE,
        'pages_shared: objects.pagesShared',
      ),
      metric('ksm.pagesSharing', 'pages', '`pages_sharing` at the end', OBSERVE, 'pages_sharing: objects.pagesSharing'),
      metric(
        'ksm.pagesUnshared',
        'pages',
        '`pages_unshared` at the end',
        OBSERVE,
        'pages_unshared: objects.pagesUnshared',
      ),
      metric(
        'ksm.pagesVolatile',
        'pages',
        '`pages_volatile` at the end',
        OBSERVE,
        'pages_volatile: objects.pagesVolatile',
      ),
      metric(
        'ksm.savedBytes',
        'bytes',
        'what merging saves at the end: the copies KSM pages stand for (relatives by fork at one address share one anyway), less the KSM pages',
        OBSERVE,
        'savedPages: countCopies(',
      ),
      metric(
        'ksm.pagesScanned',
        'pages',
        'pages that ksmd visited',
        KSMD,
        "if (this.finished === 'item') this.measures.pagesScanned++",
      ),
      metric(
        'ksm.merges',
        'merges',
        'two-page and one-page merges that ksmd completed',
        'sim/ksm/mergeWithPage.ts',
        'this.merges++',
      ),
      ...counters('atStart', 'when measuring began'),
      ...counters('atEnd', 'when it ended'),
    ],
  },
  {
    heading: '`unfindable`: mappings of KSM pages that the reverse walk does not find',
    metrics: [
      metric(
        'unfindable.ptesMean',
        'ptes',
        'ptes that map a KSM page and would not be found, mean over time',
        GAPS,
        'return (this.#integral + ',
      ),
      metric('unfindable.ptesMax', 'ptes', 'most at once', GAPS, 'if (this.open > this.max)'),
      metric(
        'unfindable.shareOfKsmPtes',
        '0..1',
        'mean share of all ptes that map KSM pages',
        OBSERVE,
        'shareOfKsmPtes:',
      ),
      metric(
        'unfindable.gapMs.p50',
        'ms',
        'how long a gap lasted that closed in the measured time (found again, or unmapped), median',
        ...CLOSED,
      ),
      metric('unfindable.gapMs.p99', 'ms', 'its 99th percentile', ...CLOSED),
      metric('unfindable.gapMs.max', 'ms', 'the longest', ...CLOSED),
      metric('unfindable.open', 'ptes', 'gaps still open at the end', OBSERVE, 'open: gaps.size'),
      metric(
        'unfindable.openedByCause.<cause>',
        'ptes',
        'gaps that opened, by [cause](#causes)',
        GAPS,
        'if (this.open > this.max)',
      ),
    ],
  },
  {
    heading: '`rmapItems`: what KSM pays in memory',
    metrics: [
      metric(
        'rmapItems.live',
        'items',
        'rmap_items at the end',
        OBSERVE,
        'const items = objects.rmapItems + objects.keptItems',
      ),
      metric('rmapItems.peak', 'items', 'most at once', OBJECTS, 'this.peakItems = live'),
      metric(
        'rmapItems.stale',
        'items',
        'items on a stable node whose own pte no longer maps the page: kept by a strategy, or not yet revisited',
        OBSERVE,
        'function countStale(',
      ),
      metric(
        'rmapItems.bytes',
        'bytes',
        'memory of the live ones, at the size that an rmap_item has on the modelled kernel',
        OBSERVE,
        'const itemBytes = ',
      ),
    ],
  },
  {
    heading: 'Costs of strategies, of processes, and of the simulation',
    metrics: [
      metric(
        'kernelBugs.usedAfterFree',
        'anon_vmas',
        'anon_vmas that a kernel with the strategy would have freed while something used them, since boot. As the next two, 0 but for `page-anon-vma-naive`',
        ANON_VMAS,
        'this.bugs.usedAfterFree++',
      ),
      metric('kernelBugs.doubleFree', 'anon_vmas', 'anon_vmas freed once more', ANON_VMAS, 'this.bugs.doubleFree++'),
      metric('kernelBugs.leaked', 'anon_vmas', 'anon_vmas never freed', ANON_VMAS, 'this.bugs.leaked++'),
      metric('forkUs.p50', 'us', 'median latency of fork, waits included', ...FORK),
      metric('forkUs.p99', 'us', 'its 99th percentile', ...FORK),
      metric('cowFaultUs.p50', 'us', 'median latency of a copy-on-write fault, waits included', ...COW),
      metric('cowFaultUs.p99', 'us', 'its 99th percentile', ...COW),
      metric('counts.forks', 'processes', 'processes forked', MEASURES, 'this.forks++'),
      metric('counts.exits', 'processes', 'processes that exited or were killed', OBSERVE, 'exits: measures.exits'),
      metric(
        'counts.lmkKills',
        'processes',
        'processes killed by lowmemorykiller, or by the OOM killer',
        'sim/load/lowMemory.ts',
        'measures.lmkKills++',
      ),
      metric('counts.cowFaults', 'faults', 'copy-on-write faults', MEASURES, 'this.cowFaults++'),
      metric('counts.anonFaults', 'faults', 'first touches', MEASURES, 'this.anonFaults++'),
      metric('counts.writes', 'writes', 'writes of the load', MEASURES, 'this.writes++'),
      metric('counts.events', 'events', 'events of the simulator', OBSERVE, 'events: stepsOf(device) - baseline'),
      metric('counts.reclaimed', 'pages', 'pages reclaimed', OBSERVE, 'reclaimed: memory.reclaim.freed'),
      metric(
        'counts.allocFailures',
        'pages',
        'single-page allocations that failed',
        OBSERVE,
        'allocFailures: memory.failures',
      ),
    ],
  },
  {
    heading: '`memory`, `pageCache`: what the use of CMA areas costs',
    metrics: [
      metric(
        'memory.cmaPages',
        'pages',
        'pages of all CMA areas, which kernel memory can never use',
        OBSERVE,
        'cmaPages: device.description.memory.cma',
      ),
      metric(
        'memory.unusableCmaPages',
        'pages',
        'of those, pages that anonymous memory may not use under the strategy though no request has them: free ones, and copies of a guaranteed CMA; mean over samples',
        REDUCE,
        'unusableCmaPages: mean(',
      ),
      metric('pageCache.pages', 'pages', 'pages in the page cache at the end', OBSERVE, 'pages: memory.cache.pages'),
      metric(
        'pageCache.discarded',
        'pages',
        'pages of it, or copies, that contiguous allocations dropped',
        OBSERVE,
        'discarded: memory.discarded',
      ),
      metric(
        'pageCache.refaults',
        'pages',
        'pages read again after they had been dropped, by a contiguous allocation or by reclaim',
        OBSERVE,
        'refaults: memory.cache.refaults',
      ),
    ],
  },
  {
    heading: '`replay`: recorded events',
    metrics: [
      metric(
        'replay.events',
        'events',
        '`events` of the workload that were due; `replay` is there only where the workload has any',
        'sim/steppedDevice.ts',
        'replay: { events: events.length',
      ),
      metric(
        'replay.missed',
        'events',
        'those whose process was gone or was never forked',
        'sim/steppedDevice.ts',
        'missed: measures.missedEvents',
      ),
    ],
  },
];
