/** Who may use CMA pages: the rules of kernel profiles beside those of 3.10 and of the vendor trees. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkMemory } from './check.ts';
import { KIND } from './frames.ts';
import { GFP, type MemoryOptions } from './physical.ts';
import { smallMemory } from './testing.ts';

/** First frame of the CMA area. */
const AREA = 224;

/** Single pages until none is left: how many lie in the area, and how many outside. */
function takeAll(options: Partial<MemoryOptions>, gfp: number): { inside: number; outside: number } {
  const memory = smallMemory({ pcpBatch: 1, ...options });
  let [inside, outside] = [0, 0];
  for (let pfn = memory.allocPage(0, gfp); pfn >= 0; pfn = memory.allocPage(0, gfp)) {
    memory.frames.kind[pfn] = KIND.kernel;
    if (pfn >= AREA) inside++;
    else outside++;
  }
  assert.equal(checkMemory(memory), []);
  return { inside, outside };
}

const PAGE_CACHE_ONLY = { cmaFor: 'page-cache', cmaFreeBypassesPcp: true } as const;

test('stock: any movable request gets CMA pages in the end', () => {
  for (const gfp of [GFP.movable, GFP.movable | GFP.cma, GFP.movable | GFP.pageCache])
    assert.equal(takeAll({}, gfp), { inside: 32, outside: 224 });
});

test('page-cache: the page cache alone gets CMA pages, and gets them first', () => {
  assert.equal(takeAll(PAGE_CACHE_ONLY, GFP.movable | GFP.cma), { inside: 0, outside: 224 });
  assert.equal(takeAll(PAGE_CACHE_ONLY, GFP.movable | GFP.pageCache), { inside: 32, outside: 224 });
  const memory = smallMemory(PAGE_CACHE_ONLY);
  assert.ok(memory.allocPage(0, GFP.movable | GFP.pageCache) >= AREA);
  assert.ok(memory.allocPage(0, GFP.movable) < AREA);
  memory.cmaAlloc = true;
  assert.ok(memory.allocPage(0, GFP.movable | GFP.pageCache) < AREA, 'while a request runs');
});

test('page-cache: free CMA pages do not keep other requests above the watermark of 20 pages', () => {
  const options = { ...PAGE_CACHE_ONLY, minFreePages: 20 };
  assert.equal(takeAll(options, GFP.movable), { inside: 0, outside: 204 });
  assert.equal(takeAll(options, GFP.movable | GFP.pageCache), { inside: 32, outside: 204 });
});

test('outsideCma: a target never comes from CMA, per-cpu lists full of CMA pages or not', () => {
  assert.equal(takeAll({}, GFP.movable | GFP.outsideCma), { inside: 0, outside: 224 });
  const memory = smallMemory({ cmaFirstForAnon: true });
  assert.ok(memory.allocPage(0, GFP.movable | GFP.cma) >= AREA);
  assert.ok(memory.allocPage(0, GFP.movable) >= AREA, 'from the per-cpu list');
  assert.ok(memory.allocPage(0, GFP.movable | GFP.outsideCma) < AREA);
});

test.run();
