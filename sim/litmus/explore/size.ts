/** How small the machine of an exploration can be: bounds of what a script, whose actions run once each, can make. */
import { LEAF_PAGES } from '../../process/pageTables.ts';
import { DEFAULT_AREA, type MachineSize } from '../scriptMachine.ts';
import type { LitmusAction, LitmusTest } from '../types.ts';
import type { Script } from './script.ts';

/** Pages that two full pagevecs, migrations and ksmd can hold besides those mapped. */
const MOST_SPARE_FRAMES = 40;

export interface SmallMachine {
  readonly size: MachineSize;
  /** The CMA area, moved down to low frames. */
  readonly area: readonly [number, number];
  /** What to subtract from a frame number of the script. */
  readonly shift: number;
  /** Virtual pages that are ever mapped, ascending. */
  readonly addresses: readonly number[];
}

export function smallMachine(script: Script, keepsItems: boolean): SmallMachine {
  const { test } = script;
  const actions = [...test.actions, ...script.threads.flatMap((thread) => thread.actions)];
  const count = (...ops: string[]): number => actions.filter(({ op }) => ops.includes(op)).length;
  const addresses = mappedAddresses(actions);
  const { vmas, ptes, depth } = familyBounds(actions);
  const splits = 2 * (count('munmap', 'madvise') + overlaps(actions)) + 3 * count('mremap');
  const mms = script.processes.length + 1;
  // Splits before a fork are copied by it.
  const mostVmas = vmas + splits * (1 + count('fork')) + 2;
  const leaves = new Set(addresses.map((vpn) => Math.floor(vpn / LEAF_PAGES)));
  const limits = {
    mms,
    vmas: mostVmas,
    anonVmas: mostVmas + 2,
    chains: mostVmas * (depth + 1),
    leaves: mms * leaves.size,
    files: 1,
    rmapItems: ptes + 4 + (keepsItems ? 3 * ptes + 16 : 0),
    stableNodes: ptes + count('write') + 4,
    vpnLimit: (Math.max(0, ...leaves) + 1) * LEAF_PAGES,
  };
  const spare = 8 + 2 * ptes + count('write') + 3 * count('migrate');
  const otherFrames = Math.min(ptes, 2 * count('write') + 4) + Math.min(MOST_SPARE_FRAMES, spare);
  const area = lowArea(test, actions, script.usesArea || count('cma') > 0);
  const shift = (test.config.cma ?? DEFAULT_AREA)[0] - area[0];
  return { size: { otherFrames, limits }, area, shift, addresses };
}

/** Mappings over something that may be mapped already, by a namesake or a forebear: they split what they meet. */
function overlaps(actions: readonly LitmusAction[]): number {
  const maps = actions.filter(({ op }) => op === 'mmap');
  return maps.filter(({ p, start, n }, index) => {
    const isForked = actions.some(({ op, child }) => op === 'fork' && child === p);
    const meets = (other: LitmusAction): boolean =>
      (other['start'] as number) < (start as number) + (n as number) &&
      (start as number) < (other['start'] as number) + (other['n'] as number);
    return isForked || maps.some((other, at) => at !== index && other['p'] === p && meets(other));
  }).length;
}

function mappedAddresses(actions: readonly LitmusAction[]): number[] {
  const addresses = new Set<number>();
  for (const { op, n, start, to } of actions) {
    if (op !== 'mmap' && op !== 'mremap') continue;
    const first = (op === 'mmap' ? start : to) as number;
    for (let vpn = first; vpn < first + (n as number); vpn++) addresses.add(vpn);
  }
  return [...addresses].sort((a, b) => a - b);
}

/** Mappings and ptes of all processes together, each with those of its forebears; and the longest line of forks. */
function familyBounds(actions: readonly LitmusAction[]): { vmas: number; ptes: number; depth: number } {
  const parents = new Map<unknown, unknown>();
  for (const { op, parent, child } of actions) if (op === 'fork') parents.set(child, parent);
  const names = new Set(actions.flatMap(({ op, p, child }) => (op === 'proc' ? [p] : op === 'fork' ? [child] : [])));
  let vmas = 0;
  let ptes = 1;
  let depth = 1;
  for (const name of names) {
    let generations = 0;
    for (let of: unknown = name; of !== undefined; of = parents.get(of)) {
      generations++;
      for (const { op, p, n } of actions) {
        if (p !== of || (op !== 'mmap' && op !== 'mremap')) continue;
        vmas++;
        ptes += n as number;
      }
    }
    depth = Math.max(depth, generations);
  }
  return { vmas, ptes, depth };
}

/** The script's area at the lowest place that is aligned as it was; as small as can be when no range is allocated. */
function lowArea(test: LitmusTest, actions: readonly LitmusAction[], isWhole: boolean): readonly [number, number] {
  const [first, end] = test.config.cma ?? DEFAULT_AREA;
  const inArea = actions.filter(({ op, cma }) => op === 'write' && cma === true).length;
  let pages = 1;
  if (isWhole) while (pages < end - first) pages *= 2;
  else while (pages < Math.min(end - first, inArea)) pages *= 2;
  return [pages, pages + (isWhole ? end - first : pages)];
}
