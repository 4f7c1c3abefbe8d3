/**
 * Requests for contiguous memory as spans: request > range > phase > migrate_pages > pass. Read off the ContigRange
 * after each step of its caller; clients that wait for cma_mutex have none.
 *
 * What a step comes to begins with the caller's next step, since the time between belongs to the step (a wait for
 * lru_add_drain_all, a page lock); only what ends the range ends at once.
 */
import type { Actor } from '../clock/actor.ts';
import type { CmaAlloc } from '../cma/cmaAlloc.ts';
import { CONTIG_PHASE as PHASE } from '../cma/contigRange.ts';
import type { Kernel } from '../kernel.ts';
import { NONE } from '../memory/frames.ts';
import type { CmaAttempt } from '../observations.ts';
import type { Blocker, GapOrigin, RangePhase, TraceSpan } from './traceEvents.ts';
import type { Timeline, Told } from './timeline.ts';

type CmaSpan = Extract<TraceSpan, { track: 'cma' }>;
type Bare<Span> = Span extends { track: 'cma' } ? Omit<Span, 'track' | 'client'> : never;
/** An edge without its track. */
type Edge = Bare<CmaSpan>;
/** How an open span ends. */
type End = () => Edge;

interface Client {
  readonly name: string;
  readonly alloc: CmaAlloc;
  readonly pages: number;
  /** Spans inside the request, the outermost first. */
  readonly open: { readonly kind: Edge['kind']; readonly end: End }[];
  /** What begins or ends with the next step. */
  readonly next: Edge[];
  /** Pages that failed in this request. */
  readonly failed: Set<number>;
  answered: CmaAttempt | null;
}

export class CmaTrace {
  readonly #clients = new Map<Actor, Client>();
  /** Of the step under way. */
  #asked: Client | null = null;
  /** Whose range it is. */
  #owner: Client | null = null;
  /** Phase of the owner's next step, and pass of migrate_pages. */
  #phase: number = PHASE.idle;
  #pass = 0;
  #failedInPass: Blocker[] = [];
  #blockers: readonly Blocker[] = [];
  #busy = NONE;
  /** Requests answered that began in the measured time. */
  #measured = 0;
  readonly #kernel: Kernel;
  readonly #timeline: Timeline;

  constructor(kernel: Kernel, timeline: Timeline) {
    this.#kernel = kernel;
    this.#timeline = timeline;
    kernel.ledger.onBusy = (pfn) => (this.#busy = pfn);
  }

  requested(name: string, pages: number, alloc: CmaAlloc, now: number): void {
    this.#asked = { name, alloc, pages, open: [], next: [], failed: new Set(), answered: null };
    this.#tell(this.#asked, now, { kind: 'request', edge: 'begin', pages, ...areaOf(alloc) });
  }

  /** What stood in the way is known until the step is over only. */
  rangeFailed(): void {
    const { range, ledger } = this.#kernel;
    this.#blockers = range.leftover.map((pfn) => ({ pfn, cause: ledger.failureOf(pfn) }));
  }

  migrationFailed(pfn: number, gap: GapOrigin | null, now: number): void {
    const owner = this.#owner;
    if (owner === null) return;
    const cause = this.#kernel.ledger.failureOf(pfn);
    const isFirst = !owner.failed.has(pfn);
    owner.failed.add(pfn);
    this.#failedInPass.push({ pfn, cause });
    this.#timeline.tell({ kind: 'migrateFailed', at: now, client: owner.name, pfn, cause, gap, isFirst });
  }

  answered(attempt: CmaAttempt): void {
    for (const client of [this.#asked, ...this.#clients.values()]) {
      if (client?.name === attempt.client) client.answered = attempt;
    }
  }

  /** A step of a client from `at` to `until` is done. */
  stepped(actor: Actor, at: number, until: number): void {
    if (this.#asked !== null) this.#clients.set(actor, this.#asked);
    this.#asked = null;
    const client = this.#clients.get(actor);
    if (client === undefined) return;
    const { range } = this.#kernel;
    if (this.#owner === client) this.#rangeStepped(client, at, until);
    else if (this.#owner === null && !range.isIdle) this.#beginRange(client, at);
    if (client.answered === null) return;
    this.#tell(client, until, this.#endOfRequest(client));
    this.#clients.delete(actor);
  }

  /** Time is over: what is open ends. */
  close(at: number): void {
    this.#blockers = [];
    for (const client of this.#clients.values()) {
      this.#endAll(client, at);
      this.#tell(client, at, this.#endOfRequest(client));
    }
    this.#clients.clear();
    this.#owner = null;
  }

  #endOfRequest({ pages, alloc, answered }: Client): Edge {
    const pfn = answered?.errno === 0 ? alloc.pfn : NONE;
    const number = answered === null ? 0 : ++this.#measured;
    return { kind: 'request', edge: 'end', pages, ...areaOf(alloc), pfn, number, outcome: answered };
  }

  #beginRange(client: Client, at: number): void {
    const { first, end } = this.#kernel.range;
    const { ranges, caller } = client.alloc;
    this.#owner = client;
    this.#blockers = [];
    const area = areaOf(client.alloc);
    this.#tell(client, at, { kind: 'range', edge: 'begin', first, end, number: ranges, round: caller, ...area });
    const over = (): number | null => (this.#kernel.range.isIdle ? this.#kernel.range.rc : null);
    client.open.push({
      kind: 'range',
      end: () => ({ kind: 'range', edge: 'end', first, end, errno: over(), blockers: this.#blockers, ...area }),
    });
    this.#phase = this.#kernel.range.phase;
    this.#beginPhase(client, 'isolate', client.next);
  }

  /** The step carried out what `#phase` says. */
  #rangeStepped(client: Client, at: number, until: number): void {
    const { range } = this.#kernel;
    const before = client.next.splice(0);
    const done = this.#phase;
    this.#phase = range.phase;
    if (done === PHASE.next) this.#clusterStepped(client, before);
    else if (done === PHASE.migrate) this.#migrateStepped(client);
    else if (this.#phase !== PHASE.idle) this.#nextPhase(client);
    this.#timeline.tellFirst(before.map((edge) => told(client, at, edge)));
    if (!range.isIdle) return;
    this.#endAll(client, until);
    this.#owner = null;
  }

  /** start_isolate_page_range, migrate_prep or the second drain is over. */
  #nextPhase(client: Client): void {
    this.#endTo(client, 1, client.next);
    if (this.#phase === PHASE.prepare) this.#beginPhase(client, 'lru_add_drain', client.next);
    else if (this.#phase === PHASE.test) this.#beginPhase(client, 'test', client.next);
  }

  /** `before`: what comes before the events of this step. */
  #clusterStepped(client: Client, before: Edge[]): void {
    const { range } = this.#kernel;
    if (this.#phase === PHASE.migrate) {
      if (range.tries === 0) {
        this.#endTo(client, 1, before);
        this.#beginPhase(client, 'cluster', before);
      }
      this.#beginMigrate(client);
      return;
    }
    this.#endTo(client, 1, client.next);
    if (this.#phase === PHASE.drain) this.#beginPhase(client, 'drain', client.next);
    else if (this.#phase === PHASE.test) this.#beginPhase(client, 'test', client.next);
  }

  #migrateStepped(client: Client): void {
    const { migrate } = this.#kernel.range;
    if (this.#phase !== PHASE.migrate) {
      this.#endTo(client, 2, client.next);
      // Nothing is left to try again.
      if (migrate.pages === 0) this.#endTo(client, 1, client.next);
    } else if (migrate.passes > this.#pass) {
      this.#endTo(client, 3, client.next);
      this.#beginPass(client);
    }
  }

  #beginPhase(client: Client, phase: RangePhase, into: Edge[]): void {
    const { first, end } = this.#kernel.range;
    this.#busy = NONE;
    into.push({ kind: 'phase', edge: 'begin', phase });
    client.open.push({
      kind: 'phase',
      end: () => ({ kind: 'phase', edge: 'end', phase, first, end, busy: this.#busy }),
    });
  }

  #beginMigrate(client: Client): void {
    const { migrate, tries } = this.#kernel.range;
    client.next.push({ kind: 'migrate', edge: 'begin', pages: migrate.pages, attempt: tries + 1 });
    client.open.push({
      kind: 'migrate',
      end: () => ({ kind: 'migrate', edge: 'end', succeeded: migrate.migrated, failed: migrate.pages }),
    });
    if (migrate.passes > 0) this.#beginPass(client);
  }

  #beginPass(client: Client): void {
    const number = this.#kernel.range.migrate.passes;
    this.#pass = number;
    this.#failedInPass = [];
    const failed = this.#failedInPass;
    client.next.push({ kind: 'pass', edge: 'begin', number });
    client.open.push({ kind: 'pass', end: () => ({ kind: 'pass', edge: 'end', number, failed }) });
  }

  /** Ends open spans, the innermost first, until `depth` are left. */
  #endTo(client: Client, depth: number, into: Edge[]): void {
    while (client.open.length > depth) into.push(client.open.pop()!.end());
  }

  #endAll(client: Client, at: number): void {
    const edges = client.next.splice(0);
    this.#endTo(client, 0, edges);
    for (const edge of edges) this.#tell(client, at, edge);
  }

  #tell(client: Client, at: number, edge: Edge): void {
    this.#timeline.tell(told(client, at, edge));
  }
}

function told({ name }: Client, at: number, edge: Edge): Told {
  return { ...edge, track: 'cma', client: name, at };
}

function areaOf({ area, alignOrder }: CmaAlloc): { area: string; align: number } {
  return { area: area?.name ?? '', align: alignOrder };
}
