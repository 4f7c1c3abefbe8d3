/**
 * What ksmd's hot loop reads and writes, as plain arrays, whatever the model keeps them in; and its file, which the C
 * yardstick (native/state.h, with the same names) reads and writes.
 *
 * This is the one place here that knows how the model lays the state of KSM out. Two states are equal when all their
 * sections are.
 */
import { FRAME_KIND, LEAF_PAGES, NONE, PTE, PTE_SHIFT, VPN_LIMIT } from '../../sim/index.ts';
import type { World } from '../../sim/index.ts';

type Section = Int32Array | Uint8Array | Float64Array;
export type State = ReadonlyMap<string, Section>;

/** Pages whose content is replaced before each of some passes, through ptes by their slots. */
export interface Changes {
  /** Entries from[p] .. from[p + 1] - 1 are those before pass p. */
  readonly from: Int32Array;
  readonly ptes: Int32Array;
  readonly contents: Int32Array;
}

const MAGIC = 'ksmstate';
const NAME_BYTES = 24;
const ALIGN = 8;

/** The state of a device whose ksmd stands between two passes, in copies. */
export function stateOf(world: World, changes: Changes): State {
  return new Map<string, Section>([...arraysOf(world), ...numbersOf(world), ...changeSections(changes)]);
}

function arraysOf({ kernel }: World): [string, Section][] {
  const { frames, tables, vmas, spaces, slots, objects, unstable } = kernel;
  return (
    [
      ['frameKind', frames.kind],
      ['frameMapping', frames.mapping],
      ['frameContent', frames.content],
      ['leafOf', leavesOf(tables)],
      ['pte', tables.entries],
      ['vmaStart', vmas.start],
      ['vmaEnd', vmas.end],
      ['vmaFlags', vmas.flags],
      ['vmaAnonVma', vmas.anonVma],
      ['vmaNext', vmas.next],
      ['firstVma', vmas.first],
      ['mmShrunk', vmas.shrunk],
      ['mmAlive', spaces.alive],
      ['slotNext', slots.next],
      ['slotItems', slots.rmapList],
      ['itemMm', objects.itemMm],
      ['itemAddress', objects.itemAddress],
      ['itemFlags', objects.itemFlags],
      ['itemAge', objects.itemAge],
      ['itemChecksum', objects.oldChecksum],
      ['itemPte', objects.itemSlot],
      ['itemHead', objects.itemHead],
      ['itemNext', objects.itemNext],
      ['rankedItem', unstable.itemOf],
      ['unstableTree', objects.unstable.records],
      ['stableTree', objects.stable.records],
    ] as const
  ).map(([name, array]) => [name, array.slice()]);
}

/** Leaf of each 256 addresses of each mm, NONE where there is none. */
function leavesOf(tables: World['kernel']['tables']): Int32Array {
  const perMm = VPN_LIMIT / LEAF_PAGES;
  return Int32Array.from({ length: tables.mms * perMm }, (_, at) => {
    const slot = tables.slot(Math.floor(at / perMm), (at % perMm) * LEAF_PAGES);
    return slot < 0 ? slot : slot / LEAF_PAGES;
  });
}

function numbersOf({ kernel, description }: World): [string, Section][] {
  const { ksmd, cursor, objects } = kernel;
  const { costs, ksm } = description;
  const numbers = {
    stableRoot: objects.stable.root,
    unstableRoot: objects.unstable.root,
    passes: cursor.seqnr,
    pagesUnshared: objects.pagesUnshared,
    pagesScanned: ksmd.measures.pagesScanned,
    batches: ksmd.batches,
    cpuTime: ksmd.cpuTime,
    pagesToScan: ksmd.pagesToScan,
    checksumMask: ksm.checksum_bits >= 32 ? -1 : (1 << ksm.checksum_bits) - 1,
    costWake: costs.ksmdWake,
    costDrain: costs.lruAddDrainAll,
    costVisitBase: costs.visitBase,
    costVisitHole: costs.visitHole,
    costVisitLinked: costs.visitLinked,
    costChecksum: costs.checksum,
    costTreeStep: costs.treeStep,
  };
  return Object.entries(numbers).map(([name, value]) => [name, Float64Array.of(value)]);
}

function changeSections({ from, ptes, contents }: Changes): [string, Section][] {
  return [
    ['changeFrom', from],
    ['changePte', ptes],
    ['changeContent', contents],
  ];
}

/** Slots of the ptes of visited pages that are on no stable_node. */
export function unlinkedPtes({ kernel }: World): number[] {
  const { slots, objects, tables, frames } = kernel;
  const found: number[] = [];
  for (let mm = slots.next[slots.head]; mm !== slots.head; mm = slots.next[mm]) {
    for (let item = slots.rmapList[mm]; item >= 0; item = objects.itemNext[item]) {
      const slot = tables.slot(mm, objects.itemAddress[item]);
      const entry = slot < 0 ? 0 : tables.entries[slot];
      if ((entry & (PTE.present | PTE.zero)) !== PTE.present) continue;
      const pfn = entry >> PTE_SHIFT;
      const isLinked = frames.kind[pfn] === FRAME_KIND.ksm && frames.mapping[pfn] !== NONE;
      if (!isLinked && frames.kind[pfn] !== FRAME_KIND.file) found.push(slot);
    }
  }
  return found;
}

/** Frame that the pte of a slot maps. */
export function frameAt({ kernel }: World, slot: number): number {
  return kernel.tables.entries[slot] >> PTE_SHIFT;
}

/** What a write through the pte of a slot does to its page; it is no fault. */
export function writeThrough({ kernel }: World, slot: number, content: number): void {
  const { tables, frames } = kernel;
  if ((tables.entries[slot] & PTE.ranked) !== 0) tables.unrank(slot);
  frames.content[tables.entries[slot] >> PTE_SHIFT] = content;
}

/** The bytes of a state file. */
export function encodeState(state: State): Buffer {
  const parts: Buffer[] = [Buffer.from(MAGIC), words(state.size)];
  for (const [name, section] of state) {
    const title = Buffer.alloc(NAME_BYTES);
    title.write(name);
    parts.push(title, words(section.BYTES_PER_ELEMENT, section.length));
    parts.push(Buffer.from(section.buffer, section.byteOffset, section.byteLength), Buffer.alloc(filling(section)));
  }
  return Buffer.concat(parts);
}

/**
 * Names of the sections of `state` that differ in the file `bytes`, missing ones among them; empty: the states are
 * equal. Throws Error for bytes that are no state file.
 */
export function differingSections(state: State, bytes: Buffer): string[] {
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new Error('no state file');
  const differing = new Set(state.keys());
  let at = MAGIC.length + 8;
  for (let left = readWord(bytes, MAGIC.length); left > 0; left--) {
    const name = bytes.toString('latin1', at, at + NAME_BYTES).replace(/\0+$/, '');
    const byteLength = readWord(bytes, at + NAME_BYTES) * readWord(bytes, at + NAME_BYTES + 8);
    const start = at + NAME_BYTES + 16;
    const section = state.get(name);
    const isEqual =
      section !== undefined &&
      Buffer.from(section.buffer, section.byteOffset, section.byteLength).equals(
        bytes.subarray(start, start + byteLength),
      );
    if (isEqual) differing.delete(name);
    at = start + byteLength + (-byteLength & (ALIGN - 1));
  }
  return [...differing];
}

function words(...values: number[]): Buffer {
  return Buffer.from(BigUint64Array.from(values, BigInt).buffer);
}

function readWord(bytes: Buffer, at: number): number {
  return Number(new BigUint64Array(Uint8Array.from(bytes.subarray(at, at + 8)).buffer)[0]);
}

function filling(section: Section): number {
  return -section.byteLength & (ALIGN - 1);
}
