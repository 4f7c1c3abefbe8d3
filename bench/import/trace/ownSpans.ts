/**
 * Spans and moments of a trace that `cma-stress trace` wrote as JSON, as the events of the kernel that they stand for.
 */
import { errnoOf } from '../../report/outcome.ts';
import type { ChromeEvent } from './chromeJson.ts';
import type { TraceCollector } from './collect.ts';
import type { EventKind } from './events.ts';
import { textOf } from './rawEvent.ts';
import type { Fields } from './rawEvent.ts';

const REQUEST = /^dma_alloc_from_contiguous (\d{1,10}) pages$/;
/** Tracks of a device are some hundred; names beyond that are not needed. */
const MOST_TRACKS = 100_000;

/** bench/trace/perfetto.ts and cmaSpans.ts write them. */
export class OwnSpans {
  readonly #collector: TraceCollector;
  /** By tid: the names of processes, clients and other threads. */
  readonly #tracks = new Map<number, string>();
  #record = 0;

  constructor(collector: TraceCollector) {
    this.#collector = collector;
  }

  /** Events of others are not even counted: they are not the kernel's. */
  take(event: ChromeEvent, record: number): void {
    this.#record = record;
    const { name, phase, tid, args } = event;
    if (phase === 'M') {
      if (name === 'thread_name' && this.#tracks.size < MOST_TRACKS) this.#tracks.set(tid, textOf(args['name']));
      return;
    }
    const request = REQUEST.exec(name);
    if (request !== null) return this.#request(event, Number(request[1]));
    if (name.startsWith('alloc_contig_range ')) return this.#range(event);
    if ('pid' in args && 'born_by' in args && phase === 'B') return this.#born(event);
    switch (name) {
      case 'fork': {
        const child = { child_pid: args['child_pid'], child_comm: args['child'], clone_flags: '0' };
        return this.#put('fork', event, event.t + event.duration, { pid: tid, comm: this.#name(tid), ...child });
      }
      case 'exec':
        return this.#put('exec', event, event.t, { pid: tid, filename: this.#name(tid) });
      case 'lowmemorykiller':
        return this.#put('lowmemoryKill', event, event.t, { pid: tid });
      case 'OOM kill':
        return this.#put('oomKill', event, event.t, { pid: tid });
      case 'dma_release_from_contiguous':
        return this.#put('release', event, event.t, { pfn: args['pfn'], count: args['pages'] });
      case 'measuring begins':
        return this.#put('mark', event, event.t, {}, 'B|0|measuring begins');
      default:
        return phase === 'E' ? this.#died(event) : undefined;
    }
  }

  #request(event: ChromeEvent, pages: number): void {
    const { phase, t, args } = event;
    // An instant is one that took no time: both ends in one.
    if (phase !== 'E') {
      this.#put('cmaStart', event, t, { name: args['area'], count: pages, align: args['align_order'] });
    }
    const result = args['result'];
    if (phase === 'B' || result === undefined) return;
    const end = { count: pages, pfn: args['pfn'], errorno: errnoOf(textOf(result)) };
    this.#put('cmaFinish', event, t, end);
  }

  #range(event: ChromeEvent): void {
    const result = event.args['result'];
    if (event.phase !== 'B' && result !== undefined && result !== 'ok') this.#put('retry', event, event.t, {});
  }

  /** Names of processes are those of their spans. */
  #born({ name, tid }: ChromeEvent): void {
    if (this.#tracks.size < MOST_TRACKS) this.#tracks.set(tid, name);
  }

  /** The span of a process is its life, unless the trace ended first. */
  #died(event: ChromeEvent): void {
    const { name, tid, args } = event;
    if (this.#tracks.get(tid) !== name || 'cut_short' in args) return;
    this.#put('exit', event, event.t, { pid: tid, comm: name });
  }

  #put(kind: EventKind, { tid, name }: ChromeEvent, t: number, fields: Fields, text = ''): void {
    this.#collector.count(name.split(' ', 1)[0], t, null, this.#record);
    this.#collector.add(kind, { t, line: this.#record, pid: tid, comm: this.#name(tid), fields, text });
  }

  #name(tid: number): string {
    return this.#tracks.get(tid) ?? `pid-${tid}`;
  }
}
