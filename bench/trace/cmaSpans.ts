/** Spans of a CMA client: their names, and what a trace for Perfetto says when they begin and when they end. */
import type { TraceEvent } from '../../sim/index.ts';
import { outcomeOf } from '../report/outcome.ts';
import { blockersText, hex } from './format.ts';

export type CmaSpan = Extract<TraceEvent, { kind: 'request' | 'range' | 'phase' | 'migrate' | 'pass' }>;
type Begin = CmaSpan & { readonly edge: 'begin' };
type End = CmaSpan & { readonly edge: 'end' };
export type Args = Readonly<Record<string, unknown>>;

export function nameOfSpan(event: Begin): string {
  switch (event.kind) {
    case 'request':
      return `dma_alloc_from_contiguous ${event.pages} pages`;
    case 'range':
      return `alloc_contig_range ${hex(event.first)}-${hex(event.end)}`;
    case 'phase':
      return event.phase;
    case 'migrate':
      return `migrate_pages try ${event.attempt}`;
    case 'pass':
      return `pass ${event.number}`;
  }
}

export function beginArgs(event: Begin): Args {
  switch (event.kind) {
    case 'request':
      return { area: event.area, align_order: event.align };
    case 'range':
      return { first: hex(event.first), end: hex(event.end), range: event.number + 1, round: event.round + 1 };
    case 'migrate':
      return { pages: event.pages };
    case 'phase':
    case 'pass':
      return {};
  }
}

export function endArgs(event: End): Args {
  switch (event.kind) {
    case 'request':
      return outcomeArgs(event);
    case 'range': {
      const outcome = event.errno === null ? {} : { result: outcomeOf(event.errno) };
      return { ...outcome, blocked_by: blockersText(event.blockers) };
    }
    case 'phase':
      return event.busy < 0 ? {} : { busy_pfn: hex(event.busy) };
    case 'migrate':
      return { nr_succeeded: event.succeeded, nr_failed: event.failed };
    case 'pass':
      return event.failed.length === 0 ? {} : { failed: blockersText(event.failed) };
  }
}

function outcomeArgs({ number, pfn, outcome }: End & { readonly kind: 'request' }): Args {
  if (outcome === null) return {};
  return {
    result: outcomeOf(outcome.errno),
    ...(number === 0 ? {} : { attempt: number }),
    measured_at_s: outcome.at / 1e9,
    ...(pfn < 0 ? {} : { pfn: hex(pfn) }),
    migrated: outcome.migrated,
    failed_pages: outcome.failed,
    more_migrate_passes: outcome.migratePasses,
    more_tries: outcome.contigTries,
    more_ranges: outcome.ranges,
    more_rounds: outcome.caller,
    cpu_us: outcome.cpu / 1e3,
    ...outcome.blocked,
  };
}
