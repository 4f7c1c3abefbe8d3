/** Random lives of pages over a small memory: after every operation everything must add up. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CHANGED_BY_6_1 } from '../kernelProfiles.ts';
import { checkMemory } from './check.ts';
import { checkPageCache } from './checkCache.ts';
import { KIND, PG } from './frames.ts';
import { LRU } from './lru.ts';
import { MIGRATE } from './pageblocks.ts';
import { PageCache } from './pagecache.ts';
import { GFP, type MemoryOptions, type PhysicalMemory } from './physical.ts';
import { Reclaim } from './reclaim.ts';
import { SMALL, VENDOR, smallMemory } from './testing.ts';

const FILE_PAGES = 40;
const RUNS = 70;
const STEPS = 200;

/** What the other rooms would do, with the pages they hold. */
class Users {
  readonly memory: PhysicalMemory;
  readonly cache: PageCache;
  readonly #reclaim: Reclaim;
  readonly #file: number;
  /** Pages with one reference each: kernel pages and mapped anonymous ones; isolated ones are listed twice. */
  readonly #held: number[] = [];
  readonly #isolated: number[] = [];
  readonly #ranges: { first: number; pages: number }[] = [];
  #isolating: { first: number; end: number } | null = null;

  constructor(memory: PhysicalMemory) {
    this.memory = memory;
    this.cache = new PageCache(memory);
    this.#reclaim = new Reclaim(memory, this.cache);
    this.#file = this.cache.addFile(FILE_PAGES);
  }

  /** One operation: `what` chooses it, `cpu` runs it, `n` chooses what it acts on. */
  step(what: number, cpu: number, n: number): void {
    const { memory, cache } = this;
    switch (what) {
      case 0:
      case 1:
      case 2:
        return this.#mapAnon(cpu, n);
      case 3:
        return this.#take(memory.allocPage(cpu, n % 2 === 0 ? 0 : GFP.reclaimable), KIND.kernel);
      case 4:
      case 5:
      case 6:
        return this.#unmap(cpu, n);
      case 7:
        return memory.pagevecs.lruAddDrain(cpu);
      case 8:
        return n % 2 === 0 ? memory.pagevecs.lruAddDrainAll() : memory.percpu.drainAllPages();
      case 9:
        return this.#isolatePage(n);
      case 10:
        return this.#putback(cpu, n);
      case 11:
        return this.#isolateBlocks(n);
      case 12:
        return this.#endIsolation(cpu, n);
      case 13:
        return this.#exact(n);
      case 14:
        if (cache.lookup(this.#file, n % FILE_PAGES) < 0)
          cache.add(cpu, this.#file, n % FILE_PAGES, n % 3 === 0, n % 5 === 0);
        return;
      case 15:
        return this.#useCached(cpu, n);
      case 16:
        return this.#rotate(cpu, n);
      default:
        this.#reclaim.shrinkFileLru(cpu, n % 8);
    }
  }

  /** Gives everything back. */
  finish(): void {
    const { memory, cache } = this;
    while (this.#isolated.length > 0) this.#putback(0, 0);
    this.#endIsolation(0, 1);
    while (this.#held.length > 0) this.#unmap(0, 0);
    for (const { first, pages } of this.#ranges) memory.isolation.freeContigRange(0, first, pages);
    for (let index = 0; index < FILE_PAGES; index++) {
      const pfn = cache.lookup(this.#file, index);
      if (pfn >= 0) cache.remove(0, pfn);
    }
    memory.pagevecs.lruAddDrainAll();
    memory.percpu.drainAllPages();
  }

  #take(pfn: number, kind: number): void {
    if (pfn < 0) return;
    assert.ok(this.memory.blocks.typeOf(pfn) !== MIGRATE.isolate || !this.memory.options.cmaFreeBypassesPcp);
    assert.is(this.memory.frames.kind[pfn], KIND.free);
    assert.is(this.memory.frames.count[pfn], 1);
    if (kind === KIND.kernel) assert.not(this.memory.blocks.isInCmaArea(pfn), 'kernel page in a CMA area');
    this.memory.frames.kind[pfn] = kind;
    this.#held.push(pfn);
  }

  #mapAnon(cpu: number, n: number): void {
    const { memory } = this;
    const pfn = memory.allocPage(cpu, GFP.movable | (n % 2 === 0 ? GFP.cma : 0));
    this.#take(pfn, KIND.anon);
    if (pfn < 0) return;
    memory.frames.mapcount[pfn] = 1;
    memory.pagevecs.lruCacheAdd(cpu, pfn, n % 3 === 0 ? LRU.inactiveAnon : LRU.activeAnon);
  }

  #unmap(cpu: number, n: number): void {
    if (this.#held.length === 0) return;
    const [pfn] = this.#held.splice(n % this.#held.length, 1);
    this.memory.frames.mapcount[pfn] = 0;
    this.memory.putPage(cpu, pfn);
  }

  #isolatePage(n: number): void {
    const pfn = n % this.memory.frames.total;
    const wasOnLru = (this.memory.frames.flags[pfn] & PG.lru) !== 0;
    assert.is(this.memory.lru.isolateLruPage(pfn), wasOnLru);
    if (wasOnLru) this.#isolated.push(pfn);
  }

  #putback(cpu: number, n: number): void {
    if (this.#isolated.length === 0) return;
    const [pfn] = this.#isolated.splice(n % this.#isolated.length, 1);
    if (n % 2 === 0 || !this.cache.dropClean(cpu, pfn)) this.memory.pagevecs.putbackLruPage(cpu, pfn);
  }

  #isolateBlocks(n: number): void {
    const { memory } = this;
    if (this.#isolating !== null) return;
    const first = 224 + (n % 24);
    const end = first + 1 + (n % 8);
    assert.ok(memory.isolation.startIsolatePageRange(first, end));
    memory.cmaAlloc = true;
    this.#isolating = { first, end };
  }

  /** The end of alloc_contig_range, of a failing one when `n` is odd. */
  #endIsolation(cpu: number, n: number): void {
    const { memory } = this;
    if (this.#isolating === null) return;
    const { first, end } = this.#isolating;
    this.#isolating = null;
    memory.pagevecs.lruAddDrainAll();
    memory.percpu.drainAllPages();
    const isFree = memory.isolation.firstBusy(first, end) < 0;
    if (n % 2 === 0) {
      assert.is(memory.isolation.takeRange(first, end), isFree);
      if (isFree) this.#ranges.push({ first, pages: end - first });
    }
    memory.isolation.undoIsolatePageRange(first, end);
    memory.cmaAlloc = false;
    const range = this.#ranges.length > 2 ? this.#ranges.shift() : undefined;
    if (range !== undefined) memory.isolation.freeContigRange(cpu, range.first, range.pages);
  }

  #exact(n: number): void {
    const { memory } = this;
    const lowest = memory.buddy.lowestFree(n % 256, 256);
    if (lowest < 0) return;
    assert.ok(memory.allocExact(lowest));
    memory.frames.kind[lowest] = KIND.anon;
    this.#held.push(lowest);
  }

  #useCached(cpu: number, n: number): void {
    const { cache } = this;
    const pfn = cache.lookup(this.#file, n % FILE_PAGES);
    if (pfn < 0) return;
    if (n % 7 === 0 && !this.#isolated.includes(pfn)) cache.remove(cpu, pfn);
    else if (n % 3 === 0) cache.markDirty(pfn);
    else if (n % 3 === 1) cache.startWriteback(pfn);
    else cache.endWriteback(cpu, pfn);
  }

  #rotate(cpu: number, n: number): void {
    const { memory } = this;
    const pfn = n % memory.frames.total;
    if (memory.frames.count[pfn] > 0) memory.pagevecs.rotateReclaimablePage(cpu, pfn);
  }
}

const steps = fc.array(fc.tuple(fc.nat(17), fc.nat(1), fc.nat(1_000_000)), { maxLength: STEPS, size: 'max' });

for (const [name, options] of [
  ['mainline', { reserved: [{ first: 20, pages: 13 }] }],
  ['vendor rules, watermarks', { ...VENDOR, minFreePages: 20, extraFreePages: 10 }],
  ['no pagevecs', { pagevec: false }],
  ['what has changed by 6.1', { changes: CHANGED_BY_6_1, minFreePages: 20 }],
] as readonly [string, Partial<MemoryOptions>][]) {
  test(`everything adds up after every operation: ${name}`, () => {
    let pages = 0;
    fc.assert(
      fc.property(steps, (list) => {
        const users = new Users(smallMemory(options));
        const { memory, cache } = users;
        const atBoot = memory.freePages();
        for (const [what, cpu, n] of list) {
          users.step(what, cpu, n);
          const messages = [...checkMemory(memory), ...checkPageCache(memory, cache)];
          if (messages.length > 0) throw new Error(`after [${what},${cpu},${n}]: ${messages.join('; ')}`);
        }
        pages += SMALL.frames - memory.freePages();
        users.finish();
        assert.equal(checkMemory(memory), []);
        assert.is(memory.buddy.freePages() + memory.buddy.freeCount[MIGRATE.isolate], atBoot);
      }),
      { numRuns: RUNS, seed: 20150415, includeErrorInReport: true },
    );
    assert.ok(pages > 0);
  });
}

test.run();
