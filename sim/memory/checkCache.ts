/** Invariants of the page cache, by recounting its files against the frames; for tests and audits. */
import { BH_LRU_SIZE } from './bhLru.ts';
import { KIND, PG } from './frames.ts';
import type { PageCache } from './pagecache.ts';
import type { PhysicalMemory } from './physical.ts';

/** One message for each violation, naming frames; empty when all is well. */
export function checkPageCache(memory: PhysicalMemory, cache: PageCache): string[] {
  const { frames } = memory;
  const messages: string[] = [];
  let pages = 0;
  for (let file = 0; file < cache.files; file++) {
    for (let index = 0; index < cache.sizeOf(file); index++) {
      const pfn = cache.lookup(file, index);
      if (pfn < 0) continue;
      pages++;
      if (frames.kind[pfn] !== KIND.file || frames.mapping[pfn] !== file || frames.index[pfn] !== index)
        messages.push(`frame ${pfn}: cached as page ${index} of file ${file}, and does not know it`);
    }
  }
  let [owned, dirty, writeback] = [0, 0, 0];
  for (let pfn = 0; pfn < frames.total; pfn++) {
    if (frames.kind[pfn] !== KIND.file || frames.mapping[pfn] < 0) continue;
    owned++;
    if ((frames.flags[pfn] & PG.dirty) !== 0) dirty++;
    if ((frames.flags[pfn] & PG.writeback) !== 0) writeback++;
  }
  if (pages !== cache.pages) messages.push(`NR_FILE_PAGES: counter ${cache.pages}, in files ${pages}`);
  if (owned !== pages) messages.push(`${owned} frames belong to a file, ${pages} are in one`);
  if (dirty !== cache.dirty) messages.push(`NR_FILE_DIRTY: counter ${cache.dirty}, flags ${dirty}`);
  if (writeback !== cache.writeback) messages.push(`NR_WRITEBACK: counter ${cache.writeback}, flags ${writeback}`);
  checkBhLru(memory, cache, messages);
  return messages;
}

/** The LRUs of buffer_heads hold pages with buffers, each once a CPU. */
function checkBhLru({ frames }: PhysicalMemory, { bhLru }: PageCache, messages: string[]): void {
  const refs = new Uint8Array(frames.total);
  bhLru.entries.forEach((pfn, entry) => {
    if (pfn < 0) return;
    refs[pfn]++;
    const cpu = Math.floor(entry / BH_LRU_SIZE);
    if (bhLru.entries.subarray(cpu * BH_LRU_SIZE, entry).includes(pfn))
      messages.push(`frame ${pfn}: twice in the buffer_head LRU of cpu ${cpu}`);
    const isCached = frames.kind[pfn] === KIND.file && frames.mapping[pfn] >= 0;
    if (!isCached || (frames.flags[pfn] & PG.private) === 0)
      messages.push(`frame ${pfn}: in a buffer_head LRU without buffers`);
  });
  for (let pfn = 0; pfn < frames.total; pfn++) {
    if (refs[pfn] !== bhLru.refs[pfn])
      messages.push(`frame ${pfn}: ${bhLru.refs[pfn]} buffer_head LRU references, ${refs[pfn]} entries`);
  }
}
