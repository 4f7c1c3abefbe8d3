/**
 * Contents of pages as integers: equal numbers are equal bytes, and their signed order is the order of memcmp.
 *
 * Pool contents and unique contents are numbered apart, then scattered by a bijection of 32-bit integers, so that two
 * contents are equal only when they are meant to be, their order is random, and none but the zero page is 0.
 */
import { mix32 } from '../clock/random.ts';
import type { LoadDescription, Region } from '../description.ts';
import { countStarts } from './replayNeeds.ts';

/** A page of zeros. */
export const ZERO_PAGE = 0;

const UNIQUE = 0x80000000;
/**
 * Processes that are told apart beyond those that live at boot; then numbers are used again. As many as a replay
 * starts, within limits: each bit of theirs halves the unique contents of a process.
 */
const SPAWNED_OWNERS = { least: 4096, most: 65_536 } as const;

export class Contents {
  readonly #poolBase = new Map<string, number>();
  readonly #poolSize: number;
  readonly #epochs: number;
  readonly #epochNs: number;
  readonly #ownerBits: number;
  readonly #bootOwners: number;
  readonly #spawnedOwners: number;

  constructor(load: LoadDescription, bootProcesses: number) {
    let size = 0;
    for (const [pool, contents] of poolSizes(load)) {
      this.#poolBase.set(pool, size);
      size += contents;
    }
    this.#poolSize = size;
    this.#epochs = size === 0 ? 1 : Math.max(1, Math.floor((UNIQUE - 1) / size));
    this.#epochNs = load.contentEpochNs;
    this.#bootOwners = bootProcesses;
    this.#spawnedOwners = spawnedOwners(load);
    let bits = 1;
    while (1 << bits < bootProcesses + this.#spawnedOwners) bits++;
    this.#ownerBits = bits;
  }

  /** Handle of a pool for `ofPool`. */
  poolBase(pool: string): number {
    return this.#poolBase.get(pool)!;
  }

  /** Content `k` of a pool at time `at`, ns. */
  ofPool(base: number, k: number, at: number): number {
    const epoch = this.#epochNs > 0 ? Math.floor(at / this.#epochNs) % this.#epochs : 0;
    return mix32(1 + epoch * this.#poolSize + base + k);
  }

  /** A content that no other page has: the `serial`-th of process `owner` (serials wrap, at 2^14 or later). */
  unique(owner: number, serial: number): number {
    const boot = this.#bootOwners;
    const place = owner < boot ? owner : boot + ((owner - boot) % this.#spawnedOwners);
    const serialBits = 31 - this.#ownerBits;
    return mix32(UNIQUE | (place << serialBits) | (serial & ((1 << serialBits) - 1)));
  }
}

function spawnedOwners(load: LoadDescription): number {
  const { least, most } = SPAWNED_OWNERS;
  // Owner numbers go round the spawners and the replay.
  return Math.min(most, Math.max(least, countStarts(load) * (load.spawners.length + 1)));
}

/** The largest number of contents that any region asks of each pool. */
function poolSizes(load: LoadDescription): Map<string, number> {
  const sizes = new Map<string, number>();
  const note = (region: Region): void => {
    for (const { pool, contents } of region.contents.pools) sizes.set(pool, Math.max(sizes.get(pool) ?? 0, contents));
  };
  for (const group of load.groups) group.regions.forEach(note);
  return sizes;
}
