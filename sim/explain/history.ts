/**
 * The history of one page: a cell is replayed from its start, and what happens to the page, to its rmap_items and to
 * the addresses of one family of processes that map it is noted, past the failure until its gaps have closed by
 * themselves.
 */
import type { World } from '../load/world.ts';
import { NONE } from '../memory/frames.ts';
import { PTE, PTE_SHIFT, VPN_LIMIT } from '../process/pageTables.ts';
import { VM } from '../process/vmas.ts';
import type { Gap } from '../truth/gaps.ts';
import { Lives, type Life } from '../watch/lives.ts';
import { PageIds } from '../watch/pageIds.ts';
import type { Watch } from '../watch/watch.ts';
import { refOf } from './blockers.ts';
import type { Closing, Opening, PageEvent, ProcessRef, Removal } from './types.ts';

/** Of which page, and whose addresses besides. */
export interface Subject {
  /** Number of the page (PageIds). */
  readonly page: number;
  /** pid of the process that the family was forked from, and the addresses looked at in its processes. */
  readonly family: number;
  readonly vpns: ReadonlySet<number>;
  /** Addresses whose visits by ksmd are noted, too: mm * VPN_LIMIT + vpn. */
  readonly mapped: ReadonlySet<number>;
}

/** Events kept; of more the oldest are left out, but those that say how the page came about. */
const MOST_EVENTS = 20_000;

export class History {
  readonly events: PageEvent[] = [];
  leftOut = 0;
  readonly lives = new Lives();
  /** By mm and vpn. */
  readonly openings = new Map<number, Opening>();
  readonly closings = new Map<number, Omit<Closing, 'until'>>();
  readonly visits = new Map<number, { readonly at: number; readonly pass: number }>();
  /** Whether a process of the family could be merged where it maps the page, when it was last looked at. */
  readonly mergeable = new Map<Life, boolean>();
  readonly watch: Watch;
  readonly #ids = new PageIds();
  readonly #unmapped = new Map<number, number>();
  readonly #subject: Subject;
  #world: World | null = null;
  /** What the kernel is just telling of the page: why a gap opens or closes. */
  #current: PageEvent | null = null;
  #forkingMm = NONE;

  constructor(subject: Subject) {
    this.#subject = subject;
    this.watch = {
      built: (world) => {
        this.#world = world;
        this.#ids.attach(world, (mm, vpn, pfn) => this.#written(mm, vpn, pfn));
      },
      forked: (parent, child) => this.#forked(parent, child),
      born: (process, mm, parent, _began, now) => this.lives.born(process, mm, parent, now),
      killed: (process, now) => this.lives.killed(process, now),
      exited: (_process, mm, now) => this.#exited(mm, now),
      upgraded: (pfn) => this.#ofPage('upgraded', pfn, this.#item()),
      replaced: (mm, vpn, pfn) => this.#ofPage('merged', pfn, { mm, vpn }),
      nodeInserted: (pfn) => this.#ofPage('node', pfn, this.#item()),
      mergeAbandoned: (pfn) => this.#ofPage('abandoned', pfn, this.#item()),
      appended: (item, pfn) => this.#ofPage('item-added', pfn, this.#addressOf(item)),
      itemRemoved: (item, pfn) => {
        if (this.#isIt(pfn))
          this.#ofPage('item-removed', pfn, this.#addressOf(item), { removal: this.#removalOf(item) });
      },
      unmapped: (mm, vpn, pfn) => {
        if (this.#isIt(pfn)) this.#unmapped.set(mm * VPN_LIMIT + vpn, this.#now);
        this.#ofPage('unmapped', pfn, { mm, vpn });
      },
      migrated: (from, to) => {
        this.#ids.moved(from, to);
        this.#ofPage('migrated', to, null);
      },
      migrationFailed: (pfn) => this.#ofPage('migration-failed', pfn, null),
      pinned: (_holder, pfns) => {
        for (const pfn of pfns) this.#ofPage('pinned', pfn, null);
      },
      gapOpened: (gap) => this.#opened(gap),
      gapClosed: (gap) => this.#closed(gap),
      stepped: (_who, actor) => {
        if (actor === this.#kernel.ksmd) this.#visited();
      },
    };
  }

  get #kernel() {
    return this.#world!.kernel;
  }

  get #now(): number {
    return this.#world!.scheduler.now;
  }

  #isIt(pfn: number): boolean {
    return this.#ids.of(pfn) === this.#subject.page;
  }

  #isOurs(mm: number, vpn: number): boolean {
    return this.#subject.vpns.has(vpn) && this.lives.of(mm)?.root.pid === this.#subject.family;
  }

  /** The address that ksmd works on. */
  #item(): { mm: number; vpn: number } | null {
    const { ksmd } = this.#kernel;
    return ksmd.item === NONE ? null : this.#addressOf(ksmd.item);
  }

  #addressOf(item: number): { mm: number; vpn: number } {
    const { objects } = this.#kernel;
    return { mm: objects.itemMm[item], vpn: objects.itemAddress[item] };
  }

  #ofPage(
    kind: PageEvent['kind'],
    pfn: number,
    address: { readonly mm: number; readonly vpn: number } | null,
    more: Pick<PageEvent, 'removal'> = {},
  ): void {
    this.#current = null;
    if (!this.#isIt(pfn)) return;
    const process = address === null || address.mm === NONE ? null : this.#ref(address.mm);
    this.#current = this.#note({ kind, process, vpn: address?.vpn ?? NONE, ...more });
  }

  #written(mm: number, vpn: number, pfn: number): void {
    const isItself = this.#isIt(pfn);
    if (!isItself && !this.#isOurs(mm, vpn)) return;
    this.#note({ kind: 'written', process: this.#ref(mm), vpn, ...(isItself ? { isItself } : {}) });
  }

  #forked(parent: number, child: number): void {
    this.lives.forked(parent, child, this.#now);
    const life = this.lives.of(child)!;
    const event = this.#event({ kind: 'forked', process: this.#ref(parent), vpn: NONE, other: refOf(life, child) });
    this.#current = event;
    this.#forkingMm = parent;
    if (life.root.pid === this.#subject.family) this.#keep(event);
  }

  #exited(mm: number, now: number): void {
    this.#lookAtVma(mm);
    this.lives.exited(mm, now);
    if (this.lives.of(mm)?.root.pid !== this.#subject.family) return;
    this.#current = this.#note({ kind: 'exited', process: this.#ref(mm), vpn: NONE });
  }

  #visited(): void {
    const { ksmd, cursor } = this.#kernel;
    if (ksmd.finished !== 'item') return;
    const { mm, vpn } = this.#addressOf(ksmd.item);
    if (mm === NONE) return;
    const key = mm * VPN_LIMIT + vpn;
    const isOurs = this.#isOurs(mm, vpn);
    if (isOurs || this.#subject.mapped.has(key)) this.visits.set(key, { at: this.#now, pass: cursor.seqnr });
    if (!isOurs) return;
    this.#note({ kind: 'visited', process: this.#ref(mm), vpn });
  }

  /** Whether the process is mergeable where the family maps the page, for its scene in a script. */
  #lookAtVma(mm: number): void {
    const { vmas } = this.#kernel;
    const life = this.lives.of(mm);
    if (life === null || life.root.pid !== this.#subject.family) return;
    for (const vpn of this.#subject.vpns) {
      const vma = vmas.covering(mm, vpn);
      if (vma >= 0) this.mergeable.set(life, (vmas.flags[vma] & VM.mergeable) !== 0);
    }
  }

  /** The vmas of the family that live now, once the story is over. */
  lookAtVmas(): void {
    for (const life of this.lives.all) {
      if (life.exitedAt === null && this.lives.of(life.mm) === life) this.#lookAtVma(life.mm);
    }
  }

  #removalOf(item: number): Removal {
    const { mergeItem, cursor, tables, vmas } = this.#kernel;
    const { mm, vpn } = this.#addressOf(item);
    const by = mergeItem.isIdle ? cursor.removing : 'cmp_and_merge_page';
    if (mm === NONE) return { by, why: 'cover', since: null };
    const life = this.lives.of(mm);
    if (life !== null && life.exitedAt !== null) return { by, why: 'exited', since: life.exitedAt };
    const vma = vmas.covering(mm, vpn);
    if (vma >= 0 && (vmas.flags[vma] & VM.mergeable) === 0) return { by, why: 'not-mergeable', since: null };
    const since = this.#unmapped.get(mm * VPN_LIMIT + vpn) ?? null;
    const entry = tables.get(mm, vpn);
    if (entry === 0) return { by, why: 'unmapped', since };
    const isElsewhere = (entry & PTE.present) !== 0 && !this.#isIt(entry >> PTE_SHIFT);
    return isElsewhere ? { by, why: 'copied', since } : { by, why: 'migration-entry', since: null };
  }

  #opened(gap: Gap): void {
    if (!this.#isIt(gap.pfn)) return;
    const process = this.#ref(gap.mm);
    // What ksmd's merge leaves open is booked when somebody asks.
    const event =
      gap.cause === 'B3'
        ? this.events.findLast(
            ({ kind, vpn, process: of }) => kind === 'merged' && vpn === gap.vpn && of?.pid === process.pid,
          )
        : this.#current;
    const key = gap.mm * VPN_LIMIT + gap.vpn;
    const isInherited = event?.kind === 'forked';
    const inherited = isInherited ? (this.openings.get(this.#forkingMm * VPN_LIMIT + gap.vpn) ?? null) : null;
    if (event != null) this.openings.set(key, { cause: gap.cause, at: gap.since, event, inherited });
    else this.openings.delete(key);
    this.closings.delete(key);
    if (this.#isOurs(gap.mm, gap.vpn)) this.#note({ kind: 'gap-opened', process, vpn: gap.vpn, cause: gap.cause });
  }

  #closed(gap: Gap): void {
    if (!this.#isIt(gap.pfn)) return;
    const event = this.#current;
    const process = this.#ref(gap.mm);
    const hasExited = this.lives.of(gap.mm)?.exitedAt !== null;
    let how: Closing['how'] = 'other';
    if (event?.kind === 'item-added') how = 'visit';
    else if (event?.kind === 'unmapped') how = hasExited ? 'exit' : 'unmapped';
    const by = how === 'visit' ? event!.process : process;
    const vpn = how === 'visit' ? event!.vpn : gap.vpn;
    this.closings.set(gap.mm * VPN_LIMIT + gap.vpn, {
      at: this.#now,
      how,
      process: by,
      vpn,
      pass: this.#kernel.cursor.seqnr,
    });
    if (this.#isOurs(gap.mm, gap.vpn)) this.#note({ kind: 'gap-closed', process, vpn: gap.vpn, cause: gap.cause });
  }

  #note(event: Omit<PageEvent, 'at' | 'pass'>): PageEvent {
    const noted = this.#event(event);
    this.#keep(noted);
    return noted;
  }

  #event(event: Omit<PageEvent, 'at' | 'pass'>): PageEvent {
    return { at: this.#now, pass: this.#kernel.cursor.seqnr, ...event };
  }

  #keep(event: PageEvent): void {
    this.events.push(event);
    if (this.events.length > MOST_EVENTS) {
      this.events.splice(MOST_EVENTS / 4, MOST_EVENTS / 4);
      this.leftOut += MOST_EVENTS / 4;
    }
  }

  #ref(mm: number): ProcessRef {
    return refOf(this.lives.of(mm), mm);
  }
}
