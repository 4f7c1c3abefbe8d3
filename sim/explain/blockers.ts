/** What can be said of the pages that stand in the way of a range, at the moment in which it is given up. */
import type { World } from '../load/world.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { PTE_SHIFT } from '../process/pageTables.ts';
import { VM } from '../process/vmas.ts';
import { eachMappedPte } from '../truth/mappedPtes.ts';
import type { Life, Lives } from '../watch/lives.ts';
import type { PageIds } from '../watch/pageIds.ts';
import type { BlockingPage, Item, Mapping, ProcessRef } from './types.ts';

/** Failed calls of unmap_and_move for one page. */
export interface Failures {
  readonly calls: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

export interface Known {
  readonly world: World;
  readonly lives: Lives;
  readonly ids: PageIds;
  readonly failures: ReadonlyMap<number, Failures>;
  readonly pins: readonly { readonly holder: string; readonly pfns: readonly number[]; readonly since: number }[];
}

/** The pages of `pfns` in the order in which they failed first, those that were not tried last. */
export function blockersOf(known: Known, pfns: readonly number[]): BlockingPage[] {
  const mappings = mappingsOf(known, new Set(pfns));
  const firstAt = (pfn: number): number => known.failures.get(pfn)?.firstAt ?? Infinity;
  const ordered = [...pfns].sort((a, b) => firstAt(a) - firstAt(b) || a - b);
  return ordered.map((pfn) => blockerOf(known, pfn, mappings.get(pfn) ?? []));
}

function blockerOf(known: Known, pfn: number, mappings: readonly Mapping[]): BlockingPage {
  const { frames, ledger } = known.world.kernel;
  const failures = known.failures.get(pfn);
  const kind = frames.kind[pfn];
  return {
    pfn,
    kind: KINDS.get(kind) ?? 'other',
    cause: ledger.failureOf(pfn),
    calls: failures?.calls ?? 0,
    firstAt: failures?.firstAt ?? null,
    lastAt: failures?.lastAt ?? null,
    mapcount: frames.mapcount[pfn],
    found: kind === KIND.ksm ? mappings.filter(({ isFound }) => isFound).length : frames.mapcount[pfn],
    count: frames.count[pfn],
    references: {
      pins: frames.pins[pfn],
      pagevec: frames.pagevecRefs[pfn],
      ksmd: frames.ksmdRefs[pfn],
      waiters: frames.waiters[pfn],
    },
    pinnedBy: known.pins.flatMap(({ holder, pfns, since }) => (pfns.includes(pfn) ? [{ holder, since }] : [])),
    page: kind === KIND.anon || kind === KIND.ksm ? known.ids.of(pfn) : NONE,
    mappings,
    items: kind === KIND.ksm ? itemsOf(known, pfn) : [],
  };
}

const KINDS = new Map<number, BlockingPage['kind']>([
  [KIND.anon, 'anon'],
  [KIND.ksm, 'ksm'],
  [KIND.file, 'file'],
  [KIND.kernel, 'kernel'],
  [KIND.free, 'free'],
]);

/** The ptes that map each of the pages, in the order of processes and addresses: one look at every page table. */
function mappingsOf(known: Known, pfns: ReadonlySet<number>): Map<number, Mapping[]> {
  const found = new Map<number, Mapping[]>();
  eachMappedPte(known.world.kernel, (mm, vma, vpn, entry) => {
    const pfn = entry >> PTE_SHIFT;
    if (!pfns.has(pfn)) return;
    const ofPage = found.get(pfn) ?? [];
    ofPage.push(mappingOf(known, mm, vma, vpn, pfn));
    found.set(pfn, ofPage);
  });
  return found;
}

function mappingOf({ world, lives }: Known, mm: number, vma: number, vpn: number, pfn: number): Mapping {
  const { ledger, objects, slots, frames, vmas } = world.kernel;
  const life = lives.of(mm);
  const isKsm = frames.kind[pfn] === KIND.ksm;
  const gap = ledger.gaps.at(mm, vpn, pfn);
  const node = isKsm ? frames.mapping[pfn] : NONE;
  let hasItem = false;
  for (let item = node === NONE ? NONE : objects.hlist[node]; item >= 0; item = objects.hlistNext[item])
    hasItem ||= objects.itemMm[item] === mm && objects.itemAddress[item] === vpn;
  return {
    process: refOf(life, mm),
    family: life?.root.pid ?? 0,
    mm,
    vpn,
    forkedFrom: life?.parent == null ? null : refOf(life.parent, NONE),
    bornAt: life?.bornAt ?? 0,
    isFound: !isKsm || ledger.isFindable(mm, vpn, pfn),
    gap: gap === null ? null : { cause: gap.cause, since: gap.since },
    hasItem,
    hasSlot: slots.present[mm] !== 0,
    isUnvisited: slots.present[mm] !== 0 && slots.rmapList[mm] === NONE,
    isMergeable: (vmas.flags[vma] & VM.mergeable) !== 0,
  };
}

function itemsOf({ world, lives }: Known, pfn: number): Item[] {
  const { frames, objects, vmas, tables } = world.kernel;
  const { treeHead, avcVma, avcNextInTree } = vmas.anonVmas;
  const items: Item[] = [];
  const node = frames.mapping[pfn];
  for (let item = node === NONE ? NONE : objects.hlist[node]; item >= 0; item = objects.hlistNext[item]) {
    const mm = objects.itemMm[item];
    const vpn = objects.itemAddress[item];
    const searches: ProcessRef[] = [];
    for (let avc = treeHead[objects.itemAnonVma[item]]; avc >= 0; avc = avcNextInTree[avc]) {
      const vma = avcVma[avc];
      if (vpn >= vmas.start[vma] && vpn < vmas.end[vma]) searches.push(refOf(lives.of(vmas.mm[vma]), vmas.mm[vma]));
    }
    const process = mm === NONE ? null : refOf(lives.of(mm), mm);
    items.push({ process, vpn, isCurrent: mm !== NONE && tables.mapsPage(mm, vpn, pfn), searches });
  }
  return items;
}

export function refOf(life: Life | null, mm: number): ProcessRef {
  return life === null ? { pid: 0, name: `mm ${mm}` } : { pid: life.pid, name: life.name };
}
