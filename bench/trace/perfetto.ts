/**
 * A trace as Chrome's Trace Event Format (JSON), which ui.perfetto.dev and chrome://tracing open.
 *
 * One event a line, written as it comes. Spans are B and E in order of time, so that they nest as they were told even
 * where they take no time; what is known only once it is over is an X, which readers put where it belongs.
 */
import type { GapOrigin, Task, TraceEvent, TraceSpan } from '../../sim/index.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import { outcomeOf } from '../report/outcome.ts';
import { blockersText, hex, nameOf, originText } from './format.ts';
import type { TraceFormat, TraceSubject } from './format.ts';
import type { Output } from './output.ts';

/** Groups of tracks, which the format calls processes, from top to bottom. */
const PID = { cma: 1, ksmd: 2, counters: 3, cpus: 4, processes: 5, others: 6 } as const;
const GROUP_NAMES: Readonly<Record<keyof typeof PID, string>> = {
  cma: 'CMA',
  ksmd: 'ksmd',
  counters: 'counters',
  cpus: 'CPUs',
  processes: 'processes',
  others: 'other threads',
};
/** Tracks, which the format calls threads, have numbers of their own throughout. */
const TID = { ksmd: 10, cpus: 100, cma: 500, others: 700 } as const;

/** Of a track. */
interface Track {
  readonly pid: number;
  readonly tid: number;
}

type Args = Readonly<Record<string, unknown>>;
const NO_ARGS: Args = {};
type Of<Kind extends TraceEvent['kind']> = Extract<TraceEvent, { kind: Kind }>;

export class PerfettoFormat implements TraceFormat {
  #isFirst = true;
  readonly #tracks = new Map<string, Track>();
  /** By CPU: who has it, since when. */
  readonly #running: ({ readonly task: Task; readonly since: number } | undefined)[] = [];
  /** Gaps whose opening has been written. */
  readonly #gaps = new Set<number>();
  #clients = 0;
  #others = 0;
  readonly #subject: TraceSubject;
  readonly #output: Output;

  constructor(subject: TraceSubject, output: Output) {
    this.#subject = subject;
    this.#output = output;
    output.write('{"displayTimeUnit":"ns","traceEvents":[');
    for (const [group, pid] of Object.entries(PID) as [keyof typeof PID, number][]) {
      this.#meta('process_name', { pid, tid: pid }, { name: GROUP_NAMES[group] });
      this.#meta('process_sort_index', { pid, tid: pid }, { sort_index: pid });
    }
  }

  write(event: TraceEvent): void {
    if ('edge' in event && event.edge === 'end' && event.task === null) {
      return this.#end(event.at, this.#trackOfSpan(event), { cut_short: true });
    }
    switch (event.kind) {
      case 'scan':
      case 'batch':
        return this.#ksmd(event);
      case 'request':
      case 'range':
      case 'phase':
      case 'migrate':
      case 'pass':
        return this.#cma(event);
      case 'migrateFailed':
        return this.#migrateFailed(event);
      case 'measuring':
        return this.#instant(event.at, { pid: PID.cma, tid: PID.cma }, 'measuring begins', NO_ARGS, 'g');
      case 'switch':
        return this.#switch(event);
      case 'life':
      case 'fork':
      case 'exec':
      case 'kill':
      case 'fault':
        return this.#process(event);
      case 'gapOpened':
        return this.#gapOpened(event.gap, event.at);
      case 'gapClosed':
        return this.#gapClosed(event);
      case 'counters':
        for (const [name, value] of Object.entries(event.values)) this.#counter(event.at, name, value);
        return;
      case 'released':
        return this.#instant(event.at, this.#trackOf(event.task), 'dma_release_from_contiguous', {
          pfn: hex(event.pfn),
          pages: event.pages,
        });
      case 'itemAppended':
      case 'itemRemoved':
        return this.#item(event);
      case 'ksmEnter':
      case 'ksmExit': {
        const name = event.kind === 'ksmEnter' ? '__ksm_enter' : '__ksm_exit';
        return this.#instant(event.at, this.#processTrack(event.pid), name, NO_ARGS);
      }
    }
  }

  finish(partial: string | null): void {
    const { run, cell, measuredFrom } = this.#subject;
    const data = {
      schema: 'cma-stress/trace/1',
      tool: TOOL_VERSION,
      model: MODEL_HASH,
      run,
      cell: cell.id,
      workload: cell.workload,
      strategy: cell.strategy,
      kernel: cell.kernel,
      device: cell.device,
      seed: cell.seed,
      measuredFromNs: measuredFrom,
      ...(partial === null ? {} : { partial }),
    };
    this.#output.write(`\n],"otherData":${JSON.stringify(data)}}\n`);
  }

  #ksmd(event: Of<'scan' | 'batch'>): void {
    const track = this.#ksmdTrack();
    if (event.kind === 'scan') {
      if (event.edge === 'begin')
        this.#begin(event.at, track, `full scan ${event.number}`, { rmap_items: event.items });
      else this.#end(event.at, track, { scanned: event.scanned, merges: event.merges, rmap_items_at_end: event.items });
    } else if (event.edge === 'begin') this.#begin(event.at, track, 'batch', { pages_to_scan: event.pages });
    else this.#end(event.at, track, { scanned: event.scanned, merges: event.merges });
  }

  #cma(event: Of<'request' | 'range' | 'phase' | 'migrate' | 'pass'>): void {
    const track = this.#clientTrack(event.client);
    const { at } = event;
    if (event.edge === 'begin') return this.#begin(at, track, ...beginningOf(event));
    if (event.kind === 'request') return this.#endRequest(event, track);
    if (event.kind === 'range') {
      const { errno, blockers } = event;
      const outcome = errno === null ? {} : { result: outcomeOf(errno) };
      return this.#end(at, track, { ...outcome, blocked_by: blockersText(blockers) });
    }
    if (event.kind === 'phase') return this.#end(at, track, event.busy < 0 ? NO_ARGS : { busy_pfn: hex(event.busy) });
    if (event.kind === 'migrate')
      return this.#end(at, track, { nr_succeeded: event.succeeded, nr_failed: event.failed });
    return this.#end(at, track, event.failed.length === 0 ? NO_ARGS : { failed: blockersText(event.failed) });
  }

  #endRequest({ at, number, pfn, outcome }: Of<'request'> & { edge: 'end' }, track: Track): void {
    if (outcome === null) return this.#end(at, track, NO_ARGS);
    const result = outcomeOf(outcome.errno);
    if (outcome.errno !== 0) this.#instant(at, track, `failed: ${result}`, outcome.blocked);
    this.#end(at, track, {
      result,
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
    });
  }

  #migrateFailed({ at, client, pfn, cause, gap, isFirst }: Of<'migrateFailed'>): void {
    if (!isFirst) return;
    const track = this.#clientTrack(client);
    const why = gap === null ? {} : { ...ptesOf(gap), opened: originText(gap), ms_before: (at - gap.at) / 1e6 };
    if (gap !== null && this.#gaps.has(gap.id)) this.#flow('t', at, track, gap.id);
    this.#instant(at, track, `${cause} pfn ${hex(pfn)}`, why);
  }

  #gapOpened(gap: GapOrigin, at: number): void {
    // What was open before time began is in the counter only.
    if (gap.by === null) return;
    const track = this.#trackOf(gap.by);
    this.#gaps.add(gap.id);
    this.#begin(at, track, `gap ${gap.cause}`, { gap: gap.id, ...ptesOf(gap), event: originText(gap) });
    this.#flow('s', at, track, gap.id);
    this.#end(at, track, NO_ARGS);
  }

  #gapClosed({ at, task, gap }: Of<'gapClosed'>): void {
    if (!this.#gaps.delete(gap.id) || task === null) return;
    this.#instant(at, this.#trackOf(task), 'gap closed', { gap: gap.id, lasted_ms: (at - gap.at) / 1e6 });
  }

  #switch({ at, cpu, to }: Of<'switch'>): void {
    const ran = this.#running[cpu];
    if (ran !== undefined) {
      const track = this.#track(`cpu ${cpu}`, PID.cpus, TID.cpus + cpu, `CPU ${cpu}`, cpu);
      this.#complete(ran.since, at, track, nameOf(ran.task), NO_ARGS);
    }
    this.#running[cpu] = to === null ? undefined : { task: to, since: at };
  }

  #process(event: Of<'life' | 'fork' | 'exec' | 'kill' | 'fault'>): void {
    const { at } = event;
    const name = 'name' in event ? event.name : '';
    const track = this.#processTrack(event.pid, name);
    switch (event.kind) {
      case 'life':
        if (event.edge === 'end') this.#end(at, track, NO_ARGS);
        else this.#begin(at, track, event.name, { pid: event.pid, ppid: event.parent, born_by: event.how });
        return;
      case 'fork':
        return this.#complete(event.began, at, track, 'fork', {
          child_pid: event.child,
          child: event.childName,
        });
      case 'exec':
        return this.#instant(at, track, 'exec', NO_ARGS);
      case 'kill':
        return this.#instant(at, track, event.limit === null ? 'OOM kill' : 'lowmemorykiller', {
          free_pages: event.free,
          page_cache_pages: event.cache,
        });
      case 'fault':
        return this.#complete(event.began, at, track, `${event.access} fault`, { vpn: hex(event.vpn) });
    }
  }

  #item({ kind, at, task, item, pid, vpn, pfn }: Of<'itemAppended' | 'itemRemoved'>): void {
    const name = kind === 'itemAppended' ? 'merged' : 'rmap_item removed';
    this.#instant(at, this.#trackOf(task), name, { rmap_item: item, pid, vpn: hex(vpn), pfn: hex(pfn) });
  }

  #trackOf(task: Task | null): Track {
    if (task?.kind === 'process') return this.#processTrack(task.pid, task.name);
    if (task?.kind === 'ksmd') return this.#ksmdTrack();
    if (task?.kind === 'client') return this.#clientTrack(task.name.replace(/^cma client /, ''));
    const name = task?.name ?? 'boot';
    return (
      this.#tracks.get(`other ${name}`) ??
      this.#track(`other ${name}`, PID.others, TID.others + this.#others, name, this.#others++)
    );
  }

  #trackOfSpan(span: TraceSpan): Track {
    if (span.track === 'cma') return this.#clientTrack(span.client);
    return span.track === 'ksmd' ? this.#ksmdTrack() : this.#processTrack(span.pid, span.name);
  }

  #ksmdTrack(): Track {
    return this.#track('ksmd', PID.ksmd, TID.ksmd, 'ksmd', 0);
  }

  #clientTrack(client: string): Track {
    const key = `cma ${client}`;
    return this.#tracks.get(key) ?? this.#track(key, PID.cma, TID.cma + this.#clients, client, this.#clients++);
  }

  #processTrack(pid: number, name = ''): Track {
    return this.#track(`process ${pid}`, PID.processes, pid, name, pid);
  }

  /** The track, named when it is met for the first time. */
  #track(key: string, pid: number, tid: number, name: string, sortIndex: number): Track {
    const known = this.#tracks.get(key);
    if (known !== undefined) return known;
    const track = { pid, tid };
    this.#tracks.set(key, track);
    this.#meta('thread_name', track, { name });
    this.#meta('thread_sort_index', track, { sort_index: sortIndex });
    return track;
  }

  #begin(at: number, track: Track, name: string, args: Args): void {
    this.#put('B', at, track, name, args);
  }

  #end(at: number, track: Track, args: Args): void {
    this.#put('E', at, track, null, args);
  }

  #complete(began: number, end: number, track: Track, name: string, args: Args): void {
    this.#put('X', began, track, name, args, `,"dur":${us(end - began)}`);
  }

  #instant(at: number, track: Track, name: string, args: Args, scope: 't' | 'g' = 't'): void {
    this.#put('i', at, track, name, args, `,"s":"${scope}"`);
  }

  #counter(at: number, name: string, value: number): void {
    const unit = name === 'unfindable_ptes' ? 'ptes' : 'pages';
    this.#put('C', at, { pid: PID.counters, tid: PID.counters }, name, { [unit]: value });
  }

  /** An arrow begins (s) or goes on (t) at the innermost span that is open on the track. Which is its last end nobody knows: there is no f. */
  #flow(phase: 's' | 't', at: number, track: Track, id: number): void {
    if (!this.#subject.arrows) return;
    this.#put(phase, at, track, 'unfindable pte', NO_ARGS, `,"cat":"gap","id":${id}`);
  }

  #meta(name: string, track: Track, args: Args): void {
    this.#put('M', 0, track, name, args);
  }

  #put(phase: string, at: number, { pid, tid }: Track, name: string | null, args: Args, more = ''): void {
    const called = name === null ? '' : `"name":${JSON.stringify(name)},`;
    const tail = args === NO_ARGS ? '' : `,"args":${JSON.stringify(args)}`;
    const comma = this.#isFirst ? '' : ',';
    this.#isFirst = false;
    this.#output.write(`${comma}\n{${called}"ph":"${phase}","ts":${us(at)},"pid":${pid},"tid":${tid}${more}${tail}}`);
  }
}

/** Name and arguments of a span of a CMA client. */
function beginningOf(
  event: Of<'request' | 'range' | 'phase' | 'migrate' | 'pass'> & { edge: 'begin' },
): [string, Args] {
  switch (event.kind) {
    case 'request':
      return [`dma_alloc_from_contiguous ${event.pages} pages`, { area: event.area, align_order: event.align }];
    case 'range':
      return [
        `alloc_contig_range ${hex(event.first)}-${hex(event.end)}`,
        { first: hex(event.first), end: hex(event.end), range: event.number + 1, round: event.round + 1 },
      ];
    case 'phase':
      return [event.phase, NO_ARGS];
    case 'migrate':
      return [`migrate_pages try ${event.attempt}`, { pages: event.pages }];
    case 'pass':
      return [`pass ${event.number}`, NO_ARGS];
  }
}

function ptesOf({ pid, vpn, pfn }: GapOrigin): Args {
  return { pte_pid: pid, pte_vpn: hex(vpn), pfn: hex(pfn) };
}

/** ns as microseconds, exactly. */
export function us(ns: number): string {
  const rest = ns % 1000;
  const whole = (ns - rest) / 1000;
  return rest === 0 ? `${whole}` : `${whole}.${`${rest}`.padStart(3, '0')}`;
}
