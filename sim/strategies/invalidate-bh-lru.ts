/**
 * Buffers of file system metadata are busy while a CPU remembers that it looked them up; this makes it forget
 * (invalidate_bh_lrus, fs/buffer.c). The LRUs are memory/bhLru.ts.
 */
import { withKernel } from './kernelSwitch.ts';
import type { Strategy } from './strategy.ts';

export const invalidateBhLru: Strategy = {
  name: 'invalidate-bh-lru',
  group: 'cma',
  about: 'the per-cpu LRUs of buffer_heads are emptied before a range is migrated and stay empty until it is done',
  origin: 'Minchan Kim, Linux 5.13, commit 8cc621d2f45d "mm: fs: invalidate BH LRU during page migration"',
  // Not pin: get_user_pages and the like hold pages as before.
  claims: [],
  costs:
    'each entry dropped is looked up in the page cache once more; emptied in hotter paths too, it cost 21.8 % of fio write IOPS until 5.15',
  device: withKernel({ invalidateBhLrus: true }),
};
