/**
 * The kernel rooms put together over one physical memory: what a device and a scripted test both run on.
 *
 * Holds no behaviour of its own. Order of construction follows who needs whom: memory, address spaces, KSM, reverse
 * walks, migration, contiguous ranges.
 */
import { Clock } from './clock/clock.ts';
import { Locks } from './clock/locks.ts';
import { Mutex } from './clock/mutex.ts';
import type { ContigMemory } from './cma/contigMemory.ts';
import { ContigRange } from './cma/contigRange.ts';
import type { CostProfile, KernelChanges, KernelProfile, KsmSettings } from './description.ts';
import { UNCHANGED } from './kernelProfiles.ts';
import { BreakCow } from './ksm/breakCow.ts';
import { KsmControl } from './ksm/control.ts';
import { Cursor } from './ksm/cursor.ts';
import { ItemRemoval } from './ksm/itemRemoval.ts';
import { Ksmd } from './ksm/ksmd.ts';
import { MergeItem } from './ksm/mergeItem.ts';
import { MergePages } from './ksm/mergePages.ts';
import { KsmObjects } from './ksm/objects.ts';
import { PageRefs } from './ksm/pageRefs.ts';
import { QuietVisits } from './ksm/quietVisits.ts';
import { KsmRmap } from './ksm/rmap.ts';
import { MmSlots } from './ksm/slots.ts';
import { StableTree } from './ksm/stableTree.ts';
import { UnstableTree } from './ksm/unstableTree.ts';
import type { Frames } from './memory/frames.ts';
import { MigratePages, type MigrateCounts } from './migrate/migratePages.ts';
import type { MigrationPages } from './migrate/migrationPages.ts';
import { UnmapAndMove } from './migrate/unmapAndMove.ts';
import { AddressSpaces } from './process/addressSpaces.ts';
import { Faults } from './process/faults.ts';
import { PageTables } from './process/pageTables.ts';
import { Rmap } from './process/rmap.ts';
import type { UserPages } from './process/userPages.ts';
import { Vmas } from './process/vmas.ts';
import type { Registers } from './registers.ts';
import { combineHooks } from './strategies/combine.ts';
import type { Strategy } from './strategies/strategy.ts';
import { Ledger, type LedgerParts } from './truth/ledger.ts';

/** Capacities, fixed when the kernel is built. */
export interface Limits {
  readonly mms: number;
  readonly vmas: number;
  readonly anonVmas: number;
  readonly chains: number;
  readonly leaves: number;
  readonly files: number;
  readonly rmapItems: number;
  readonly stableNodes: number;
  /** Virtual pages of an address space; VPN_LIMIT unless given. */
  readonly vpnLimit?: number;
}

export interface KernelOptions {
  readonly limits: Limits;
  readonly frames: Frames;
  readonly userPages: UserPages;
  readonly migrationPages: MigrationPages;
  readonly contigMemory: ContigMemory;
  readonly profile: KernelProfile;
  readonly costs: CostProfile;
  readonly ksm: KsmSettings;
  readonly hz: number;
  /** Acting together. */
  readonly strategies: readonly Strategy[];
  /** Left out where time stands still. */
  readonly clock?: Clock;
  /**
   * How long ksmd may run ahead of everybody else, ns (`Scheduler.aloneFor`); left out where each step is to be seen.
   */
  readonly aloneFor?: (who: number) => number;
  /** Makes a sleeping actor runnable (`Scheduler.wake`); left out where nothing runs by itself. */
  readonly wake?: (who: number) => void;
  /** Another ledger than the truth room's own. */
  readonly ledger?: (parts: LedgerParts) => Ledger;
  /** Told of each unmap_and_move, for scripted tests. */
  readonly attempted?: (pfn: number) => void;
}

export class Kernel {
  /** What the strategies do; filled in once all rooms are built. */
  readonly hooks = combineHooks([]);
  readonly costs: CostProfile;
  /** The files of /sys/kernel/mm/ksm as they are set at boot. */
  readonly ksmSettings: KsmSettings;
  /** Bytes by which strategies lengthen an rmap_item. */
  readonly extraItemBytes: number;
  readonly clock: Clock;
  /** Simulated time in ns, for strategies: rooms read the clock. */
  readonly now = (): number => this.clock.now;
  readonly wake: (who: number) => void;
  readonly userPages: UserPages;
  readonly frames: Frames;
  readonly locks: Locks;
  readonly cmaMutex: Mutex;
  readonly tables: PageTables;
  readonly vmas: Vmas;
  readonly slots: MmSlots;
  readonly spaces: AddressSpaces;
  readonly faults: Faults;
  readonly rmap: Rmap;
  readonly objects: KsmObjects;
  readonly stable: StableTree;
  readonly unstable: UnstableTree;
  readonly cursor: Cursor;
  readonly removal: ItemRemoval;
  readonly breakCow: BreakCow;
  readonly ksmRmap: KsmRmap;
  readonly mergeItem: MergeItem;
  readonly ksmd: Ksmd;
  readonly control: KsmControl;
  /**
   * The migration of alloc_contig_range, and one of somebody else (a scripted test), which may be under way besides.
   */
  readonly unmapAndMove: UnmapAndMove;
  readonly otherMove: UnmapAndMove;
  readonly range: ContigRange;
  readonly ledger: Ledger;
  /** Calls of migrate_pages by anybody. */
  readonly migrateCounts: MigrateCounts = { calls: 0, migrated: 0, failed: 0 };
  /** Every migration that may be under way. */
  readonly moves: UnmapAndMove[] = [];
  readonly #freesDirectly: boolean;

  /**
   * What the rooms are given is written out name by name, never spread: V8 gives a spread object a hidden class of its
   * own as soon as a place has seen a few, so that what was compiled for one device was thrown away with the next.
   * Gain, with the hooks of combine.ts: 15 % of the time of many cells in a row.
   */
  constructor(options: KernelOptions) {
    const { limits, frames, costs, userPages, migrationPages } = options;
    const { hooks } = this;
    this.costs = costs;
    this.ksmSettings = options.ksm;
    const { clock = new Clock() } = options;
    this.clock = clock;
    this.wake = options.wake ?? ignore;
    this.userPages = userPages;
    const changes = withLimitSet(options.profile.changes ?? UNCHANGED, options.ksm.max_page_sharing);
    this.frames = frames;
    const locks = new Locks(frames, limits.mms);
    this.locks = locks;
    this.cmaMutex = new Mutex(locks.woken);
    const tables = new PageTables(limits.mms, limits.leaves, limits.vpnLimit);
    this.tables = tables;
    const vmas = new Vmas(limits.mms, limits.vmas, limits.anonVmas, limits.chains, limits.files);
    this.vmas = vmas;
    const objects = new KsmObjects(limits.rmapItems, limits.stableNodes, limits.mms);
    this.objects = objects;
    const ledgerParts = { frames, tables, vmas, objects, hooks, clock };
    const ledger = options.ledger === undefined ? new Ledger(ledgerParts) : options.ledger(ledgerParts);
    this.ledger = ledger;
    const slots = new MmSlots(limits.mms, hooks);
    this.slots = slots;
    const migrationDelay = options.profile.migrationFaultDelayNs;
    const faults = new Faults(
      frames,
      tables,
      vmas,
      userPages,
      locks,
      costs,
      migrationDelay,
      changes.soleReferenceReuse,
      ledger,
    );
    this.faults = faults;
    const spaces = new AddressSpaces(limits.mms, frames, tables, vmas, faults, slots, userPages, ledger, hooks);
    this.spaces = spaces;
    this.rmap = new Rmap(frames, tables, vmas, changes.migrationKeepsDirty);

    const refs = new PageRefs(frames, userPages);
    const stable = new StableTree(objects, frames, vmas.anonVmas, ledger, hooks, changes, clock);
    this.stable = stable;
    const unstable = new UnstableTree(objects, frames, tables, vmas, spaces.alive);
    this.unstable = unstable;
    const removal = new ItemRemoval(objects, stable, unstable, refs, locks, costs);
    this.removal = removal;
    const breakCow = new BreakCow(frames, tables, vmas, spaces, faults, locks, objects);
    this.breakCow = breakCow;
    const drainAll = () => options.contigMemory.lruAddDrainAll();
    this.cursor = new Cursor({
      frames,
      tables,
      vmas,
      spaces,
      slots,
      objects,
      removal,
      refs,
      locks,
      costs,
      hooks,
      drainAll,
      events: ledger,
    });
    const mergePages = new MergePages(frames, tables, vmas, locks, userPages);
    const checksumBits = options.ksm.checksum_bits;
    const checksumMask = checksumBits >= 32 ? -1 : (1 << checksumBits) - 1;
    this.mergeItem = new MergeItem({
      frames,
      vmas,
      spaces,
      objects,
      stable,
      unstable,
      removal,
      mergePages,
      breakCow,
      refs,
      userPages,
      locks,
      onNewPage: (mm, vpn, pfn) => faults.onNewPage?.(mm, vpn, pfn),
      costs,
      hooks,
      changes,
      checksumMask,
      events: ledger,
    });
    const quiet = new QuietVisits({
      frames,
      tables,
      vmas,
      spaces,
      slots,
      objects,
      stable,
      unstable,
      locks,
      costs,
      changes,
      hooks,
      checksumMask,
    });
    this.ksmd = new Ksmd(
      options.ksm,
      options.hz,
      costs,
      this.cursor,
      this.mergeItem,
      quiet,
      removal,
      slots,
      changes.granularTimers,
      hooks,
      clock,
      options.aloneFor ?? (() => 0),
    );
    const { mergeItem } = this;
    ledger.failures.ksmd = {
      get removingFrom() {
        return removal.waitingFor;
      },
      get mergingInto() {
        return mergeItem.waitingFor;
      },
    };
    this.control = new KsmControl({
      tables,
      vmas,
      spaces,
      slots,
      objects,
      stable,
      cursor: this.cursor,
      removal,
      breakCow,
      ksmd: this.ksmd,
      events: ledger,
      hooks,
    });

    this.ksmRmap = new KsmRmap(objects, frames, vmas, this.rmap, hooks);
    this.#freesDirectly = changes.migrationFreesDirectly;
    this.unmapAndMove = this.newMove(migrationPages);
    this.otherMove = this.newMove(migrationPages);
    this.range = new ContigRange({
      memory: options.contigMemory,
      pages: migrationPages,
      migrate: new MigratePages(this.unmapAndMove, this.migrateCounts, options.attempted ?? ignore),
      costs,
      changes,
      discardsClean: options.profile.discardClean !== false,
      invalidatesBhLrus: options.profile.invalidateBhLrus === true,
      skipped: (pfn) => ledger.pageSkipped(pfn),
      busy: (pfn) => ledger.rangeBusy(pfn),
      tested: (pfn) => ledger.onBusy?.(pfn),
    });
    this.extraItemBytes = options.strategies.reduce((bytes, { itemBytes = 0 }) => bytes + itemBytes, 0);
    const attached = options.strategies.flatMap((strategy) => strategy.attach?.(this) ?? []);
    Object.assign(hooks, combineHooks(attached));
    this.objects.onItemMade = hooks.itemMade ?? null;
  }

  /** Scalars of everything but the migrations. `actors`: ids from 0 on of tasks that may wait in a fault. */
  registers(registers: Registers, actors: number): void {
    this.slots.registers(registers);
    this.objects.registers(registers);
    this.faults.registers(registers, actors);
    this.cursor.registers(registers);
    this.removal.registers(registers);
    this.breakCow.registers(registers);
    this.mergeItem.registers(registers);
    this.hooks.registers?.(registers);
  }

  /** A machine for one more migration at the same time. */
  newMove(pages: MigrationPages): UnmapAndMove {
    const move = new UnmapAndMove({
      frames: this.frames,
      anonVmas: this.vmas.anonVmas,
      rmap: this.rmap,
      ksmRmap: this.ksmRmap,
      objects: this.objects,
      pages,
      locks: this.locks,
      costs: this.costs,
      events: this.ledger,
      hooks: this.hooks,
      freesDirectly: this.#freesDirectly,
    });
    this.moves.push(move);
    return move;
  }

  /** Somebody else's migrate_pages, with targets from `pages`. */
  newMigration(pages: MigrationPages): MigratePages {
    return new MigratePages(this.newMove(pages), this.migrateCounts, ignore);
  }
}

function ignore(): void {
  // Nobody counts attempts outside scripted tests, nor wakes anybody within them.
}

/** The kernel with the file max_page_sharing as it is set, if it is; where there is no limit there is no such file. */
function withLimitSet(changes: KernelChanges, limit: number | undefined): KernelChanges {
  if (limit === undefined || changes.maxPageSharing === 0) return changes;
  return { ...changes, maxPageSharing: limit };
}
