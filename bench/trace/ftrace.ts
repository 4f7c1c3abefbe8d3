/**
 * A trace as the text of /sys/kernel/debug/tracing/trace, with events in the kernel's own names and formats.
 *
 * Spans and counters come as tracing_mark_write besides (B|pid|name, E|pid, C|pid|name|value), the one form that
 * Perfetto and systrace draw. Pointers are made of the model's handles.
 */
import type { TraceEvent } from '../../sim/index.ts';
import { outcomeOf } from '../report/outcome.ts';
import { nameOfSpan } from './cmaSpans.ts';
import { blockersText, hex, originText } from './format.ts';
import type { TraceFormat, TraceSubject } from './format.ts';
import { exitFields, kernelEvent, placeFields } from './ftraceEvents.ts';
import { FtraceLines } from './ftraceLines.ts';
import type { Output } from './output.ts';

/** pid that counters belong to. */
const INIT = 1;
/** MIGRATE_SYNC of enum migrate_mode. */
const MIGRATE_SYNC = 2;

type Of<Kind extends TraceEvent['kind']> = Extract<TraceEvent, { kind: Kind }>;
type Edge<Kind extends TraceEvent['kind'], Side extends 'begin' | 'end'> = Extract<Of<Kind>, { edge: Side }>;

export class FtraceFormat implements TraceFormat {
  readonly #lines: FtraceLines;

  constructor({ cpus }: TraceSubject, output: Output) {
    this.#lines = new FtraceLines(cpus, output);
  }

  write(event: TraceEvent): void {
    const lines = this.#lines;
    // Cut short: it ends in the trace only.
    if (event.task === null && 'edge' in event && event.edge === 'end') {
      if (event.kind !== 'life') lines.end(event);
      return;
    }
    switch (event.kind) {
      case 'switch':
      case 'fork':
      case 'exec':
      case 'kill':
      case 'ksmEnter':
      case 'ksmExit':
      case 'itemAppended':
      case 'itemRemoved':
      case 'released':
        return lines.line(event, ...kernelEvent(event));
      case 'life':
        if (event.edge === 'end') lines.line(event, 'sched_process_exit', exitFields(event));
        return;
      case 'fault':
        return lines.point(event, `${event.access} fault ${hex(event.vpn)}`);
      case 'scan':
        return this.#scan(event);
      case 'batch':
        return event.edge === 'begin' ? lines.begin(event, 'ksmd batch') : lines.end(event);
      case 'request':
        return event.edge === 'begin' ? this.#beginRequest(event) : this.#endRequest(event);
      case 'range':
        return event.edge === 'begin' ? this.#beginRange(event) : this.#endRange(event);
      case 'phase':
        return this.#phase(event);
      case 'migrate':
        return event.edge === 'begin' ? this.#beginMigrate(event) : this.#endMigrate(event);
      case 'pass':
        return event.edge === 'begin' ? lines.begin(event, nameOfSpan(event)) : lines.end(event);
      case 'migrateFailed': {
        const { pfn, cause, gap } = event;
        const why = gap === null ? '' : ` ${originText(gap)} gap=${gap.id}`;
        return lines.point(event, `migrate failed pfn=${hex(pfn)} ${cause}${why}`);
      }
      case 'gapOpened':
      case 'gapClosed':
        return this.#gap(event);
      case 'counters':
        for (const [name, value] of Object.entries(event.values)) lines.mark(event, `C|${INIT}|${name}|${value}`);
        return;
      case 'measuring':
        return lines.point(event, 'measuring begins');
    }
  }

  finish(partial: string | null): void {
    this.#lines.finish(partial);
  }

  #scan(event: Of<'scan'>): void {
    const name = event.edge === 'begin' ? 'ksm_start_scan' : 'ksm_stop_scan';
    this.#lines.line(event, name, `seq ${event.number} rmap size ${event.items}`);
    if (event.edge === 'begin') this.#lines.begin(event, `full scan ${event.number}`);
    else this.#lines.end(event);
  }

  #beginRequest(event: Edge<'request', 'begin'>): void {
    const { area, pages, align } = event;
    this.#lines.begin(event, nameOfSpan(event));
    this.#lines.line(event, 'cma_alloc_start', `name=${area} count=${pages} align=${align}`);
  }

  #endRequest(event: Edge<'request', 'end'>): void {
    const { area, pages, align, pfn, outcome } = event;
    if (outcome !== null) {
      const place = `name=${area} ${placeFields(pfn)} count=${pages} align=${align}`;
      this.#lines.line(event, 'cma_alloc_finish', place);
      if (outcome.errno !== 0) this.#lines.point(event, `failed ${outcomeOf(outcome.errno)}`);
    }
    this.#lines.end(event);
  }

  #beginRange(event: Edge<'range', 'begin'>): void {
    const { number, round } = event;
    if (number + round > 0) this.#lines.line(event, 'dma_alloc_contiguous_retry', `tries=${number + round}`);
    this.#lines.begin(event, nameOfSpan(event));
  }

  #endRange(event: Edge<'range', 'end'>): void {
    const { first, end, errno, blockers, area, align } = event;
    this.#lines.end(event);
    if (errno === null || errno === 0) return;
    const place = `name=${area} ${placeFields(first)} count=${end - first} align=${align}`;
    this.#lines.line(event, 'cma_alloc_busy_retry', place);
    this.#lines.point(event, `blocked by ${blockersText(blockers)}`);
  }

  #phase(event: Of<'phase'>): void {
    if (event.edge === 'begin') return this.#lines.begin(event, nameOfSpan(event));
    if (event.phase === 'test') {
      const { first, end, busy } = event;
      const fin = busy < 0 ? end : busy;
      const result = busy < 0 ? 'success' : 'fail';
      const range = `start_pfn=${hex(first)} end_pfn=${hex(end)} fin_pfn=${hex(fin)} ret=${result}`;
      this.#lines.line(event, 'test_pages_isolated', range);
    }
    this.#lines.end(event);
  }

  #beginMigrate(event: Edge<'migrate', 'begin'>): void {
    if (event.attempt > 1) this.#lines.line(event, 'migrate_retry', `tries=${event.attempt - 1}`);
    this.#lines.begin(event, `migrate_pages ${event.pages} pages`);
    this.#lines.line(event, 'migrate_pages_start', `mode=${MIGRATE_SYNC}`);
    this.#lines.line(event, 'mm_migrate_pages_start', 'mode=MIGRATE_SYNC reason=cma');
  }

  #endMigrate(event: Edge<'migrate', 'end'>): void {
    const counts = `nr_succeeded=${event.succeeded} nr_failed=${event.failed}`;
    this.#lines.line(event, 'mm_migrate_pages', `${counts} mode=MIGRATE_SYNC reason=cma`);
    this.#lines.line(event, 'migrate_pages_end', `mode=${MIGRATE_SYNC}`);
    this.#lines.end(event);
  }

  #gap(event: Of<'gapOpened' | 'gapClosed'>): void {
    const { id, cause, pid, vpn, pfn } = event.gap;
    if (event.kind === 'gapClosed') return this.#lines.point(event, `gap closed gap=${id}`);
    const pte = `pid=${pid} vpn=${hex(vpn)} pfn=${hex(pfn)}`;
    this.#lines.point(event, `gap opened ${cause} gap=${id} ${pte} ${originText(event.gap)}`);
  }
}
