/** anon_vmas, the vmas that hang on them, and their genealogy (mm/rmap.c). */
import type { Mm } from './mm.ts';

export interface AnonVma {
  /** The anon_vma of the oldest ancestor; itself when it has none. */
  readonly root: AnonVma;
  /** The interval tree in its order: by pgoff, equal ones as they were inserted. */
  tree: Vma[];
}

export interface Vma {
  readonly mm: Mm;
  start: number;
  /** First page behind it. */
  end: number;
  pgoff: number;
  isMergeable: boolean;
  /** Its own anon_vma: null until the first write fault. */
  anonVma: AnonVma | null;
  /** Every anon_vma it hangs on, oldest first. */
  chain: AnonVma[];
}

function newAnonVma(parent: AnonVma | null): AnonVma {
  const made: { root: AnonVma | null; tree: Vma[] } = { root: parent?.root ?? null, tree: [] };
  made.root ??= made as AnonVma;
  return made as AnonVma;
}

function insertInTree(anonVma: AnonVma, vma: Vma): void {
  const behind = anonVma.tree.findIndex((other) => other.pgoff > vma.pgoff);
  anonVma.tree.splice(behind < 0 ? anonVma.tree.length : behind, 0, vma);
}

function removeFromTree(anonVma: AnonVma, vma: Vma): void {
  anonVma.tree = anonVma.tree.filter((other) => other !== vma);
}

function link(vma: Vma, anonVma: AnonVma): void {
  vma.chain.push(anonVma);
  insertInTree(anonVma, vma);
}

/** anon_vma_prepare: a neighbour's anon_vma if it fits, else a new one. */
export function prepareAnonVma(vma: Vma): void {
  if (vma.anonVma !== null) return;
  vma.anonVma = findMergeableAnonVma(vma) ?? newAnonVma(null);
  link(vma, vma.anonVma);
}

/** find_mergeable_anon_vma: the next vma first, then the previous one. */
function findMergeableAnonVma(vma: Vma): AnonVma | null {
  const { vmas } = vma.mm;
  const at = vmas.indexOf(vma);
  const next = vmas.at(at + 1);
  const previous = at > 0 ? vmas[at - 1] : undefined;
  if (next !== undefined && areCompatible(vma, next) && next.anonVma !== null && next.chain.length === 1) {
    return next.anonVma;
  }
  if (previous === undefined || !areCompatible(previous, vma) || previous.chain.length !== 1) return null;
  return previous.anonVma;
}

function areCompatible(low: Vma, high: Vma): boolean {
  return (
    low.end === high.start &&
    low.isMergeable === high.isMergeable &&
    high.pgoff === low.pgoff + (high.start - low.start)
  );
}

/** anon_vma_clone: `to` hangs on everything that `from` hangs on. */
export function cloneChain(to: Vma, from: Vma): void {
  for (const anonVma of from.chain) link(to, anonVma);
}

/** anon_vma_fork: all of the parent's, then one of its own. */
export function forkAnonVma(child: Vma, parent: Vma): void {
  if (parent.anonVma === null) return;
  cloneChain(child, parent);
  child.anonVma = newAnonVma(parent.anonVma);
  link(child, child.anonVma);
}

/** unlink_anon_vmas. */
export function unlinkChain(vma: Vma): void {
  for (const anonVma of vma.chain) removeFromTree(anonVma, vma);
  vma.chain = [];
}

/** vma_adjust: out of all trees, changed, and in again, so behind those of the same pgoff. */
export function adjust(vma: Vma, start: number, end: number): void {
  for (const anonVma of vma.chain) removeFromTree(anonVma, vma);
  vma.pgoff += start - vma.start;
  vma.start = start;
  vma.end = end;
  for (const anonVma of vma.chain) insertInTree(anonVma, vma);
}
