/**
 * Where the regions of each group of processes lie, and which of their pages are populated: worked out once for all
 * processes of a group, and the same for all of them, as address spaces forked from one zygote are.
 *
 * Assumptions: regions never touch (so that neighbours do not share an anon_vma), each begins on a page-table leaf, and
 * the populated pages of a region are spread evenly over it.
 */
import type { LoadDescription, ProcessGroup, Region } from '../description.ts';
import { NONE } from '../memory/frames.ts';
import { LEAF_PAGES, VPN_LIMIT } from '../process/pageTables.ts';

/** A region at its address. */
export interface PlacedRegion {
  readonly region: Region;
  /** First virtual page. */
  readonly start: number;
  /** Number of populated pages. */
  readonly populated: number;
  /** File handle, NONE for anonymous memory. */
  readonly file: number;
}

export interface GroupLayout {
  readonly index: number;
  readonly group: ProcessGroup;
  /** NONE for exec'ed groups. */
  readonly parent: number;
  /** Forks between the exec'ed ancestor and this group. */
  readonly depth: number;
  readonly own: readonly PlacedRegion[];
  /** Regions of all ancestors, oldest first; `mergeable` as they are once this group has asked for its madvise. */
  readonly inherited: readonly PlacedRegion[];
}

export interface FileLayout {
  readonly name: string;
  /** Largest size that any region maps, pages. */
  readonly pages: number;
}

export interface Layouts {
  readonly groups: readonly GroupLayout[];
  readonly files: readonly FileLayout[];
}

/** Where the k-th of `populated` pages lies that are spread over `pages`, from the first one on. */
export function populatedOffset(k: number, pages: number, populated: number): number {
  return Math.floor((k * pages) / populated);
}

/** Lays out all groups. Throws RangeError when a process would not fit into its address space. */
export function layOut(load: LoadDescription): Layouts {
  const files = new Map<string, { handle: number; pages: number }>();
  for (const group of load.groups) for (const region of group.regions) noteFile(files, region);
  const byName = new Map(load.groups.map((group, index) => [group.name, index]));
  const groups: GroupLayout[] = [];
  for (const index of parentsFirst(load.groups, byName)) {
    const group = load.groups[index];
    const parent = group.parent === null ? undefined : groups[byName.get(group.parent)!];
    groups[index] = placeGroup(group, index, parent, files);
  }
  return { groups, files: [...files].map(([name, { pages }]) => ({ name, pages })) };
}

function noteFile(files: Map<string, { handle: number; pages: number }>, region: Region): void {
  if (region.file === null) return;
  const file = files.get(region.file);
  if (file === undefined) files.set(region.file, { handle: files.size, pages: region.pages });
  else file.pages = Math.max(file.pages, region.pages);
}

/** Indexes of the groups, every parent before its children. */
function parentsFirst(groups: readonly ProcessGroup[], byName: ReadonlyMap<string, number>): number[] {
  const order: number[] = [];
  const visit = (index: number): void => {
    if (order.includes(index)) return;
    const { parent } = groups[index];
    if (parent !== null) visit(byName.get(parent)!);
    order.push(index);
  };
  groups.forEach((_, index) => {
    visit(index);
  });
  return order;
}

function placeGroup(
  group: ProcessGroup,
  index: number,
  parent: GroupLayout | undefined,
  files: ReadonlyMap<string, { handle: number }>,
): GroupLayout {
  const ofParent = parent === undefined ? [] : [...parent.inherited, ...parent.own];
  const inherited = group.madviseInherited === true ? ofParent.map(asMergeable) : ofParent;
  let start = LEAF_PAGES;
  for (const placed of inherited) start = Math.max(start, behind(placed));
  const own: PlacedRegion[] = [];
  for (const region of group.regions) {
    const file = region.file === null ? NONE : files.get(region.file)!.handle;
    const placed = { region, start, populated: Math.round(region.pages * region.populated), file };
    own.push(placed);
    start = behind(placed);
  }
  if (start > VPN_LIMIT) throw new RangeError(`group ${group.name}: its regions do not fit into ${VPN_LIMIT} pages`);
  return {
    index,
    group,
    parent: parent?.index ?? NONE,
    depth: parent === undefined ? 0 : parent.depth + 1,
    own,
    inherited,
  };
}

/** MADV_MERGEABLE ignores shared mappings. */
function asMergeable(placed: PlacedRegion): PlacedRegion {
  const { region } = placed;
  return region.kind === 'shared-file' ? placed : { ...placed, region: { ...region, mergeable: true } };
}

/** First leaf behind a region, with at least one page between. */
function behind(placed: PlacedRegion): number {
  return (Math.floor((placed.start + placed.region.pages) / LEAF_PAGES) + 1) * LEAF_PAGES;
}
