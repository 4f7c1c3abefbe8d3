/**
 * A watch that turns a run into a stream of typed events (traceEvents.ts), in order of time: what ksmd, the CMA clients
 * and the processes do, who runs where, which ptes become unfindable and why, and which failed migrations come of that.
 *
 * It keeps what is under way: open spans, open gaps, and the events of the last step. Of what is over only who lived.
 */
import { FINISHED, type Actor } from '../clock/actor.ts';
import type { CmaAlloc } from '../cma/cmaAlloc.ts';
import type { CmaArea } from '../cma/cmaArea.ts';
import { MIGRATE_STAGE } from '../events.ts';
import type { Process } from '../load/process.ts';
import type { World } from '../load/world.ts';
import type { CmaAttempt } from '../observations.ts';
import { ACCESS } from '../process/faults.ts';
import type { Gap } from '../truth/gaps.ts';
import { CmaTrace } from './cmaTrace.ts';
import { CpuTrace } from './cpuTrace.ts';
import { GapTrace } from './gapTrace.ts';
import { KsmdTrace } from './ksmdTrace.ts';
import { Lives, type Life } from './lives.ts';
import { Tasks } from './tasks.ts';
import type { Counters, Task, TraceSink } from './traceEvents.ts';
import { Timeline } from './timeline.ts';
import type { Watch } from './watch.ts';

/** Counters are looked at this often, ns, at the first step from then on, and told when they changed. */
const COUNTER_NS = 100_000_000;

/** Kinds of which there are so many that telling them takes time, and which need not be told. */
export type BulkKind = 'switch' | 'fault' | 'itemAppended' | 'itemRemoved';
export const BULK_KINDS: readonly BulkKind[] = ['switch', 'fault', 'itemAppended', 'itemRemoved'];

interface Parts {
  readonly world: World;
  readonly cpus: CpuTrace | null;
  readonly ksmd: KsmdTrace;
  readonly cma: CmaTrace;
}

export class Tracer implements Watch {
  /**
   * Nothing of a quiet visit is told. Gain: fork-heavy at 1000/20 traced takes 1.25 times the untraced run, not 1.71.
   */
  readonly joinsSteps = true;
  readonly #timeline: Timeline;
  readonly #lives = new Lives();
  readonly #tasks = new Tasks(this.#lives);
  readonly #gaps: GapTrace;
  /** null until the device is booted. */
  #parts: Parts | null = null;
  /** Those under way, by mm. */
  readonly #living = new Map<number, Life>();
  readonly #inKsm = new Set<number>();
  readonly #counters = new Map<keyof Counters, number>();
  #nextCounters = 0;
  #isMeasuring = false;
  readonly #without: ReadonlySet<BulkKind>;

  constructor(sink: TraceSink, without: readonly BulkKind[] = []) {
    this.#without = new Set(without);
    this.#timeline = new Timeline(sink);
    this.#gaps = new GapTrace(this.#lives, this.#timeline);
  }

  /** No more comes: what is open ends at `now`, ns. */
  close(now: number): void {
    const { cpus, cma, ksmd } = this.#parts ?? {};
    this.#timeline.release(now);
    cma?.close(now);
    ksmd?.close(now);
    for (const mm of [...this.#living.keys()]) this.#endLife(mm, now);
    this.#timeline.stamp(0, null);
    cpus?.close(now);
    this.#timeline.cut(now);
  }

  booted(world: World): void {
    const timeline = this.#timeline;
    const { kernel } = world;
    this.#parts = {
      world,
      cpus: this.#without.has('switch') ? null : new CpuTrace(world.description.cpus, timeline),
      ksmd: new KsmdTrace(kernel, timeline),
      cma: new CmaTrace(kernel, timeline),
    };
    for (const mm of this.#living.keys()) this.#noteKsm(mm);
    this.#gaps.booted();
    this.#count(0);
    this.#stamp(0, null);
    timeline.release(0);
  }

  sampled(): void {
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    this.#parts!.ksmd.measuringBegins();
    const at = this.#parts!.world.scheduler.now;
    this.#timeline.place({ kind: 'measuring', at, cpu: 0, task: null });
  }

  stepped(who: number, actor: Actor, cpu: number, at: number, result: number): void {
    const { cpus, cma, ksmd } = this.#parts!;
    const until = result > 0 ? at + result : at;
    const task = this.#tasks.of(who, actor);
    cpus?.settle(at);
    if (task.kind === 'ksmd') ksmd.stepped(at);
    else if (task.kind === 'client') cma.stepped(actor, at, until);
    if (at >= this.#nextCounters) this.#count(at);
    // On the CPU first, then what it does there.
    cpus?.stepped(cpu, task, at, until, result >= 0 ? 'R' : result === FINISHED ? 'X' : 'S');
    this.#stamp(cpu, task);
    this.#timeline.release(at);
  }

  born(process: Process, mm: number, parentMm: number, began: number, now: number): void {
    this.#lives.born(process, mm, parentMm, now);
    const life = this.#lives.of(mm)!;
    const { pid, name, parent } = life;
    const how = this.#parts === null ? 'boot' : parent === null ? 'exec' : 'fork';
    if (how === 'fork' && parent !== null) {
      const names = { name: parent.name, child: pid, childName: name };
      this.#timeline.tell({ kind: 'fork', at: now, pid: parent.pid, ...names, began });
    } else if (how === 'exec') this.#timeline.tell({ kind: 'exec', at: now, pid, name });
    this.#living.set(mm, life);
    const origin = { parent: parent?.pid ?? 1, how } as const;
    this.#timeline.tell({ kind: 'life', edge: 'begin', track: 'process', at: now, pid, name, ...origin });
    this.#noteKsm(mm);
  }

  exited(_process: Process, mm: number, now: number): void {
    if (this.#inKsm.delete(mm)) this.#timeline.tell({ kind: 'ksmExit', at: now, pid: this.#lives.pidOf(mm), mm });
    this.#lives.exited(mm, now);
    this.#endLife(mm, now);
  }

  killed(process: Process, now: number): void {
    const { memory, description } = this.#parts!.world;
    this.#lives.killed(process, now);
    const { pid, name } = this.#lives.of(process.mm)!;
    const free = memory.memory.freePages();
    const cache = memory.cache.pages;
    const limit = description.memory.lowmemorykiller.minfree.find((pages) => free < pages && cache < pages) ?? null;
    this.#timeline.tell({ kind: 'kill', at: now, pid, name, free, cache, limit });
  }

  faulted(mm: number, vpn: number, access: number, began: number, end: number): void {
    if (this.#without.has('fault')) return;
    const kind = access === ACCESS.cow ? 'cow' : access === ACCESS.anon ? 'anon' : 'file';
    this.#timeline.tell({ kind: 'fault', at: end, pid: this.#lives.pidOf(mm), vpn, access: kind, began });
  }

  requested(client: string, pages: number, alloc: CmaAlloc, now: number): void {
    this.#parts!.cma.requested(client, pages, alloc, now);
  }

  rangeFailed(): void {
    this.#parts!.cma.rangeFailed();
  }

  answered(attempt: CmaAttempt): void {
    this.#parts!.cma.answered(attempt);
  }

  released(area: CmaArea, pfn: number, pages: number, now: number): void {
    this.#timeline.tell({ kind: 'released', at: now, area: area.name, pfn, pages });
  }

  gapOpened(gap: Readonly<Gap>): void {
    this.#gaps.opened(gap, this.#time());
  }

  gapClosed(gap: Readonly<Gap>): void {
    this.#gaps.closed(gap, this.#time());
  }

  appended(item: number, pfn: number): void {
    this.#itemMoved('itemAppended', item, pfn);
  }

  itemRemoved(item: number, pfn: number): void {
    this.#gaps.happens('rmap_item removed', item, this.#parts?.world.kernel ?? null);
    this.#itemMoved('itemRemoved', item, pfn);
  }

  upgraded(): void {
    this.#gaps.happens('page became KSM without a stable_node');
  }

  mergeAbandoned(): void {
    this.#gaps.happens('merge abandoned');
  }

  moved(): void {
    this.#gaps.happens('pte moved by mremap');
  }

  slotChanged(mm: number): void {
    this.#gaps.happens('mm_slot changed');
    this.#noteKsm(mm);
  }

  forked(parent: number, child: number): void {
    this.#lives.forked(parent, child, this.#time());
    this.#gaps.happens('unfindable pte copied by fork');
  }

  migrationFailed(pfn: number, stage: number): void {
    const { cma } = this.#parts!;
    const gap = stage === MIGRATE_STAGE.mapped ? this.#gaps.ofFrame(pfn) : null;
    cma.migrationFailed(pfn, gap, this.#time());
  }

  #itemMoved(kind: 'itemAppended' | 'itemRemoved', item: number, pfn: number): void {
    if (this.#parts === null || this.#without.has(kind)) return;
    const { itemMm, itemAddress } = this.#parts.world.kernel.objects;
    const mm = itemMm[item];
    const vpn = itemAddress[item];
    this.#timeline.tell({ kind, at: this.#time(), item, mm, pid: this.#lives.pidOf(mm), vpn, pfn });
  }

  /** __ksm_enter, or a slot that went while the mm lives. */
  #noteKsm(mm: number): void {
    if (this.#parts === null || !this.#living.has(mm)) return;
    const isIn = this.#parts.world.kernel.slots.present[mm] !== 0;
    if (isIn === this.#inKsm.has(mm)) return;
    const pid = this.#lives.pidOf(mm);
    this.#timeline.tell({ kind: isIn ? 'ksmEnter' : 'ksmExit', at: this.#time(), pid, mm });
    if (isIn) this.#inKsm.add(mm);
    else this.#inKsm.delete(mm);
  }

  #endLife(mm: number, at: number): void {
    const life = this.#living.get(mm);
    if (life === undefined) return;
    this.#living.delete(mm);
    this.#timeline.tell({ kind: 'life', edge: 'end', track: 'process', at, pid: life.pid, name: life.name });
  }

  #count(at: number): void {
    this.#nextCounters = (Math.floor(at / COUNTER_NS) + 1) * COUNTER_NS;
    const { kernel, memory } = this.#parts!.world;
    const { pagesShared, pagesSharing, pagesUnshared, pagesVolatile } = kernel.objects;
    const now: Counters = {
      free_pages: memory.memory.freePages(),
      free_cma_pages: memory.memory.freeCmaPages(),
      pages_shared: pagesShared,
      pages_sharing: pagesSharing,
      pages_unshared: pagesUnshared,
      pages_volatile: pagesVolatile,
      unfindable_ptes: kernel.ledger.gaps.size,
    };
    const values: Partial<Record<keyof Counters, number>> = {};
    for (const name of Object.keys(now) as (keyof Counters)[]) {
      if (this.#counters.get(name) === now[name]) continue;
      this.#counters.set(name, now[name]);
      values[name] = now[name];
    }
    if (Object.keys(values).length > 0) this.#timeline.tell({ kind: 'counters', at, values });
  }

  #stamp(cpu: number, task: Task | null): void {
    this.#gaps.stamp(task);
    this.#timeline.stamp(cpu, task);
  }

  /** Time of the step under way. */
  #time(): number {
    return this.#parts?.world.scheduler.now ?? 0;
  }
}
