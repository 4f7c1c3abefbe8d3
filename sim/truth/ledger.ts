/**
 * Who really maps a KSM page and cannot be found: the ledger of unfindable ptes, each with its cause and since when.
 * The causes of failed migrations (failures.ts) follow from it.
 *
 * Fed by KernelEvents; reads every kernel room, is read by none. A pte (mm, vpn) is findable iff some item on its
 * page's hlist has that address and the vma hangs in the tree that the reverse walk would search for that item.
 */
import type { Clock } from '../clock/clock.ts';
import type { Cause } from '../observations.ts';
import { MIGRATE_STAGE, type KernelEvents } from '../events.ts';
import type { KernelHooks } from '../strategies/strategy.ts';
import type { KsmObjects } from '../ksm/objects.ts';
import { KIND, NONE, type Frames } from '../memory/frames.ts';
import { PTE, PTE_SHIFT, type PageTables } from '../process/pageTables.ts';
import type { Vmas } from '../process/vmas.ts';
import { Failures } from './failures.ts';
import { Gaps } from './gaps.ts';

/** What a ledger reads. */
export interface LedgerParts {
  readonly frames: Frames;
  readonly tables: PageTables;
  readonly vmas: Vmas;
  readonly objects: KsmObjects;
  /** Where the reverse walk looks besides. */
  readonly hooks: KernelHooks;
  readonly clock: Readonly<Clock>;
}

export class Ledger implements KernelEvents {
  readonly gaps: Gaps;
  readonly failures: Failures;
  /** Pages migrated since the last reset, by what they were. */
  migratedByKind = { anon: 0, ksm: 0, file: 0 };
  /** Told of every page that moved, for labels of scripted tests. */
  onMigrated: ((from: number, to: number) => void) | null = null;
  /**
   * Told of each failed unmap_and_move with its MIGRATE_STAGE, and of each frame at which test_pages_isolated fails.
   */
  onFailed: ((pfn: number, stage: number) => void) | null = null;
  onBusy: ((pfn: number) => void) | null = null;
  /** The pte that replace_page set last, until its item is appended: ksmd merges one page at a time. NONE: none. */
  #mergingMm = NONE;
  #mergingVpn = NONE;
  #mergingInto = NONE;
  #mergingSince = NaN;
  /** What #findMappings found last, as mms and vpns. */
  readonly #foundMm: Int32Array;
  readonly #foundVpn: Int32Array;
  readonly #frames: Frames;
  readonly #tables: PageTables;
  readonly #vmas: Vmas;
  readonly #objects: KsmObjects;
  readonly #hooks: KernelHooks;
  readonly #clock: Readonly<Clock>;

  constructor(parts: LedgerParts) {
    this.#frames = parts.frames;
    this.#tables = parts.tables;
    this.#vmas = parts.vmas;
    this.#objects = parts.objects;
    this.#hooks = parts.hooks;
    this.#clock = parts.clock;
    this.gaps = new Gaps(parts.clock, parts.frames.total, parts.tables.mms);
    this.failures = new Failures(parts.frames, this.gaps);
    const most = parts.vmas.mm.length + parts.tables.mms;
    this.#foundMm = new Int32Array(most);
    this.#foundVpn = new Int32Array(most);
  }

  /** Starts the measured time: statistics from here on, gaps that are open stay. */
  reset(): void {
    this.gaps.statistics.reset(this.gaps.size);
    this.migratedByKind = { anon: 0, ksm: 0, file: 0 };
  }

  /**
   * Books the pte of the merge under way, if the reverse walk misses it. Most such windows pass before anybody could
   * notice them, so they are booked only when somebody asks.
   */
  settle(): void {
    const mm = this.#mergingMm;
    if (mm === NONE) return;
    this.#mergingMm = NONE;
    // A relative's item at the same address may cover it already.
    if (this.isFindable(mm, this.#mergingVpn, this.#mergingInto)) return;
    this.gaps.open(mm, this.#mergingVpn, this.#mergingInto, 'B3', this.#mergingSince);
  }

  /** Why the page failed to migrate when it was last tried. */
  failureOf(pfn: number): Cause {
    return this.failures.causeOf(pfn);
  }

  /** Forgets the failures of the last attempt. */
  forgetFailures(): void {
    this.failures.clear();
  }

  /** A frame stood in the way of test_pages_isolated. */
  rangeBusy(pfn: number): void {
    this.failures.noteBusy(pfn);
  }

  /** Whether the reverse walk of the page reaches the pte. */
  isFindable(mm: number, vpn: number, pfn: number): boolean {
    const node = this.#frames.kind[pfn] === KIND.ksm ? this.#frames.mapping[pfn] : NONE;
    const vma = this.#vmas.covering(mm, vpn);
    if (node === NONE || vma < 0) return false;
    const { hlist, hlistNext, itemAddress } = this.#objects;
    for (let item = hlist[node]; item >= 0; item = hlistNext[item]) {
      if (itemAddress[item] === vpn && this.#covers(item, vma)) return true;
    }
    return false;
  }

  upgraded(pfn: number, anonVma: number, index: number): void {
    const found = this.#findMappings(anonVma, pfn, NONE, index);
    for (let i = 0; i < found; i++) {
      const mm = this.#foundMm[i];
      const vpn = this.#foundVpn[i];
      if (!this.isFindable(mm, vpn, pfn)) this.#open(mm, vpn, pfn, 'B3null');
    }
  }

  replaced(mm: number, vpn: number, pfn: number): void {
    // Of two pages merged into a third the first waits for its item still.
    this.settle();
    this.#mergingMm = mm;
    this.#mergingVpn = vpn;
    this.#mergingInto = pfn;
    this.#mergingSince = this.#clock.now;
  }

  appended(item: number, pfn: number): void {
    const { itemMm, itemAddress } = this.#objects;
    if (this.#mergingMm !== NONE && this.#mergingMm === itemMm[item] && this.#mergingVpn === itemAddress[item]) {
      this.#mergingMm = NONE;
      this.gaps.statistics.passed('B3', this.#mergingSince);
    }
    const vpn = itemAddress[item];
    for (let gap = this.gaps.firstOfFrame(pfn); gap !== null;) {
      const next = this.gaps.nextOfFrame(gap);
      if (gap.vpn === vpn && this.#covers(item, this.#vmas.covering(gap.mm, vpn))) this.gaps.close(gap);
      gap = next;
    }
  }

  nodeInserted(pfn: number): void {
    for (let gap = this.gaps.firstOfFrame(pfn); gap !== null; gap = this.gaps.nextOfFrame(gap)) {
      if (gap.cause === 'B3null') this.gaps.rename(gap, 'B2');
    }
  }

  mergeAbandoned(pfn: number): void {
    // Without memory break_cow leaves a pte where it is, the one replaced last too.
    this.settle();
    for (let gap = this.gaps.firstOfFrame(pfn); gap !== null; gap = this.gaps.nextOfFrame(gap)) {
      if (gap.cause === 'B3null' || gap.cause === 'B3') this.gaps.rename(gap, 'B6');
    }
  }

  itemRemoved(item: number, pfn: number): void {
    const { itemAnonVma, itemAddress, itemMm } = this.#objects;
    const vpn = itemAddress[item];
    const lost = this.#foundMm;
    let count = this.#keepLost(this.#findMappings(itemAnonVma[item], pfn, vpn, NONE), vpn, pfn);
    // What a strategy finds besides lies anywhere.
    if (this.#hooks.reaches !== undefined) {
      for (let mm = 0; mm < this.#tables.mms; mm++) if (this.#tables.mapsPage(mm, vpn, pfn)) lost[count++] = mm;
      count = this.#keepLost(count, vpn, pfn);
    }
    if (count === 0) return;
    // An item whose own pte still maps the page can only have gone because ksmd saw a migration entry there.
    const own = lost.indexOf(itemMm[item]);
    const cause: Cause = own >= 0 && own < count ? 'B4' : 'B1';
    for (let i = 0; i < count; i++) this.#open(lost[i], vpn, pfn, cause);
  }

  /** Of the first `count` mms found those whose pte cannot be found, each once and in their order. Returns how many. */
  #keepLost(count: number, vpn: number, pfn: number): number {
    const lost = this.#foundMm;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      let known = 0;
      while (known < kept && lost[known] !== lost[i]) known++;
      if (known === kept && !this.isFindable(lost[i], vpn, pfn)) lost[kept++] = lost[i];
    }
    return kept;
  }

  unmapped(mm: number, vpn: number, pfn: number): void {
    this.#unmapped(mm, vpn, pfn);
  }

  moved(mm: number, from: number, to: number, pfn: number): void {
    this.settle();
    this.#unmapped(mm, from, pfn);
    // Only a vma that is not mergeable moves KSM pages: it has them from an upgrade through a relative.
    if (!this.isFindable(mm, to, pfn)) this.#open(mm, to, pfn, 'B2');
  }

  slotChanged(mm: number): void {
    if (this.#hooks.reaches === undefined) return;
    this.settle();
    this.#eachKsmPte(mm, (vpn, pfn) => {
      const gap = this.gaps.at(mm, vpn, pfn);
      const isFound = this.isFindable(mm, vpn, pfn);
      if (isFound && gap !== null) this.gaps.close(gap);
      // Its relative was upgraded, or shares with it no longer: ksmd has never had an item for it.
      else if (!isFound) this.#open(mm, vpn, pfn, 'B2');
    });
  }

  forked(parent: number, child: number): void {
    this.settle();
    for (let gap = this.gaps.firstOfMm(parent); gap !== null; gap = this.gaps.nextOfMm(gap))
      this.#open(child, gap.vpn, gap.pfn, gap.cause);
  }

  migrated(from: number, to: number): void {
    this.failures.forget(from);
    const kind = this.#frames.kind[to];
    if (kind === KIND.ksm) this.migratedByKind.ksm++;
    else if (kind === KIND.file) this.migratedByKind.file++;
    else this.migratedByKind.anon++;
    this.onMigrated?.(from, to);
  }

  migrationFailed(pfn: number, stage: number): void {
    this.settle();
    this.failures.note(pfn, stage);
    this.onFailed?.(pfn, stage);
  }

  /** Isolation for migration left the page where it is, because of references besides those of its ptes. */
  pageSkipped(pfn: number): void {
    this.settle();
    this.failures.note(pfn, MIGRATE_STAGE.count);
  }

  #unmapped(mm: number, vpn: number, pfn: number): void {
    if (this.#mergingMm === mm && this.#mergingVpn === vpn) this.#mergingMm = NONE;
    if (this.gaps.size === 0) return;
    const gap = this.gaps.at(mm, vpn, pfn);
    if (gap !== null) this.gaps.close(gap);
  }

  /**
   * ptes that map the page, in each vma of an anon_vma's tree at `vpn`, or where the page of that linear index lies if
   * `vpn` is NONE. Returns how many; an mm has one for each vma.
   */
  #findMappings(anonVma: number, pfn: number, vpn: number, index: number): number {
    const vmas = this.#vmas;
    const { treeHead, avcVma, avcNextInTree } = vmas.anonVmas;
    let found = 0;
    for (let avc = treeHead[anonVma]; avc >= 0; avc = avcNextInTree[avc]) {
      const vma = avcVma[avc];
      const at = vpn === NONE ? vmas.addressOf(vma, index) : vpn;
      if (at < vmas.start[vma] || at >= vmas.end[vma] || !this.#tables.mapsPage(vmas.mm[vma], at, pfn)) continue;
      this.#foundMm[found] = vmas.mm[vma];
      this.#foundVpn[found++] = at;
    }
    return found;
  }

  #eachKsmPte(mm: number, visit: (vpn: number, pfn: number) => void): void {
    const vmas = this.#vmas;
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
      if (vmas.anonVma[vma] < 0) continue;
      for (let vpn = vmas.start[vma]; vpn < vmas.end[vma]; vpn++) {
        const entry = this.#tables.get(mm, vpn);
        const isMapped = (entry & (PTE.present | PTE.zero)) === PTE.present;
        if (isMapped && this.#frames.kind[entry >> PTE_SHIFT] === KIND.ksm) visit(vpn, entry >> PTE_SHIFT);
      }
    }
  }

  #covers(item: number, vma: number): boolean {
    const { anonVmas } = this.#vmas;
    const anonVma = this.#objects.itemAnonVma[item];
    return anonVmas.isInTree(vma, anonVma) || this.#hooks.reaches?.(item, vma) === true;
  }

  #open(mm: number, vpn: number, pfn: number, cause: Cause): void {
    this.gaps.open(mm, vpn, pfn, cause, this.#clock.now);
  }
}
