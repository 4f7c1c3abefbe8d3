/** Lives of processes: what each does and when, drawn in advance; nothing that happens on the device changes it. */
import type { Stream } from '../clock/random.ts';
import type { Spawner } from '../description.ts';

/** A child of its own comes after this share of a life. */
const GRANDCHILD_AFTER = 0.25;

/** When a process does what, ns. */
export interface LifePlan {
  /** Tells the process's streams and contents from those of others. */
  readonly owner: number;
  readonly bornAt: number;
  readonly startupNs: number;
  /** Infinity: until it is killed. */
  readonly diesAt: number;
  /** Forks a grandchild and exits then, which dies at `grandchildDiesAt`; Infinity: never. */
  readonly forksAt: number;
  readonly grandchildDiesAt: number;
  /** What it is called within its group; left out: by its owner number. */
  readonly label?: string;
}

/** The life of a process that never ends by itself. */
export function endlessLife(owner: number, bornAt: number, startupNs: number): LifePlan {
  return { owner, bornAt, startupNs, diesAt: Infinity, forksAt: Infinity, grandchildDiesAt: Infinity };
}

/** The life of a process born at `bornAt`: always the same number of draws, whatever comes of them. */
export function drawLife(spawner: Spawner, stream: Stream, owner: number, bornAt: number): LifePlan {
  const life = drawLength(spawner, stream);
  const childLife = drawLength(spawner, stream);
  const hasGrandchild = stream.chance(spawner.grandchildren) && life < Infinity;
  const forksAt = hasGrandchild ? bornAt + Math.floor(life * GRANDCHILD_AFTER) : Infinity;
  return {
    owner,
    bornAt,
    startupNs: spawner.startupNs,
    diesAt: hasGrandchild ? Infinity : bornAt + life,
    forksAt,
    grandchildDiesAt: forksAt + childLife,
  };
}

function drawLength(spawner: Spawner, stream: Stream): number {
  const drawn = stream.exponential(1);
  if (spawner.lifeNs === null) return Infinity;
  return spawner.lifeKind === 'fixed' ? spawner.lifeNs : Math.ceil(drawn * spawner.lifeNs);
}
