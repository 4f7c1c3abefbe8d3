/**
 * kswapd (mm/vmscan.c: kswapd, balance_pgdat): woken when an allocation falls below the low watermark, it reclaims
 * until the high one is reached, and calls the shrinkers, of which lowmemorykiller is the one that matters here.
 *
 * Difference: when a round frees nothing it sleeps for as long as congestion_wait would at most.
 */
import { BLOCKED, sleepFor, type Actor } from '../clock/actor.ts';
import type { Clock } from '../clock/clock.ts';
import type { CostProfile } from '../description.ts';
import type { KernelMemory } from '../kernelMemory.ts';
import { SWAP_CLUSTER_MAX } from '../memory/reclaim.ts';
import type { LowMemory } from './lowMemory.ts';

/** HZ/10. */
const CONGESTION_WAIT_NS = 100_000_000;

export class Kswapd implements Actor {
  readonly name = 'kswapd';
  #sleepsFrom = -Infinity;
  readonly #memory: KernelMemory;
  readonly #lowMemory: LowMemory;
  readonly #costs: CostProfile;
  readonly #clock: Readonly<Clock>;

  constructor(memory: KernelMemory, lowMemory: LowMemory, costs: CostProfile, clock: Readonly<Clock>) {
    this.#clock = clock;
    this.#memory = memory;
    this.#lowMemory = lowMemory;
    this.#costs = costs;
  }

  step(cpu: number): number {
    const { now } = this.#clock;
    const { memory, reclaim, cache } = this.#memory;
    const { watermarks } = memory;
    if (now < this.#sleepsFrom + CONGESTION_WAIT_NS) return sleepFor(this.#sleepsFrom + CONGESTION_WAIT_NS - now);
    if (watermarks.zoneWatermarkOk(watermarks.high, false)) {
      memory.kswapdWanted = false;
      return BLOCKED;
    }
    const before = cache.cleancache?.stored ?? 0;
    const freed = reclaim.shrinkFileLru(cpu, SWAP_CLUSTER_MAX);
    this.#lowMemory.shrink();
    if (freed === 0) this.#sleepsFrom = now;
    const stored = (cache.cleancache?.stored ?? 0) - before;
    return reclaim.lastScanned * this.#costs.reclaimPage + stored * this.#costs.migrateCopy;
  }
}
