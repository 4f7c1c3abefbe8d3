/**
 * `cost`: what single operations took, as ratios to one copy-on-write break of the same run, since the recorded machine
 * was emulated.
 *
 * The factors come from how far the published means over several such runs lie from the one recording there is: up to
 * 1.3 for costs per page and for requests that move 256 pages or more, up to 7 for requests of a few pages and for
 * empty ranges, whose time is a handful of context switches.
 */
import type { TestbedRecord } from '../../../sim/index.ts';
import { median, value } from './measure.ts';
import type { Measure } from './measure.ts';

const PER_PAGE = 1.3;
const FEW_PAGES = 7;
/** Requests from here on are dominated by the pages they move. */
const MANY_PAGES = 256;

type Note = TestbedRecord['notes'][number];

/** The measures of the costs that `record` has notes of. */
export function costMeasures(record: TestbedRecord): Measure[] {
  return record.notes.flatMap((note) => {
    switch (note['cost']) {
      case 'fork':
        return [
          cost('fork, per mapped page', PER_PAGE, 'us_per_page', 'fork'),
          cost('fork, of an empty mapping', FEW_PAGES, 'us_0p', 'fork'),
        ];
      case 'fault':
        return [
          cost('first touch of a page', PER_PAGE, 'first_touch_us', 'fault'),
          cost('writing a page again', PER_PAGE, 'write_again_us', 'fault'),
          cost('copy-on-write fault that reuses the page', PER_PAGE, 'cow_reuse_us', 'fault'),
        ];
      case 'ksm_cow_break':
        return [
          cost('break of a KSM page and writing it', PER_PAGE, 'us_per_page', 'ksm_cow_break'),
          cost('writing 4 KiB', PER_PAGE, 'rewrite_only_us_per_page', 'ksm_cow_break'),
        ];
      case 'ksmd_scan':
        return [scan(note)];
      case 'cma_alloc':
        return [request(note)];
      default:
        return [];
    }
  });
}

function cost(name: string, factor: number, field: string, kind: string): Measure {
  return {
    name,
    rule: 'factor',
    unit: 'ratio',
    factor,
    of: (record) =>
      overCow(
        record,
        numberOf(
          record.notes.find((note) => note['cost'] === kind),
          field,
        ),
      ),
  };
}

/** ksmd's CPU time per page in one pass over a kind of pages. */
function scan(wanted: Note): Measure {
  const { kind, pass } = wanted;
  const shown = typeof pass === 'number' ? `${String(kind)}, pass ${pass}` : String(kind);
  return {
    name: `ksmd per page: ${shown}`,
    rule: 'factor',
    unit: 'ratio',
    factor: PER_PAGE,
    of: (record) => {
      const note = record.notes.find(
        (one) => one['cost'] === 'ksmd_scan' && one['kind'] === kind && one['pass'] === pass,
      );
      return overCow(record, numberOf(note, 'cpu_us_per_page') ?? numberOf(note, 'cpu_us_per_page_both'));
    },
  };
}

/** Median time of the requests of one size in one kind of range: a mean would be that of the rare slow ones. */
function request(wanted: Note): Measure {
  const { range, size } = wanted;
  const moves = range !== 'free' && typeof size === 'number' && size >= MANY_PAGES;
  return {
    name: `cma_alloc of ${String(size)}: ${String(range)}`,
    rule: 'factor',
    unit: 'ratio',
    factor: moves ? PER_PAGE : FEW_PAGES,
    of: (record) => overCow(record, medianLatency(record, wanted)),
  };
}

/** The attempts stand in the order of the notes, as many as each note says. */
function medianLatency(record: TestbedRecord, wanted: Note): number | null {
  let next = 0;
  for (const note of record.notes) {
    if (note['cost'] !== 'cma_alloc') continue;
    const count = (numberOf(note, 'n') ?? 0) + (numberOf(note, 'fail') ?? 0);
    const attempts = record.attempts.slice(next, next + count);
    next += count;
    if (note['range'] !== wanted['range'] || note['size'] !== wanted['size']) continue;
    return median(attempts.filter((attempt) => attempt.outcome === 'ok').map((attempt) => attempt.lat_us));
  }
  return null;
}

function overCow(record: TestbedRecord, us: number | null): { readonly value: number } | null {
  const cow = numberOf(
    record.notes.find((note) => note['cost'] === 'fault'),
    'cow_break_us',
  );
  return us === null || cow === null || cow <= 0 ? null : value(us / cow);
}

function numberOf(note: Note | undefined, field: string): number | null {
  const held = note?.[field];
  return typeof held === 'number' && Number.isFinite(held) ? held : null;
}
