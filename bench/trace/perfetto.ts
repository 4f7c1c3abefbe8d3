/** A trace as ui.perfetto.dev and chrome://tracing open it: which event of a device is what on which track. */
import type { GapOrigin, Task, TraceEvent } from '../../sim/index.ts';
import { outcomeOf } from '../report/outcome.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import { hex, json, nameOf, originText } from './format.ts';
import type { TraceFormat, TraceSubject } from './format.ts';
import { beginArgs, endArgs, nameOfSpan } from './cmaSpans.ts';
import type { Args, CmaSpan } from './cmaSpans.ts';
import { ManyArgs, ManyName } from './manyEvents.ts';
import type { Output } from './output.ts';
import { NO_ARGS, TraceEventFile } from './traceEventFile.ts';
import type { Track } from './traceEventFile.ts';
import { Tracks } from './tracks.ts';

type Of<Kind extends TraceEvent['kind']> = Extract<TraceEvent, { kind: Kind }>;

const CUT_SHORT = json({ cut_short: true });
const FAULT_NAMES = {
  anon: new ManyName('"anon fault"'),
  cow: new ManyName('"cow fault"'),
  file: new ManyName('"file fault"'),
} as const;
const MERGED = new ManyName('"merged"');
const REMOVED = new ManyName('"rmap_item removed"');

export class PerfettoFormat implements TraceFormat {
  readonly #file: TraceEventFile;
  readonly #tracks: Tracks;
  /** By CPU: who has it, since when. */
  readonly #running: ({ readonly task: Task; readonly since: number } | undefined)[] = [];
  /** Names of tasks on CPUs. */
  readonly #names = new Map<number, ManyName>();
  readonly #faultArgs = new ManyArgs([], ['vpn']);
  readonly #itemArgs = new ManyArgs(['rmap_item', 'pid'], ['vpn', 'pfn']);
  /** Gaps whose opening has been written. */
  readonly #gaps = new Set<number>();
  readonly #subject: TraceSubject;

  constructor(subject: TraceSubject, output: Output) {
    this.#subject = subject;
    this.#file = new TraceEventFile(output);
    this.#tracks = new Tracks(this.#file);
  }

  write(event: TraceEvent): void {
    if (event.task === null && 'edge' in event && event.edge === 'end') {
      return this.#file.end(event.at, this.#tracks.ofSpan(event), CUT_SHORT);
    }
    switch (event.kind) {
      case 'switch':
        return this.#switch(event);
      case 'fault':
      case 'life':
      case 'fork':
      case 'exec':
      case 'kill':
        return this.#process(event);
      case 'itemAppended':
      case 'itemRemoved':
        return this.#item(event);
      case 'gapOpened':
        return this.#gapOpened(event.gap, event.at);
      case 'gapClosed':
        return this.#gapClosed(event);
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
        return this.#file.instant(event.at, this.#tracks.cma, '"measuring begins"', NO_ARGS, 'g');
      case 'counters':
        return this.#counters(event);
      case 'released': {
        const args = json({ pfn: hex(event.pfn), pages: event.pages });
        return this.#file.instant(event.at, this.#tracks.of(event.task), '"dma_release_from_contiguous"', args);
      }
      case 'ksmEnter':
      case 'ksmExit': {
        const name = event.kind === 'ksmEnter' ? '"__ksm_enter"' : '"__ksm_exit"';
        return this.#file.instant(event.at, this.#processOf(event), name, NO_ARGS);
      }
    }
  }

  finish(partial: string | null): void {
    const { run, cell, measuredFrom } = this.#subject;
    this.#file.finish({
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
    });
  }

  #ksmd(event: Of<'scan' | 'batch'>): void {
    const { at } = event;
    const track = this.#tracks.ksmd();
    if (event.edge === 'begin') {
      if (event.kind === 'batch') this.#file.begin(at, track, '"batch"', json({ pages_to_scan: event.pages }));
      else this.#file.begin(at, track, `"full scan ${event.number}"`, json({ rmap_items: event.items }));
      return;
    }
    const { scanned, merges } = event;
    const more = event.kind === 'scan' ? { rmap_items_at_end: event.items } : {};
    this.#file.end(at, track, json({ scanned, merges, ...more }));
  }

  #cma(event: CmaSpan): void {
    const track = this.#tracks.client(event.client);
    if (event.edge === 'begin') {
      return this.#file.begin(event.at, track, json(nameOfSpan(event)), textOf(beginArgs(event)));
    }
    if (event.kind === 'request') this.#sayFailed(event, track);
    this.#file.end(event.at, track, textOf(endArgs(event)));
  }

  #sayFailed({ at, outcome }: Of<'request'> & { edge: 'end' }, track: Track): void {
    if (outcome === null || outcome.errno === 0) return;
    this.#file.instant(at, track, json(`failed: ${outcomeOf(outcome.errno)}`), json(outcome.blocked));
  }

  #migrateFailed({ at, client, pfn, cause, gap, isFirst }: Of<'migrateFailed'>): void {
    if (!isFirst) return;
    const track = this.#tracks.client(client);
    const name = `"${cause} pfn ${hex(pfn)}"`;
    if (gap === null) return this.#file.instant(at, track, name, NO_ARGS);
    const args = `{${pteArgs(gap)},"opened":${json(originText(gap))},"ms_before":${(at - gap.at) / 1e6}}`;
    this.#arrow(this.#gaps.has(gap.id) ? 't' : null, at, track, name, args, gap.id);
  }

  #gapOpened(gap: GapOrigin, at: number): void {
    // What was open before time began is in the counter only.
    if (gap.by === null) return;
    this.#gaps.add(gap.id);
    const args = `{"gap":${gap.id},${pteArgs(gap)},"event":${json(originText(gap))}}`;
    this.#arrow('s', at, this.#tracks.of(gap.by), `"gap ${gap.cause}"`, args, gap.id);
  }

  /**
   * A moment at which an arrow begins, or goes on: a span of no time, since arrows lead to spans only. null: none does.
   */
  #arrow(phase: 's' | 't' | null, at: number, track: Track, name: string, args: string, id: number): void {
    if (phase === null || !this.#subject.arrows) return this.#file.instant(at, track, name, args);
    this.#file.complete(at, at, track, name, args);
    this.#file.arrow(phase, at, track, id);
  }

  #gapClosed({ at, task, gap }: Of<'gapClosed'>): void {
    if (!this.#gaps.delete(gap.id) || task === null) return;
    const args = `{"gap":${gap.id},"lasted_ms":${(at - gap.at) / 1e6}}`;
    this.#file.instant(at, this.#tracks.of(task), '"gap closed"', args);
  }

  #switch({ at, cpu, to }: Of<'switch'>): void {
    const ran = this.#running[cpu];
    if (ran !== undefined) {
      const name = this.#nameOnCpu(ran.task);
      const track = this.#tracks.cpu(cpu);
      if (ran.since === at) this.#file.instantOfMany(at, track, name, null);
      else this.#file.completeOfMany(ran.since, at, track, name, null);
    }
    this.#running[cpu] = to === null ? undefined : { task: to, since: at };
  }

  #nameOnCpu(task: Task): ManyName {
    let name = this.#names.get(task.pid);
    if (name === undefined) this.#names.set(task.pid, (name = new ManyName(json(nameOf(task)))));
    return name;
  }

  #process(event: Of<'life' | 'fork' | 'exec' | 'kill' | 'fault'>): void {
    const { at } = event;
    const track = this.#processOf(event);
    switch (event.kind) {
      case 'fault':
        this.#faultArgs.values[0] = event.vpn;
        return this.#file.completeOfMany(event.began, at, track, FAULT_NAMES[event.access], this.#faultArgs);
      case 'life': {
        if (event.edge === 'end') return this.#file.end(at, track, NO_ARGS);
        const args = { pid: event.pid, ppid: event.parent, born_by: event.how };
        return this.#file.begin(at, track, json(event.name), json(args));
      }
      case 'fork': {
        const args = { child_pid: event.child, child: event.childName };
        return this.#file.complete(event.began, at, track, '"fork"', json(args));
      }
      case 'exec':
        return this.#file.instant(at, track, '"exec"', NO_ARGS);
      case 'kill': {
        const args = { free_pages: event.free, page_cache_pages: event.cache };
        return this.#file.instant(at, track, event.limit === null ? '"OOM kill"' : '"lowmemorykiller"', json(args));
      }
    }
  }

  #item({ kind, at, task, item, pid, vpn, pfn }: Of<'itemAppended' | 'itemRemoved'>): void {
    const { values } = this.#itemArgs;
    values[0] = item;
    values[1] = pid;
    values[2] = vpn;
    values[3] = pfn;
    const name = kind === 'itemAppended' ? MERGED : REMOVED;
    this.#file.instantOfMany(at, this.#tracks.of(task), name, this.#itemArgs);
  }

  #counters({ at, values }: Of<'counters'>): void {
    for (const [name, value] of Object.entries(values)) {
      const unit = name === 'unfindable_ptes' ? 'ptes' : 'pages';
      this.#file.counter(at, this.#tracks.counters, `"${name}"`, `{"${unit}":${value}}`);
    }
  }

  /** Where nobody says the name of a process that is met for the first time, its pid stands for it. */
  #processOf(event: Of<'life' | 'fork' | 'exec' | 'kill' | 'fault' | 'ksmEnter' | 'ksmExit'>): Track {
    const { pid, task } = event;
    const name = 'name' in event ? event.name : task?.pid === pid ? task.name : `pid ${pid}`;
    return this.#tracks.process(pid, name);
  }
}

/** The pte of a gap, to be put among other arguments. */
function pteArgs({ pid, vpn, pfn }: GapOrigin): string {
  return `"pte_pid":${pid},"pte_vpn":"${hex(vpn)}","pfn":"${hex(pfn)}"`;
}

function textOf(args: Args): string {
  return Object.keys(args).length === 0 ? NO_ARGS : json(args);
}
