/**
 * Every invariant of physical memory that can be stated, checked by recounting from the lists and the frames.
 *
 * Not in the kernel (its VM_BUG_ON, CONFIG_DEBUG_PAGEALLOC and DEBUG_LIST each cover a part). Reads everything, changes
 * nothing, and allocates: for tests and audits. What 3.10 itself does not guarantee, the free list of a page whose
 * block was isolated meanwhile, is only demanded under `cmaFreeBypassesPcp` or `rereadsFreeType`.
 */
import type { FrameLists } from './frameLists.ts';
import { KIND, NONE, PG, type Frames } from './frames.ts';
import { ISOLATED, LRU_LISTS, OFF_LRU } from './lru.ts';
import { MIGRATE, MIGRATE_PCPTYPES, MIGRATE_TYPES } from './pageblocks.ts';
import { PAGEVECS } from './pagevec.ts';
import type { PhysicalMemory } from './physical.ts';

/** Where a frame was found. */
const AT = { nowhere: 0, buddy: 1, percpu: 2, lru: 3, lowZone: 4 } as const;
const MAX_MESSAGES = 100;

/** One message for each violation, naming frames; empty when all is well. At most 100. */
export function checkMemory(memory: PhysicalMemory): string[] {
  const check = new MemoryCheck(memory);
  check.freeLists();
  check.merging();
  check.percpu();
  check.lowZone();
  check.lru();
  check.pagevecs();
  check.everyFrame();
  check.blocks();
  return check.messages;
}

/** References of a frame by those who hold them: ptes, ledgers, isolation, and the page cache with its buffers. */
export function heldReferences(frames: Frames, pfn: number): number {
  const flags = frames.flags[pfn];
  const isCached = frames.kind[pfn] === KIND.file && frames.mapping[pfn] >= 0;
  const cache = isCached ? 1 + ((flags & PG.private) !== 0 ? 1 : 0) : 0;
  const ledger = frames.pagevecRefs[pfn] + frames.pins[pfn] + frames.ksmdRefs[pfn] + frames.waiters[pfn];
  return frames.mapcount[pfn] + ledger + cache + ((flags & PG.isolated) !== 0 ? 1 : 0);
}

class MemoryCheck {
  readonly messages: string[] = [];
  readonly #memory: PhysicalMemory;
  readonly #at: Uint8Array;
  readonly #pagevecRefs: Uint8Array;

  constructor(memory: PhysicalMemory) {
    this.#memory = memory;
    this.#at = new Uint8Array(memory.frames.total);
    this.#pagevecRefs = new Uint8Array(memory.frames.total);
  }

  /** Lists of the buddy allocator: links, flags, alignment, counters. */
  freeLists(): void {
    const { frames, buddy, blocks } = this.#memory;
    const free = new Int32Array(MIGRATE_TYPES);
    for (let list = 0; list < buddy.lists.heads.length; list++) {
      const order = Math.floor(list / MIGRATE_TYPES);
      const type = list % MIGRATE_TYPES;
      this.#walk(buddy.lists, list, `free list order ${order} type ${type}`, (pfn) => {
        free[type] += 1 << order;
        this.#expect((frames.flags[pfn] & PG.buddy) !== 0, pfn, 'on a free list without PG.buddy');
        this.#expect(frames.order[pfn] === order, pfn, `order ${frames.order[pfn]} on the free list of order ${order}`);
        this.#expect(buddy.freeType[pfn] === type, pfn, `type ${buddy.freeType[pfn]} on the free list of type ${type}`);
        this.#expect(pfn % (1 << order) === 0, pfn, `free block of order ${order} is not aligned`);
        this.#expect(
          this.#mayBeFreeAs(type, blocks.typeOf(pfn)),
          pfn,
          `free as type ${type} in a block of type ${blocks.typeOf(pfn)}`,
        );
        for (let i = 0; i < 1 << order; i++) {
          this.#claim(pfn + i, AT.buddy);
          this.#expect(
            frames.flags[pfn + i] === (i === 0 ? PG.buddy : 0),
            pfn + i,
            `flags ${frames.flags[pfn + i]} inside a free block`,
          );
        }
      });
    }
    for (let type = 0; type < MIGRATE_TYPES; type++) {
      if (free[type] !== buddy.freeCount[type])
        this.#say(`free pages of type ${type}: counter ${buddy.freeCount[type]}, on lists ${free[type]}`);
    }
    const pages = free.reduce((sum, n) => sum + n, 0) - free[MIGRATE.isolate];
    if (pages !== this.#memory.freePages()) this.#say(`NR_FREE_PAGES ${this.#memory.freePages()}, on lists ${pages}`);
  }

  /**
   * Two free buddies of one order would have been merged: freeing looks at nothing else, and nothing frees by halves.
   */
  merging(): void {
    const { frames, blocks } = this.#memory;
    for (let pfn = 0; pfn < frames.total; pfn++) {
      if ((frames.flags[pfn] & PG.buddy) === 0) continue;
      const order = frames.order[pfn];
      const buddy = pfn ^ (1 << order);
      if (order >= blocks.order || buddy < pfn || buddy >= frames.total) continue;
      const isFree = (frames.flags[buddy] & PG.buddy) !== 0 && frames.order[buddy] === order;
      this.#expect(!isFree, pfn, `free, as is its buddy ${buddy} of order ${order}, and not merged`);
    }
  }

  percpu(): void {
    const { frames, percpu, buddy, options } = this.#memory;
    for (let cpu = 0; cpu < percpu.cpus; cpu++) {
      let pages = 0;
      for (let type = 0; type < MIGRATE_PCPTYPES; type++) {
        this.#walk(percpu.lists, cpu * MIGRATE_PCPTYPES + type, `pcp list of cpu ${cpu} type ${type}`, (pfn) => {
          pages++;
          this.#claim(pfn, AT.percpu);
          const freeType = buddy.freeType[pfn];
          const listType = freeType < MIGRATE_PCPTYPES ? freeType : MIGRATE.movable;
          this.#expect(listType === type, pfn, `of type ${freeType} on the pcp list of type ${type}`);
          this.#expect(frames.flags[pfn] === 0, pfn, `flags ${frames.flags[pfn]} on a pcp list`);
        });
      }
      if (pages !== percpu.counts[cpu])
        this.#say(`pcp of cpu ${cpu}: counter ${percpu.counts[cpu]}, on lists ${pages}`);
      // Refills of two lists come on top of what a third may keep.
      if (pages > options.pcpHigh + 2 * options.pcpBatch) this.#say(`pcp of cpu ${cpu}: ${pages} pages, above high`);
    }
  }

  lowZone(): void {
    for (const pfn of this.#memory.lowZone?.freeFrames ?? []) this.#claim(pfn, AT.lowZone);
  }

  /** LRU lists against PG.lru, PG.active and listOf; isolated pages against NR_ISOLATED. */
  lru(): void {
    const { frames, lru } = this.#memory;
    for (let list = 0; list < LRU_LISTS; list++) {
      this.#walk(lru.lists, list, `LRU list ${list}`, (pfn) => {
        this.#claim(pfn, AT.lru);
        this.#expect((frames.flags[pfn] & PG.lru) !== 0, pfn, 'on an LRU list without PG.lru');
        this.#expect(lru.listOf[pfn] === list, pfn, `listOf ${lru.listOf[pfn]} on LRU list ${list}`);
        this.#expect(
          ((frames.flags[pfn] & PG.active) !== 0) === (list % 2 === 1),
          pfn,
          `PG.active does not fit LRU list ${list}`,
        );
      });
    }
    const isolated = [0, 0];
    for (let pfn = 0; pfn < frames.total; pfn++) {
      const isOnLru = (frames.flags[pfn] & PG.lru) !== 0;
      this.#expect(isOnLru === (this.#at[pfn] === AT.lru), pfn, 'PG.lru does not fit the LRU lists');
      const isIsolated = (frames.flags[pfn] & PG.isolated) !== 0;
      const list = lru.listOf[pfn];
      if (isIsolated) {
        this.#expect(!isOnLru, pfn, 'isolated and on the LRU');
        this.#expect(list >= ISOLATED && list < ISOLATED + LRU_LISTS, pfn, `isolated, listOf ${list}`);
        isolated[(list >> 1) & 1]++;
      } else if (!isOnLru) {
        this.#expect(list === OFF_LRU, pfn, `off the LRU, listOf ${list}`);
      }
    }
    for (let file = 0; file < 2; file++) {
      if (isolated[file] !== lru.isolated[file])
        this.#say(`NR_ISOLATED[${file}]: counter ${lru.isolated[file]}, flags ${isolated[file]}`);
    }
  }

  pagevecs(): void {
    const { frames, pagevecs } = this.#memory;
    for (let vec = 0; vec < pagevecs.fill.length; vec++) {
      if (pagevecs.fill[vec] > pagevecs.size) this.#say(`pagevec ${vec} holds ${pagevecs.fill[vec]} pages`);
      for (let i = 0; i < pagevecs.fill[vec]; i++) {
        const pfn = pagevecs.pages[vec * pagevecs.size + i];
        this.#pagevecRefs[pfn]++;
        const isAdd = vec % PAGEVECS < LRU_LISTS;
        this.#expect(
          !isAdd || (frames.flags[pfn] & (PG.lru | PG.isolated)) === 0,
          pfn,
          'in an lru_add pagevec and on the LRU or isolated',
        );
      }
    }
  }

  /**
   * Every frame is reserved, free, on a per-cpu list or allocated, exactly one of them, with the references
   * to show for it.
   */
  everyFrame(): void {
    const { frames } = this.#memory;
    for (let pfn = 0; pfn < frames.total; pfn++) {
      const at = this.#at[pfn];
      const isFree = at === AT.buddy || at === AT.percpu || at === AT.lowZone;
      const held = heldReferences(frames, pfn);
      this.#expect(
        frames.pagevecRefs[pfn] === this.#pagevecRefs[pfn],
        pfn,
        `pagevecRefs ${frames.pagevecRefs[pfn]}, in pagevecs ${this.#pagevecRefs[pfn]}`,
      );
      this.#expect(frames.mapcount[pfn] >= 0, pfn, `mapcount ${frames.mapcount[pfn]}`);
      if (isFree) {
        this.#expect(frames.count[pfn] === 0, pfn, `free with count ${frames.count[pfn]}`);
        this.#expect(held === 0, pfn, `free with ${held} references held`);
        this.#expect(frames.kind[pfn] === KIND.free, pfn, `free with kind ${frames.kind[pfn]}`);
        this.#expect(frames.mapping[pfn] === NONE, pfn, `free with mapping ${frames.mapping[pfn]}`);
      } else if (frames.kind[pfn] === KIND.reserved) {
        this.#expect(at === AT.nowhere && frames.count[pfn] > 0, pfn, 'reserved, but on a list or without a reference');
      } else {
        this.#expect((frames.flags[pfn] & PG.buddy) === 0, pfn, 'PG.buddy on no free list');
        this.#expect(frames.count[pfn] > 0, pfn, `count ${frames.count[pfn]}, on no list`);
        this.#expect(frames.kind[pfn] !== KIND.free, pfn, 'allocated with kind free');
        this.#expect(frames.count[pfn] >= held, pfn, `count ${frames.count[pfn]}, but ${held} references are held`);
      }
    }
  }

  blocks(): void {
    const { blocks } = this.#memory;
    let isolated = 0;
    for (const type of blocks.types) if (type === MIGRATE.isolate) isolated++;
    if (isolated !== blocks.isolated) this.#say(`nr_isolate_pageblock ${blocks.isolated}, blocks ${isolated}`);
  }

  #mayBeFreeAs(type: number, blockType: number): boolean {
    const { cmaFreeBypassesPcp, changes } = this.#memory.options;
    const rereads = cmaFreeBypassesPcp || changes?.rereadsFreeType === true;
    if (!rereads && blockType >= MIGRATE.cma) return true;
    const isStrict = type >= MIGRATE.cma || blockType >= MIGRATE.cma;
    return !isStrict || type === blockType;
  }

  /** Follows a list both ways' links; stops where it is broken. */
  #walk(lists: FrameLists, list: number, name: string, visit: (pfn: number) => void): void {
    const { next, prev, total } = this.#memory.frames;
    let before = NONE;
    let length = 0;
    for (let pfn = lists.heads[list]; pfn !== NONE; pfn = next[pfn]) {
      if (pfn < 0 || pfn >= total || length >= total) return this.#say(`${name}: broken at frame ${before}`);
      this.#expect(prev[pfn] === before, pfn, `${name}: prev is ${prev[pfn]}, not ${before}`);
      visit(pfn);
      before = pfn;
      length++;
    }
    if (before !== lists.tails[list]) this.#say(`${name}: ends at frame ${before}, tail ${lists.tails[list]}`);
    if (length !== lists.lengths[list]) this.#say(`${name}: ${length} frames, counter ${lists.lengths[list]}`);
  }

  #claim(pfn: number, at: number): void {
    this.#expect(this.#at[pfn] === AT.nowhere, pfn, 'on two lists, or in two free blocks');
    this.#at[pfn] = at;
  }

  #expect(holds: boolean, pfn: number, message: string): void {
    if (!holds) this.#say(`frame ${pfn}: ${message}`);
  }

  #say(message: string): void {
    if (this.messages.length < MAX_MESSAGES) this.messages.push(message);
  }
}
