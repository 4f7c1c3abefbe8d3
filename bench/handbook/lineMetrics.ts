/** What a line of `cells.ndjson` has beyond the cell's document: unit, meaning, and the line that makes it. */
import { metric, type MetricSection } from './metric.ts';

const REDUCE = 'bench/run/reduce.ts';
const OBSERVE = 'sim/load/observe.ts';
const LOG = 'bench/run/attemptLog.ts';

const log = (field: string, unit: string, about: string): ReturnType<typeof metric> =>
  metric(`attemptLog.${field}[]`, unit, about, LOG, `    ${field}: column(`);

export const LINE_METRICS: MetricSection = {
  heading: 'Fields of a line beyond the document',
  metrics: [
    metric(
      'histograms.latencyNs[][]',
      'ns, attempts',
      'latency of attempts as `[value, count]` pairs: lower edges of buckets with three significant digits. Histograms of several cells are pooled by adding counts',
      REDUCE,
      'latencyNs: latency.pairs()',
    ),
    metric('histograms.fullScanNs[][]', 'ns, scans', 'the same of full scans', REDUCE, 'fullScanNs: fullScan.pairs()'),
    metric(
      'samples[].at',
      'ns',
      'the state at up to 31 moments at equal distances: when, since measuring began',
      OBSERVE,
      'at: scheduler.now - measures.since',
    ),
    metric(
      'samples[].pages_shared',
      'pages',
      'counter of `/sys/kernel/mm/ksm`',
      OBSERVE,
      'pages_shared: objects.pagesShared',
    ),
    metric('samples[].pages_sharing', 'pages', 'the same', OBSERVE, 'pages_sharing: objects.pagesSharing'),
    metric('samples[].pages_unshared', 'pages', 'the same', OBSERVE, 'pages_unshared: objects.pagesUnshared'),
    metric('samples[].pages_volatile', 'pages', 'the same', OBSERVE, 'pages_volatile: objects.pagesVolatile'),
    metric('samples[].full_scans', 'scans', 'the same, since boot', OBSERVE, 'full_scans: cursor.seqnr'),
    metric(
      'samples[].rmapItems',
      'items',
      'live rmap_items',
      OBSERVE,
      'rmapItems: objects.rmapItems + objects.keptItems',
    ),
    metric('samples[].ksmPages', 'pages', 'KSM pages that are mapped', OBSERVE, 'function countKsm('),
    metric('samples[].ksmPtes', 'ptes', 'ptes that map them', OBSERVE, 'function countKsm('),
    metric(
      'samples[].unfindablePtes',
      'ptes',
      'those of them that the reverse walk would not find',
      OBSERVE,
      'unfindablePtes: kernel.ledger',
    ),
    metric('samples[].freePages', 'pages', 'free pages', OBSERVE, 'freePages: memory.memory'),
    metric('samples[].freeCmaPages', 'pages', 'free pages of CMA areas', OBSERVE, 'freeCmaPages: memory.memory'),
    metric(
      'samples[].unusableCmaPages',
      'pages',
      'CMA pages that anonymous memory may not use',
      OBSERVE,
      'unusableCmaPages: memory.unusable',
    ),
    metric('samples[].processes', 'processes', 'processes alive', OBSERVE, 'processes: processes.size'),
    metric(
      'attemptLog.clients[]',
      '',
      'names of the CMA clients. The other lists have one entry for each request, in the order in which requests ended, 20,000 at most',
      LOG,
      '    clients,',
    ),
    log('client', 'index', 'whose request: an index into `clients`'),
    log('at', 'ns', 'its start, since measuring began'),
    log('latency', 'ns', 'from the call to its return'),
    log('pages', 'pages', 'what it asked for'),
    log('errno', 'errno', '0, or -16 (EBUSY), -12 (ENOMEM), -4 (EINTR)'),
    log('migratePasses', 'passes', 'its retries, as in `cma.retries`'),
    log('contigTries', 'calls', 'the same'),
    log('ranges', 'ranges', 'the same'),
    log('caller', 'rounds', 'the same'),
    log('migrated', 'pages', 'distinct pages that were moved for it'),
    log('failed', 'pages', 'distinct pages that could not be'),
    log('cpu', 'ns', 'CPU time of the caller'),
    metric(
      'attemptLog.blocked[].<cause>',
      'pages',
      'of a request that failed: pages in its way in the last round, by [cause](metrics.md#causes); `null` of others',
      LOG,
      'blocked: kept.map(',
    ),
    metric('attemptLog.left', 'attempts', 'requests beyond those kept', LOG, 'left: attempts.length - kept.length'),
    metric(
      'sum',
      '',
      'while the run goes on: the first 16 hex digits of the SHA-256 of the line without it',
      'bench/run/lines.ts',
      'function sumOf(',
    ),
  ],
};
