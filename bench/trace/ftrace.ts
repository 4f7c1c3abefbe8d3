/**
 * A trace as the text of /sys/kernel/debug/tracing/trace: the header and line layout of Linux 3.10 (kernel/trace/trace.c,
 * trace_output.c), and events in the kernel's own names and formats. docs/reference/trace.md says which kernel has which.
 *
 * Spans and counters come as tracing_mark_write besides (B|pid|name, E|pid, C|pid|name|value), the one form that
 * Perfetto and systrace draw. Pointers are made of the model's handles.
 */
import type { Task, TraceEvent } from '../../sim/index.ts';
import { outcomeOf } from '../report/outcome.ts';
import { blockersText, hex, originText } from './format.ts';
import type { TraceFormat, TraceSubject } from './format.ts';
import type { Output } from './output.ts';

/** Characters of task_struct.comm. */
const COMM = 15;
const PAGE_KB = 4;
/** Default priority, and that of ksmd at nice 5 (set_user_nice in ksm_scan_thread). */
const PRIO = 120;
const KSMD_PRIO = 125;
/** pid that counters belong to. */
const INIT = 1;
/** MIGRATE_SYNC of enum migrate_mode. */
const MIGRATE_SYNC = 2;
/** Lowmem addresses of 32-bit ARM, one a handle; 32 bytes each as struct page and struct rmap_item have, 1 kB an mm. */
const ADDRESS = { page: 0xc1000000, item: 0xd0000000, mm: 0xdc000000 } as const;

/** Digits of the number of entries, which is known at the end only. */
const COUNT_DIGITS = 10;
const TITLE = '# tracer: nop\n#\n# entries-in-buffer/entries-written: ';

type Of<Kind extends TraceEvent['kind']> = Extract<TraceEvent, { kind: Kind }>;
type Edge<Kind extends TraceEvent['kind'], Side extends 'begin' | 'end'> = Extract<Of<Kind>, { edge: Side }>;

export class FtraceFormat implements TraceFormat {
  #entries = 0;
  readonly #output: Output;
  readonly #cpus: number;
  /** Tasks of the CMA clients, by name, and ksmd: for spans that end while nobody runs. */
  readonly #known = new Map<string, { readonly task: Task; cpu: number }>();

  constructor({ cpus }: TraceSubject, output: Output) {
    this.#output = output;
    this.#cpus = cpus;
    output.write(`${TITLE}${this.#counts()}
#
#                              _-----=> irqs-off
#                             / _----=> need-resched
#                            | / _---=> hardirq/softirq
#                            || / _--=> preempt-depth
#                            ||| /     delay
#           TASK-PID   CPU#  ||||    TIMESTAMP  FUNCTION
#              | |       |   ||||       |         |
`);
  }

  write(event: TraceEvent): void {
    // Cut short: it ends in the trace only.
    if ('edge' in event && event.edge === 'end' && event.task === null) {
      if (event.kind !== 'life') this.#end(event);
      return;
    }
    switch (event.kind) {
      case 'switch':
        return this.#switch(event);
      case 'scan':
      case 'batch':
        return this.#ksmd(event);
      case 'request':
        return event.edge === 'begin' ? this.#beginRequest(event) : this.#endRequest(event);
      case 'range':
        return event.edge === 'begin' ? this.#beginRange(event) : this.#endRange(event);
      case 'phase':
        return this.#phase(event);
      case 'migrate':
        return event.edge === 'begin' ? this.#beginMigrate(event) : this.#endMigrate(event);
      case 'pass':
        return event.edge === 'begin' ? this.#begin(event, `pass ${event.number}`) : this.#end(event);
      case 'gapOpened':
      case 'gapClosed':
        return this.#gap(event);
      case 'counters':
        for (const [name, value] of Object.entries(event.values)) this.#mark(event, () => `C|${INIT}|${name}|${value}`);
        return;
      case 'measuring':
        return this.#point(event, 'measuring begins');
      case 'migrateFailed': {
        const { pfn, cause, gap } = event;
        const why = gap === null ? '' : ` ${originText(gap)} gap=${gap.id}`;
        return this.#point(event, `migrate failed pfn=${hex(pfn)} ${cause}${why}`);
      }
      case 'life':
        if (event.edge === 'begin') return;
        return this.#line(event, 'sched_process_exit', `comm=${comm(event.name)} pid=${event.pid} prio=${PRIO}`);
      case 'fork':
      case 'exec':
      case 'kill':
      case 'fault':
        return this.#process(event);
      case 'ksmEnter':
      case 'ksmExit': {
        const name = event.kind === 'ksmEnter' ? 'ksm_enter' : 'ksm_exit';
        return this.#line(event, name, `mm ${address('mm', event.mm)}`);
      }
      case 'itemAppended':
      case 'itemRemoved':
        return this.#item(event);
      case 'released': {
        const { area, pfn, pages } = event;
        return this.#line(event, 'cma_release', `name=${area} pfn=${hex(pfn)} page=${pageOf(pfn)} count=${pages}`);
      }
    }
  }

  finish(partial: string | null): void {
    if (partial !== null) this.#output.write(`# ${partial}\n`);
    this.#output.patch(TITLE.length, this.#counts());
  }

  /** 0 to begin with, which stays where the output cannot be written over. */
  #counts(): string {
    const count = this.#entries;
    return `${count}/${count}`.padEnd(2 * COUNT_DIGITS + 1) + `   #P:${this.#cpus}`;
  }

  #switch(event: Of<'switch'>): void {
    const { from, left, to } = event;
    // A task that has no CPU while it can run: R; the idle task always.
    const state = from === null ? 'R' : left === 'X' ? 'x' : left;
    const prev = `prev_comm=${idleComm(from)} prev_pid=${from?.pid ?? 0} prev_prio=${prioOf(from)} prev_state=${state}`;
    const next = `next_comm=${idleComm(to)} next_pid=${to?.pid ?? 0} next_prio=${prioOf(to)}`;
    this.#line(event, 'sched_switch', `${prev} ==> ${next}`);
  }

  #ksmd(event: Of<'scan' | 'batch'>): void {
    if (event.kind === 'batch') {
      if (event.edge === 'begin') this.#begin(event, 'ksmd batch');
      else this.#end(event);
      return;
    }
    const name = event.edge === 'begin' ? 'ksm_start_scan' : 'ksm_stop_scan';
    this.#line(event, name, `seq ${event.number} rmap size ${event.items}`);
    if (event.edge === 'begin') this.#begin(event, `full scan ${event.number}`);
    else this.#end(event);
  }

  #beginRequest(event: Edge<'request', 'begin'>): void {
    const { area, pages, align } = event;
    this.#begin(event, `dma_alloc_from_contiguous ${pages} pages`);
    this.#line(event, 'cma_alloc_start', `name=${area} count=${pages} align=${align}`);
  }

  #endRequest(event: Edge<'request', 'end'>): void {
    const { area, pages, align, pfn, outcome } = event;
    if (outcome !== null) {
      // A failed call has no page, and says pfn -1 where it never had a range.
      const place = pfn < 0 ? 'pfn=0xffffffff page=00000000' : `pfn=${hex(pfn)} page=${pageOf(pfn)}`;
      this.#line(event, 'cma_alloc_finish', `name=${area} ${place} count=${pages} align=${align}`);
      if (outcome.errno !== 0) this.#point(event, `failed ${outcomeOf(outcome.errno)}`);
    }
    this.#end(event);
  }

  #beginRange(event: Edge<'range', 'begin'>): void {
    const { first, end, number, round } = event;
    if (number + round > 0) this.#line(event, 'dma_alloc_contiguous_retry', `tries=${number + round}`);
    this.#begin(event, `alloc_contig_range ${hex(first)}-${hex(end)}`);
  }

  #endRange(event: Edge<'range', 'end'>): void {
    const { first, end, errno, blockers, area, align } = event;
    this.#end(event);
    if (errno === null || errno === 0) return;
    const place = `name=${area} pfn=${hex(first)} page=${pageOf(first)} count=${end - first} align=${align}`;
    this.#line(event, 'cma_alloc_busy_retry', place);
    this.#point(event, `blocked by ${blockersText(blockers)}`);
  }

  #phase(event: Of<'phase'>): void {
    if (event.edge === 'begin') return this.#begin(event, event.phase);
    if (event.phase === 'test') {
      const { first, end, busy } = event;
      const fin = busy < 0 ? end : busy;
      const result = busy < 0 ? 'success' : 'fail';
      const range = `start_pfn=${hex(first)} end_pfn=${hex(end)} fin_pfn=${hex(fin)} ret=${result}`;
      this.#line(event, 'test_pages_isolated', range);
    }
    this.#end(event);
  }

  #beginMigrate(event: Edge<'migrate', 'begin'>): void {
    if (event.attempt > 1) this.#line(event, 'migrate_retry', `tries=${event.attempt - 1}`);
    this.#begin(event, `migrate_pages ${event.pages} pages`);
    this.#line(event, 'migrate_pages_start', `mode=${MIGRATE_SYNC}`);
    this.#line(event, 'mm_migrate_pages_start', 'mode=MIGRATE_SYNC reason=cma');
  }

  #endMigrate(event: Edge<'migrate', 'end'>): void {
    const counts = `nr_succeeded=${event.succeeded} nr_failed=${event.failed}`;
    this.#line(event, 'mm_migrate_pages', `${counts} mode=MIGRATE_SYNC reason=cma`);
    this.#line(event, 'migrate_pages_end', `mode=${MIGRATE_SYNC}`);
    this.#end(event);
  }

  #process(event: Of<'fork' | 'exec' | 'kill' | 'fault'>): void {
    switch (event.kind) {
      case 'fork': {
        const names = `child_comm=${comm(event.childName)} child_pid=${event.child}`;
        return this.#line(event, 'sched_process_fork', `comm=${comm(event.name)} pid=${event.pid} ${names}`);
      }
      case 'exec': {
        const { name, pid } = event;
        return this.#line(event, 'sched_process_exec', `filename=/system/bin/${comm(name)} pid=${pid} old_pid=${pid}`);
      }
      case 'kill': {
        const { name, pid, limit, cache, free } = event;
        if (limit === null) return this.#line(event, 'mark_victim', `pid=${pid}`);
        const sizes = `page cache ${cache * PAGE_KB}kB (limit ${limit * PAGE_KB}kB), free ${free * PAGE_KB}Kb`;
        return this.#line(event, 'lowmemory_kill', `${comm(name)} (${pid}), ${sizes}`);
      }
      case 'fault':
        return this.#point(event, `${event.access} fault ${hex(event.vpn)}`);
    }
  }

  #item(event: Of<'itemAppended' | 'itemRemoved'>): void {
    const { item, mm, pfn } = event;
    const who = `rmap_item ${address('item', item)} mm ${mm < 0 ? '00000000' : address('mm', mm)}`;
    if (event.kind === 'itemAppended') this.#line(event, 'ksm_merge_with_ksm_page', `ksm pfn ${pfn} ${who} error 0`);
    else this.#line(event, 'ksm_remove_rmap_item', `pfn ${pfn} ${who}`);
  }

  #gap(event: Of<'gapOpened' | 'gapClosed'>): void {
    const { id, cause, pid, vpn, pfn } = event.gap;
    if (event.kind === 'gapClosed') return this.#point(event, `gap closed gap=${id}`);
    const pte = `pid=${pid} vpn=${hex(vpn)} pfn=${hex(pfn)}`;
    this.#point(event, `gap opened ${cause} gap=${id} ${pte} ${originText(event.gap)}`);
  }

  #begin(event: TraceEvent, name: string): void {
    this.#mark(event, (pid) => `B|${pid}|${name}`);
  }

  #end(event: TraceEvent): void {
    this.#mark(event, (pid) => `E|${pid}`);
  }

  /** A moment: a span that takes no time, which every reader knows. */
  #point(event: TraceEvent, name: string): void {
    this.#begin(event, name.replaceAll('|', '/'));
    this.#end(event);
  }

  #mark(event: TraceEvent, text: (pid: number) => string): void {
    this.#line(event, 'tracing_mark_write', text(this.#whoOf(event).task?.pid ?? 0));
  }

  /** Who writes the line. Spans that are cut short end as those who began them. */
  #whoOf(event: TraceEvent): { readonly task: Task | null; readonly cpu: number } {
    const owner = 'client' in event ? event.client : event.kind === 'scan' || event.kind === 'batch' ? 'ksmd' : null;
    if (owner === null) return event;
    if (event.task === null) return this.#known.get(owner) ?? event;
    this.#known.set(owner, { task: event.task, cpu: event.cpu });
    return event;
  }

  #line(event: TraceEvent, name: string, args: string): void {
    const { task, cpu } = this.#whoOf(event);
    this.#entries++;
    const who = `${(task === null ? '<idle>' : comm(task.name)).padStart(16)}-${`${task?.pid ?? 0}`.padEnd(5)}`;
    const where = `[${`${cpu}`.padStart(3, '0')}]`;
    this.#output.write(`${who} ${where} .... ${seconds(event.at)}: ${name}: ${args}\n`);
  }
}

/** As task_struct.comm: no blanks, at most 15 characters. */
export function comm(name: string): string {
  return name
    .replace(/^cma client /, 'cma/')
    .replace(/[^\w.:/-]+/g, '-')
    .slice(0, COMM);
}

/** `%5lu.%06lu`, cut to microseconds. */
function seconds(ns: number): string {
  const usec = Math.floor(ns / 1e3);
  const rest = usec % 1e6;
  return `${`${(usec - rest) / 1e6}`.padStart(5)}.${`${rest}`.padStart(6, '0')}`;
}

function idleComm(task: Task | null): string {
  return task === null ? 'swapper' : comm(task.name);
}

function prioOf(task: Task | null): number {
  return task?.kind === 'ksmd' ? KSMD_PRIO : PRIO;
}

function address(of: 'item' | 'mm', handle: number): string {
  return (ADDRESS[of] + handle * (of === 'mm' ? 1024 : 32)).toString(16);
}

function pageOf(pfn: number): string {
  return (ADDRESS.page + pfn * 32).toString(16);
}
