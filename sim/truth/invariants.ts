/**
 * The invariants of the model, checked by recounting everything: mapcounts and references from the page tables up,
 * KSM's counters, lists and trees, anon_vma links, and the ledger of unfindable ptes against a fresh search.
 *
 * Slow and allocating: for tests and audits, never for the hot path. Each function returns messages, none
 * when all hold.
 */
import type { Kernel } from '../kernel.ts';
import { ITEM } from '../ksm/objects.ts';
import { heldReferences } from '../memory/check.ts';
import { KIND, NONE } from '../memory/frames.ts';
import { PTE, PTE_SHIFT } from '../process/pageTables.ts';
import { VM } from '../process/vmas.ts';
import { eachMappedPte } from './mappedPtes.ts';
import { checkRankings } from './rankings.ts';

/** A broken invariant of the model: exit code 5, never the user's fault. */
export class InvariantError extends Error {
  readonly messages: readonly string[];

  constructor(messages: readonly string[], when: string) {
    super(`model invariant broken ${when}: ${messages.slice(0, 5).join('; ')}`);
    this.name = 'InvariantError';
    this.messages = messages;
  }
}

/** Everything below, one list of messages. */
export function checkKernel(kernel: Kernel): string[] {
  const messages: string[] = [];
  const mapped = checkParts(kernel, messages);
  checkLedger(kernel, mapped, messages);
  return messages;
}

/** All but the ledger. */
export function checkStructure(kernel: Kernel): string[] {
  const messages: string[] = [];
  checkParts(kernel, messages);
  return messages;
}

function checkParts(kernel: Kernel, messages: string[]): Mapping[] {
  const mapped = checkMappings(kernel, messages);
  checkReferences(kernel, messages);
  checkItems(kernel, messages);
  checkNodes(kernel, messages);
  checkRankings(kernel, messages);
  checkAnonVmas(kernel, messages);
  return mapped;
}

interface Mapping {
  readonly mm: number;
  readonly vpn: number;
  readonly pfn: number;
}

/** mapcount of every frame is the number of present ptes; returns the ptes that map KSM pages. */
function checkMappings(kernel: Kernel, messages: string[]): Mapping[] {
  const { frames, vmas, spaces } = kernel;
  const mapcount = new Int32Array(frames.total);
  const ksm: Mapping[] = [];
  for (let mm = 0; mm < spaces.alive.length; mm++) {
    let behind = 0;
    for (let vma = spaces.alive[mm] === 0 ? NONE : vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
      if (vmas.start[vma] < behind) messages.push(`mm ${mm}: vmas overlap at ${vmas.start[vma]}`);
      behind = vmas.end[vma];
    }
  }
  eachMappedPte(kernel, (mm, vma, vpn, entry) => {
    const pfn = entry >> PTE_SHIFT;
    mapcount[pfn]++;
    const kind = frames.kind[pfn];
    if (kind !== KIND.anon && kind !== KIND.ksm && kind !== KIND.file) {
      messages.push(`mm ${mm} maps frame ${pfn} of kind ${kind} at ${vpn}`);
    }
    if (kind === KIND.ksm) ksm.push({ mm, vpn, pfn });
    if (kind === KIND.ksm && (entry & PTE.write) !== 0) messages.push(`mm ${mm} may write KSM page ${pfn} at ${vpn}`);
    if (kind === KIND.anon && vmas.anonVma[vma] < 0)
      messages.push(`mm ${mm} at ${vpn}: anon page, vma without anon_vma`);
  });
  const [pages, ptes] = frames.mappedKsm;
  const mapped = new Set(ksm.map(({ pfn }) => pfn)).size;
  if (pages !== mapped || ptes !== ksm.length)
    messages.push(`${pages} KSM pages mapped by ${ptes} ptes, but there are ${mapped} by ${ksm.length}`);
  for (let pfn = 0; pfn < frames.total; pfn++) {
    if (mapcount[pfn] !== frames.mapcount[pfn]) {
      messages.push(`frame ${pfn}: mapcount ${frames.mapcount[pfn]}, but ${mapcount[pfn]} ptes map it`);
    }
  }
  return ksm;
}

/** page_count of every user page is the sum of who holds it. */
function checkReferences(kernel: Kernel, messages: string[]): void {
  const { frames } = kernel;
  // A migration target holds the reference of its allocation until it is put back.
  const targets = kernel.moves.map((move) => (move.isIdle ? NONE : move.target));
  for (let pfn = 0; pfn < frames.total; pfn++) {
    const kind = frames.kind[pfn];
    if (kind !== KIND.anon && kind !== KIND.ksm && kind !== KIND.file) continue;
    const expected = heldReferences(frames, pfn) + (targets.includes(pfn) ? 1 : 0);
    if (frames.ksmdRefs[pfn] > 0 && kernel.ksmd.isBetweenItems)
      messages.push(`frame ${pfn}: ksmd has kept ${frames.ksmdRefs[pfn]} references`);
    if (frames.count[pfn] !== expected)
      messages.push(`frame ${pfn}: page_count ${frames.count[pfn]}, holders ${expected}`);
    if (frames.count[pfn] === 0) messages.push(`frame ${pfn}: page_count 0 but not free`);
  }
}

/** rmap_lists ascend and belong to live slots; counters are what a recount gives. */
function checkItems(kernel: Kernel, messages: string[]): void {
  const { objects, slots, spaces, cursor } = kernel;
  let items = 0;
  let unshared = 0;
  for (let mm = slots.next[slots.head]; mm !== slots.head; mm = slots.next[mm]) {
    if (slots.present[mm] === 0) messages.push(`mm ${mm} is in the list of mm_slots but has none`);
    let behind = -1;
    for (let item = slots.rmapList[mm]; item >= 0; item = objects.itemNext[item]) {
      items++;
      if (objects.itemAddress[item] <= behind) messages.push(`mm ${mm}: rmap_list does not ascend at ${behind}`);
      behind = objects.itemAddress[item];
      if (objects.itemMm[item] !== mm)
        messages.push(`rmap_item ${item} of mm ${objects.itemMm[item]} in the list of ${mm}`);
      if ((objects.itemFlags[item] & ITEM.unstable) === 0) continue;
      unshared++;
      if (((cursor.seqnr - objects.itemAge[item]) & 0xff) > 1) messages.push(`rmap_item ${item}: unstable age over 1`);
    }
  }
  for (let mm = 0; mm < spaces.alive.length; mm++) {
    if (slots.present[mm] !== 0 && spaces.alive[mm] === 0 && slots.rmapList[mm] < 0 && slots.cursor !== mm) {
      messages.push(`dead mm ${mm} has a slot without rmap_items`);
    }
  }
  // One item may be between lists while ksmd sleeps on the page lock to remove it.
  const between = kernel.ksmd.waitingFor >= 0 ? 1 : 0;
  if (objects.rmapItems < items || objects.rmapItems > items + between) {
    messages.push(`ksm_rmap_items ${objects.rmapItems}, recount ${items}`);
  }
  if (objects.pagesUnshared !== unshared) messages.push(`pages_unshared ${objects.pagesUnshared}, recount ${unshared}`);
}

/**
 * Every stable_node, its hlist and its page; pages_shared and pages_sharing by recount; tree order among live nodes.
 */
function checkNodes(kernel: Kernel, messages: string[]): void {
  const { objects, frames, stable, vmas } = kernel;
  let shared = 0;
  let sharing = 0;
  let kept = 0;
  const { nodeLive } = objects;
  for (let node = nodeLive.indexOf(1); node >= 0; node = nodeLive.indexOf(1, node + 1)) {
    let own = 0;
    for (let item = objects.hlist[node], before = NONE; item >= 0; item = objects.hlistNext[item]) {
      const flags = objects.itemFlags[item];
      if ((flags & ITEM.kept) !== 0) kept++;
      else own++;
      if ((flags & (ITEM.stable | ITEM.kept)) === 0) messages.push(`rmap_item ${item} on an hlist without STABLE_FLAG`);
      if (objects.itemHead[item] !== node)
        messages.push(`rmap_item ${item} on the hlist of a node that is not its head`);
      if (objects.hlistPrev[item] !== before) {
        messages.push(`hlist of node ${node} is broken at rmap_item ${item}`);
        // It may go round in circles from here on.
        break;
      }
      const anonVma = objects.itemAnonVma[item];
      if (anonVma < 0 || vmas.anonVmas.refcount[anonVma] <= 0)
        messages.push(`rmap_item ${item}: dead anon_vma ${anonVma}`);
      before = item;
    }
    if (own !== objects.nodeItems[node])
      messages.push(`node ${node}: ${own} rmap_items, counted ${objects.nodeItems[node]}`);
    if (own > 0) shared++;
    if (own > 1) sharing += own - 1;
  }
  if (objects.pagesShared !== shared) messages.push(`pages_shared ${objects.pagesShared}, recount ${shared}`);
  if (objects.pagesSharing !== sharing) messages.push(`pages_sharing ${objects.pagesSharing}, recount ${sharing}`);
  if (objects.keptItems !== kept) messages.push(`kept items ${objects.keptItems}, recount ${kept}`);
  const { kind } = frames;
  for (let pfn = kind.indexOf(KIND.ksm); pfn >= 0; pfn = kind.indexOf(KIND.ksm, pfn + 1)) {
    const node = stable.nodeOf(pfn);
    if (node === NONE) continue;
    if (objects.nodeLive[node] === 0) messages.push(`KSM page ${pfn} names the freed node ${node}`);
    else if (objects.kpfn[node] !== pfn)
      messages.push(`KSM page ${pfn} names node ${node}, whose kpfn is ${objects.kpfn[node]}`);
  }
  checkStableOrder(kernel, messages);
}

function checkStableOrder(kernel: Kernel, messages: string[]): void {
  const { objects, frames, stable, hooks } = kernel;
  const tree = objects.stable;
  const { chains } = stable;
  let nodes = 0;
  let chainNodes = 0;
  let dups = 0;
  let last: number | null = null;
  const contentOf = (node: number): number | null => (stable.isStale(node) ? null : frames.content[objects.kpfn[node]]);
  const visit = (node: number): void => {
    if (node < 0) return;
    visit(tree.leftOf(node));
    nodes++;
    const isChain = chains?.isChain(node) === true;
    const members = isChain ? chains.dupsOf(node) : [node];
    if (isChain) {
      chainNodes++;
      dups += members.length;
      nodes += members.length;
    }
    const contents = new Set(members.map(contentOf).filter((content) => content !== null));
    if (contents.size > 1) messages.push(`chain ${node} holds dups of ${contents.size} contents`);
    for (const content of contents) {
      // A strategy that finishes every upgrade may have put a node beside an equal one.
      const mayEqual = hooks.mergesAtOnce === true || hooks.finishesUpgrade === true;
      if (last !== null && (content < last || (content === last && !mayEqual)))
        messages.push(`stable tree out of order at node ${node}`);
      last = content;
    }
    visit(tree.rightOf(node));
  };
  visit(tree.root);
  if (nodes !== objects.stableNodes) messages.push(`${objects.stableNodes} stable_nodes, ${nodes} in the tree`);
  if (chains === null) return;
  if (chains.chains !== chainNodes) messages.push(`stable_node_chains ${chains.chains}, recount ${chainNodes}`);
  if (chains.dups !== dups) messages.push(`stable_node_dups ${chains.dups}, recount ${dups}`);
}

/** Each vma hangs in the tree of each anon_vma of its chain; anon pages lie under an anon_vma that is alive. */
function checkAnonVmas(kernel: Kernel, messages: string[]): void {
  const { vmas, spaces, frames } = kernel;
  const { anonVmas } = vmas;
  for (let mm = 0; mm < spaces.alive.length; mm++) {
    if (spaces.alive[mm] === 0) continue;
    for (let vma = vmas.first[mm]; vma >= 0; vma = vmas.next[vma]) {
      for (let avc = vmas.chain[vma]; avc >= 0; avc = anonVmas.avcNextInChain[avc]) {
        const anonVma = anonVmas.avcAnonVma[avc];
        let at = anonVmas.treeHead[anonVma];
        while (at >= 0 && at !== avc) at = anonVmas.avcNextInTree[at];
        if (at !== avc) messages.push(`vma ${vma} is not in the tree of anon_vma ${anonVma} of its chain`);
      }
      const own = vmas.anonVma[vma];
      if (own >= 0 && !anonVmas.isInTree(vma, own)) messages.push(`vma ${vma} is not in its own anon_vma's tree`);
      if ((vmas.flags[vma] & VM.mergeable) !== 0 && kernel.slots.present[mm] === 0) {
        messages.push(`mm ${mm} has a mergeable vma and no mm_slot`);
      }
    }
  }
  const { kind } = frames;
  for (let pfn = kind.indexOf(KIND.anon); pfn >= 0; pfn = kind.indexOf(KIND.anon, pfn + 1)) {
    if (frames.mapcount[pfn] === 0) continue;
    const anonVma = frames.mapping[pfn];
    if (anonVma < 0 || anonVmas.refcount[anonVma] <= 0) messages.push(`anon page ${pfn}: dead anon_vma ${anonVma}`);
  }
}

/** The unfindable set by a fresh search is exactly the ledger's. */
function checkLedger(kernel: Kernel, mapped: readonly Mapping[], messages: string[]): void {
  const { ledger, tables } = kernel;
  ledger.settle();
  let missed = 0;
  for (const { mm, vpn, pfn } of mapped) {
    const gap = ledger.gaps.at(mm, vpn, pfn);
    if (ledger.isFindable(mm, vpn, pfn)) {
      if (gap !== null) messages.push(`ledger: ${mm}@${vpn} is findable but booked as ${gap.cause}`);
      continue;
    }
    missed++;
    if (gap === null) messages.push(`ledger: ${mm}@${vpn} on page ${pfn} is unfindable and has no cause`);
  }
  for (const { mm, vpn, pfn } of ledger.gaps.values()) {
    if (!tables.mapsPage(mm, vpn, pfn)) messages.push(`ledger: ${mm}@${vpn} is booked on page ${pfn} and maps another`);
  }
  if (ledger.gaps.size !== missed) messages.push(`ledger: ${ledger.gaps.size} gaps, ${missed} unfindable ptes`);
}
