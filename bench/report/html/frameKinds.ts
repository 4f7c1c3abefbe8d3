/** The kinds of frames for people. */
import { FRAME_KINDS } from '../../../sim/index.ts';
import type { FrameKind } from '../../../sim/index.ts';

interface KindWords {
  readonly title: string;
  readonly about: string;
}

const WORDS: Readonly<Record<FrameKind, KindWords>> = {
  free: { title: 'free', about: 'in the buddy allocator or on a per-cpu list' },
  reserved: { title: 'reserved', about: 'carve-outs, never given to the allocator' },
  kernel: { title: 'kernel', about: 'slab, page tables, drivers: cannot be moved' },
  anon: { title: 'anonymous', about: 'memory of processes' },
  ksm: { title: 'KSM', about: 'a merged page, all of whose ptes the reverse walk finds' },
  file: { title: 'file', about: 'page cache' },
  contiguous: { title: 'contiguous', about: 'handed out by dma_alloc_from_contiguous' },
  isolated: { title: 'isolated', about: 'off the LRU to be migrated, or free in an isolated pageblock' },
  pinned: { title: 'pinned', about: 'held by get_user_pages or by a pagevec' },
  stuck: { title: 'stuck', about: 'a KSM page with an unfindable pte: cannot be migrated' },
};

/** By index in FRAME_KINDS. */
export const KIND_WORDS: readonly (KindWords & { readonly kind: FrameKind })[] = FRAME_KINDS.map((kind) => ({
  kind,
  ...WORDS[kind],
}));
