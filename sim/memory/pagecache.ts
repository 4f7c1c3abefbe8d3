/**
 * The page cache (mm/filemap.c: find_get_page, add_to_page_cache_lru, delete_from_page_cache, end_page_writeback;
 * mm/vmscan.c: __remove_mapping; fs/buffer.c: try_to_free_buffers).
 *
 * A cached page has one reference of the cache and, with buffers attached (PG.private), one of the buffers. With
 * `pageCacheOutsideCma` a page from a CMA block is given back and asked for again without __GFP_MOVABLE.
 *
 * Pages with buffers are those of block devices, metadata of file systems: their buffers are busy while a CPU's LRU of
 * buffer_heads holds them (bhLru.ts), and can be freed from a clean page otherwise.
 *
 * Differences: a file has a fixed number of pages and a flat index. Writing itself takes no time here: the caller
 * starts and ends it.
 */
import { BhLru } from './bhLru.ts';
import type { Cleancache } from './cleancache.ts';
import { KIND, NONE, PG, type Frames } from './frames.ts';
import { LRU } from './lru.ts';
import { MIGRATE } from './pageblocks.ts';
import { GFP, type PhysicalMemory } from './physical.ts';

export class PageCache {
  /** Pages in the cache (NR_FILE_PAGES), and those dirty (NR_FILE_DIRTY) and under writeback (NR_WRITEBACK). */
  pages = 0;
  dirty = 0;
  writeback = 0;
  /** Pages dropped that were read again, and where dropped pages are kept, if anywhere. */
  refaults = 0;
  cleancache: Cleancache | null = null;
  /** The page inserted last was copied from there: it need not be read. */
  wasCopied = false;
  readonly bhLru: BhLru;
  readonly #memory: PhysicalMemory;
  readonly #frames: Frames;
  readonly #outsideCma: boolean;
  /** address_space->page_tree by file: frame by index. */
  readonly #trees: Int32Array[] = [];
  /** By file and index: 1 for a page that was dropped and not read again (a shadow entry of later kernels). */
  readonly #dropped: Uint8Array[] = [];

  constructor(memory: PhysicalMemory) {
    this.#memory = memory;
    this.#frames = memory.frames;
    this.#outsideCma = memory.options.pageCacheOutsideCma;
    this.bhLru = new BhLru(memory.frames.total, memory.options.cpus);
  }

  /** A file of that many pages; returns its id, counted from 0. Files are made when the device is built. */
  addFile(pages: number): number {
    this.#trees.push(new Int32Array(pages).fill(NONE));
    this.#dropped.push(new Uint8Array(pages));
    return this.#trees.length - 1;
  }

  get files(): number {
    return this.#trees.length;
  }

  /** Pages of the file, cached or not. */
  sizeOf(file: number): number {
    return this.#trees[file].length;
  }

  /** Frame of the page at `index`, or NONE; takes no reference. */
  lookup(file: number, index: number): number {
    const tree = this.#trees[file];
    return index < tree.length ? tree[index] : NONE;
  }

  /** Reads a page that is not cached into the cache, onto the inactive file list; its frame, or NONE without memory. */
  add(cpu: number, file: number, index: number, isDirty = false, hasBuffers = false): number {
    this.#expectAbsent(file, index);
    const pfn = this.#alloc(cpu);
    if (pfn >= 0) this.insert(cpu, pfn, file, index, isDirty, hasBuffers);
    return pfn;
  }

  /** add_to_page_cache_lru: a page that the caller allocated; its reference becomes the cache's. */
  insert(cpu: number, pfn: number, file: number, index: number, isDirty: boolean, hasBuffers: boolean): void {
    this.#expectAbsent(file, index);
    const frames = this.#frames;
    frames.kind[pfn] = KIND.file;
    frames.mapping[pfn] = file;
    frames.index[pfn] = index;
    this.#trees[file][index] = pfn;
    this.pages++;
    this.refaults += this.#dropped[file][index];
    this.#dropped[file][index] = 0;
    this.wasCopied = this.cleancache?.take(cpu, file, index) ?? false;
    if (hasBuffers) {
      frames.flags[pfn] |= PG.private;
      frames.count[pfn]++;
      this.bhLru.install(cpu, pfn);
    }
    if (isDirty) this.markDirty(pfn);
    this.#memory.pagevecs.lruCacheAdd(cpu, pfn, LRU.inactiveFile);
  }

  /** __find_get_block: somebody looks a buffer of the page up, as for every change of metadata. */
  lookupBuffers(cpu: number, pfn: number): void {
    if ((this.#frames.flags[pfn] & PG.private) !== 0) this.bhLru.install(cpu, pfn);
  }

  /** try_to_release_page would fail: the buffers are in use. */
  hasBusyBuffers(pfn: number): boolean {
    return this.bhLru.isHeld(pfn);
  }

  /** set_page_dirty. */
  markDirty(pfn: number): void {
    if ((this.#frames.flags[pfn] & PG.dirty) !== 0) return;
    this.#frames.flags[pfn] |= PG.dirty;
    this.dirty++;
  }

  /**
   * clear_page_dirty_for_io and set_page_writeback; false when the page is not dirty, is being written, or is locked.
   */
  startWriteback(pfn: number): boolean {
    const flags = this.#frames.flags[pfn];
    if ((flags & (PG.dirty | PG.writeback | PG.locked)) !== PG.dirty) return false;
    this.#frames.flags[pfn] = (flags & ~PG.dirty) | PG.writeback;
    this.dirty--;
    this.writeback++;
    return true;
  }

  /**
   * end_page_writeback; a page that reclaim waits for goes to the tail of its list. The caller wakes who waits for it.
   */
  endWriteback(cpu: number, pfn: number): void {
    const flags = this.#frames.flags[pfn];
    this.#frames.flags[pfn] = flags & ~(PG.writeback | PG.reclaim);
    if ((flags & PG.writeback) !== 0) this.writeback--;
    if ((flags & PG.reclaim) !== 0) this.#memory.pagevecs.rotateReclaimablePage(cpu, pfn);
  }

  /**
   * delete_from_page_cache (truncation): the page leaves the cache and is freed with its last reference. Whoever takes
   * pages of a block device away invalidates the LRUs of buffer_heads first (invalidate_bdev, kill_bdev).
   */
  remove(cpu: number, pfn: number): void {
    if (this.bhLru.isHeld(pfn)) this.bhLru.invalidate();
    const frames = this.#frames;
    const flags = frames.flags[pfn];
    if ((flags & PG.dirty) !== 0) this.dirty--;
    if ((flags & PG.writeback) !== 0) this.writeback--;
    this.#trees[frames.mapping[pfn]][frames.index[pfn]] = NONE;
    this.pages--;
    frames.mapping[pfn] = NONE;
    frames.flags[pfn] = flags & ~(PG.dirty | PG.writeback | PG.private | PG.reclaim);
    if ((flags & PG.private) !== 0) this.#memory.putPage(cpu, pfn);
    this.#memory.putPage(cpu, pfn);
  }

  /**
   * The page's part of shrink_page_list, as reclaim and reclaim_clean_pages_from_list use it: a droppable page, on the
   * LRU or isolated, leaves the cache and is freed; false when it is not droppable.
   */
  dropClean(cpu: number, pfn: number): boolean {
    if (!this.#isDroppable(pfn)) return false;
    const { flags, mapping, index } = this.#frames;
    const isIsolated = (flags[pfn] & PG.isolated) !== 0;
    this.#dropped[mapping[pfn]][index[pfn]] = 1;
    if ((flags[pfn] & PG.private) === 0) this.cleancache?.put(mapping[pfn], index[pfn]);
    this.#memory.lru.endIsolation(pfn);
    this.remove(cpu, pfn);
    if (isIsolated) this.#memory.putPage(cpu, pfn);
    return true;
  }

  /**
   * migrate_page_move_mapping and the buffers' part of buffer_migrate_page, of a page whose buffers are not busy: the
   * cache's slot and references, PG.private and PG.dirty go to the new frame, which gets kind, mapping and index. The
   * old frame keeps its kind and has no mapping.
   */
  replace(oldPfn: number, newPfn: number): void {
    const frames = this.#frames;
    const { flags, count } = frames;
    const moved = flags[oldPfn] & (PG.private | PG.dirty);
    const references = (moved & PG.private) !== 0 ? 2 : 1;
    this.#trees[frames.mapping[oldPfn]][frames.index[oldPfn]] = newPfn;
    frames.kind[newPfn] = KIND.file;
    frames.mapping[newPfn] = frames.mapping[oldPfn];
    frames.index[newPfn] = frames.index[oldPfn];
    frames.mapping[oldPfn] = NONE;
    count[oldPfn] -= references;
    count[newPfn] += references;
    flags[oldPfn] &= ~(PG.private | PG.dirty | PG.reclaim);
    flags[newPfn] |= moved;
  }

  #expectAbsent(file: number, index: number): void {
    const tree = this.#trees[file];
    if (index >= tree.length || tree[index] >= 0)
      throw new Error(`file ${file}, page ${index}: cached already, or past the end`);
  }

  /**
   * Nothing holds the page but the cache, its buffers and, if so, its isolation, and it can go without
   * writing or unmapping.
   */
  #isDroppable(pfn: number): boolean {
    const frames = this.#frames;
    const flags = frames.flags[pfn];
    if (frames.kind[pfn] !== KIND.file || frames.mapping[pfn] < 0) return false;
    if ((flags & (PG.locked | PG.dirty | PG.writeback)) !== 0 || this.bhLru.isHeld(pfn)) return false;
    // A pte shows here as one reference too many.
    const expected = 1 + ((flags & PG.private) !== 0 ? 1 : 0) + ((flags & PG.isolated) !== 0 ? 1 : 0);
    return frames.count[pfn] === expected;
  }

  /** __page_cache_alloc. */
  #alloc(cpu: number): number {
    const memory = this.#memory;
    const pfn = memory.allocPage(cpu, GFP.movable | GFP.pageCache);
    if (pfn < 0 || !this.#outsideCma || memory.blocks.typeOf(pfn) !== MIGRATE.cma) return pfn;
    memory.putPage(cpu, pfn);
    return memory.allocPage(cpu, 0);
  }
}
