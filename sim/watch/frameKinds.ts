/** What a picture of memory tells of a frame: what it holds, and what keeps it where it is. */
import { KIND, PG, type Frames } from '../memory/frames.ts';
import { MIGRATE, type Pageblocks } from '../memory/pageblocks.ts';

/**
 * Kinds in rising order of what matters to a contiguous allocation. From `pinned` on they lie over what the frame
 * holds: `pinned` has references of get_user_pages or of a pagevec; `isolated` is off the LRU for migration, or free in
 * an isolated pageblock; `stuck` is a KSM page with an unfindable pte.
 */
export const FRAME_KINDS = [
  'free',
  'reserved',
  'kernel',
  'anon',
  'ksm',
  'file',
  'contiguous',
  'isolated',
  'pinned',
  'stuck',
] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

/** Kinds from this one on are shown for a group of frames when any of them is of it. */
const FIRST_NOTABLE = FRAME_KINDS.indexOf('isolated');
const [ISOLATED, PINNED, STUCK] = (['isolated', 'pinned', 'stuck'] as const).map((kind) => FRAME_KINDS.indexOf(kind));

const HELD: readonly FrameKind[] = ['free', 'reserved', 'kernel', 'anon', 'ksm', 'file', 'contiguous'];
/** Index in FRAME_KINDS by KIND. */
const BY_KIND = HELD.reduce<number[]>((table, kind) => {
  table[KIND[kind as keyof typeof KIND]] = FRAME_KINDS.indexOf(kind);
  return table;
}, []);

/** Index in FRAME_KINDS of a frame; `stuck`: frames with an unfindable pte. */
export function frameKind(frames: Frames, blocks: Pageblocks, stuck: ReadonlySet<number>, pfn: number): number {
  const kind = frames.kind[pfn];
  if (kind === KIND.ksm && stuck.has(pfn)) return STUCK;
  if (frames.pins[pfn] > 0 || frames.pagevecRefs[pfn] > 0) return PINNED;
  if ((frames.flags[pfn] & PG.isolated) !== 0) return ISOLATED;
  return kind === KIND.free && blocks.typeOf(pfn) === MIGRATE.isolate ? ISOLATED : BY_KIND[kind];
}

/** The kind that stands for a group of frames: the most notable one, else the one that most of them have. */
export function groupKind(counts: ArrayLike<number>): number {
  for (let kind = FRAME_KINDS.length - 1; kind >= FIRST_NOTABLE; kind--) if (counts[kind] > 0) return kind;
  let most = 0;
  for (let kind = 1; kind < FIRST_NOTABLE; kind++) if (counts[kind] > counts[most]) most = kind;
  return most;
}
