/**
 * What a watched device tells while it runs: what the load does, each step of the scheduler and what the ledger of the
 * truth room hears. A watch looks and never steers: a device does the same whether it is watched or not.
 *
 * Nothing is told, and nothing is paid but a branch, where nobody watches. Times are ns of simulated time from its
 * start (warm-up included); boot and settling lie at 0.
 */
import type { Actor } from '../clock/actor.ts';
import type { CmaAlloc } from '../cma/cmaAlloc.ts';
import type { CmaArea } from '../cma/cmaArea.ts';
import type { KernelEvents } from '../events.ts';
import type { Process } from '../load/process.ts';
import type { World } from '../load/world.ts';
import type { CmaAttempt } from '../observations.ts';
import type { Gap } from '../truth/gaps.ts';
import { Ledger, type LedgerParts } from '../truth/ledger.ts';

/** Every method is optional; those of KernelEvents are called before the ledger, but `migrationFailed` after it. */
export interface Watch extends Partial<KernelEvents> {
  /** The rooms are there, nothing has happened yet: `world.kernel` may be asked to tell of new pages. */
  readonly built?: (world: World) => void;
  /** The device is booted and settled; time is 0. */
  readonly booted?: (world: World) => void;
  /** Measuring begins, and after it each moment of a sample. */
  readonly sampled?: (world: World) => void;
  /**
   * `process` has the new address space `mm`: forked from `parentMm`, or by exec when that is NONE. `began`: of the
   * system call.
   */
  readonly born?: (process: Process, mm: number, parentMm: number, began: number, now: number) => void;
  /** The address space `mm` is gone. A process that left a child in its place goes on under the same name. */
  readonly exited?: (process: Process, mm: number, now: number) => void;
  /** SIGKILL by lowmemorykiller or the OOM killer. */
  readonly killed?: (process: Process, now: number) => void;
  /**
   * A write of the process `mm` ended in a fault; `access` is one of ACCESS (faults.ts). Waits are part of its time.
   */
  readonly faulted?: (mm: number, vpn: number, access: number, began: number, end: number) => void;
  /** A pin holder takes or drops its references on frames. */
  readonly pinned?: (holder: string, pfns: readonly number[], now: number) => void;
  readonly unpinned?: (holder: string, pfns: readonly number[], now: number) => void;
  /** A CMA client asks for `pages`. `alloc` is its machine, the same for all its requests. */
  readonly requested?: (client: string, pages: number, alloc: CmaAlloc, now: number) => void;
  /** The range that `alloc` tried is given up; what stood in its way is in the ContigRange still. */
  readonly rangeFailed?: (client: string, alloc: CmaAlloc) => void;
  /** A request of the measured time is over; `attempt.at` counts from its start, the others from the device's. */
  readonly answered?: (attempt: CmaAttempt, began: number, now: number) => void;
  /** dma_release_from_contiguous of a buffer that a client held. */
  readonly released?: (area: CmaArea, pfn: number, pages: number, now: number) => void;
  /** One step of an actor at `at` on `cpu` is done; `result` as in actor.ts. */
  readonly stepped?: (who: number, actor: Actor, cpu: number, at: number, result: number) => void;
  /** `stepped` need not be told of each quiet visit of ksmd: those that follow each other are one step to it. */
  readonly joinsSteps?: boolean;
  /** A pte became unfindable, or is findable or gone again. */
  readonly gapOpened?: (gap: Gap) => void;
  readonly gapClosed?: (gap: Gap) => void;
}

/** What of a Watch comes from the ledger. */
const OF_LEDGER: Record<keyof KernelEvents | 'gapOpened' | 'gapClosed', true> = {
  upgraded: true,
  replaced: true,
  appended: true,
  nodeInserted: true,
  mergeAbandoned: true,
  itemRemoved: true,
  unmapped: true,
  moved: true,
  slotChanged: true,
  forked: true,
  migrated: true,
  migrationFailed: true,
  gapOpened: true,
  gapClosed: true,
};

/**
 * The ledger of a device. Where nobody listens to it, it is the truth room's own, for which V8 has compiled the
 * kernel's rooms already.
 */
export function ledgerFor(parts: LedgerParts, watch: Watch | null): Ledger {
  const names = Object.keys(OF_LEDGER) as (keyof typeof OF_LEDGER)[];
  if (watch === null || names.every((name) => watch[name] === undefined)) return new Ledger(parts);
  return new WatchedLedger(parts, watch);
}

/** The truth room's ledger, which tells a watch of everything before it takes note of it. */
class WatchedLedger extends Ledger {
  readonly #watch: Watch;

  constructor(parts: LedgerParts, watch: Watch) {
    super(parts);
    this.#watch = watch;
    this.gaps.onOpened = (gap) => watch.gapOpened?.(gap);
    this.gaps.onClosed = (gap) => watch.gapClosed?.(gap);
  }

  override upgraded(pfn: number, anonVma: number, index: number): void {
    this.#watch.upgraded?.(pfn, anonVma, index);
    super.upgraded(pfn, anonVma, index);
  }

  override replaced(mm: number, vpn: number, pfn: number): void {
    this.#watch.replaced?.(mm, vpn, pfn);
    super.replaced(mm, vpn, pfn);
  }

  override appended(item: number, pfn: number): void {
    this.#watch.appended?.(item, pfn);
    super.appended(item, pfn);
  }

  override nodeInserted(pfn: number): void {
    this.#watch.nodeInserted?.(pfn);
    super.nodeInserted(pfn);
  }

  override mergeAbandoned(pfn: number): void {
    this.#watch.mergeAbandoned?.(pfn);
    super.mergeAbandoned(pfn);
  }

  override itemRemoved(item: number, pfn: number): void {
    this.#watch.itemRemoved?.(item, pfn);
    super.itemRemoved(item, pfn);
  }

  override unmapped(mm: number, vpn: number, pfn: number): void {
    this.#watch.unmapped?.(mm, vpn, pfn);
    super.unmapped(mm, vpn, pfn);
  }

  override moved(mm: number, from: number, to: number, pfn: number): void {
    this.#watch.moved?.(mm, from, to, pfn);
    super.moved(mm, from, to, pfn);
  }

  override slotChanged(mm: number): void {
    this.#watch.slotChanged?.(mm);
    super.slotChanged(mm);
  }

  override forked(parent: number, child: number): void {
    this.#watch.forked?.(parent, child);
    super.forked(parent, child);
  }

  override migrated(from: number, to: number): void {
    this.#watch.migrated?.(from, to);
    super.migrated(from, to);
  }

  override migrationFailed(pfn: number, stage: number): void {
    super.migrationFailed(pfn, stage);
    // After: the cause is known then.
    this.#watch.migrationFailed?.(pfn, stage);
  }
}
