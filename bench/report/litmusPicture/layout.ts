/**
 * Where things of one state lie: on the left the pages with their hlists, in the middle the anon_vmas, on the right the
 * processes in the order of ksmd's list. The reverse walk leads from left to right; the ptes lead back, and only those
 * that it misses are drawn.
 */
import type { LitmusPlace, LitmusState, LitmusVma, LitmusWalk } from '../../../sim/index.ts';
import { MARGIN, WIDTH } from './style.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line of a box: its upper edge and its height. */
export interface Row {
  readonly y: number;
  readonly height: number;
}

export interface PageBox extends Box {
  readonly label: string;
  /** One a lead of the walk, or one that says why there is none. */
  readonly rows: readonly Row[];
}

export interface AnonVmaBox extends Box {
  readonly name: string;
  readonly vmas: readonly LitmusVma[];
  /** False: no page shown leads here; it is drawn because a pte that is missed could be found through it. */
  readonly isLedTo: boolean;
}

export interface ProcessBox extends Box {
  readonly process: LitmusState['relations']['processes'][number];
  readonly rows: readonly (Row & { readonly place: LitmusPlace })[];
}

export interface Layout {
  readonly pages: readonly PageBox[];
  readonly anonVmas: readonly AnonVmaBox[];
  readonly processes: readonly ProcessBox[];
  /** Ptes that the walk of a page shown misses, a lane each below everything. */
  readonly lanes: readonly { readonly page: string; readonly at: string; readonly y: number }[];
  /** Lower edge of it all. */
  readonly bottom: number;
}

/** Left edges and widths of the three columns. */
export const COLUMNS = {
  pages: { x: MARGIN, width: 236 },
  anonVmas: { x: 342, width: 158 },
  processes: { x: 584, width: WIDTH - MARGIN - 584 },
} as const;

export const HEAD = 22;
export const ROW = 20;
export const PLACE = 38;
const HELD = 16;
const GAP = 10;
/** From the lowest box to the first lane, with its words above it, and from lane to lane. */
const LANE_TOP = 24;
const LANE = 19;

/** Lays out a state below `top`; of the pages, those of `labels`. */
export function layOut(state: LitmusState, labels: ReadonlySet<string>, top: number): Layout {
  const { walks, processes, anonVmas } = state.relations;
  const shown = Object.keys(state.pages).filter((label) => labels.has(label));
  const pages = stack(shown, top, (label, y): PageBox => {
    const walk = walks[label];
    const head = 2 * HEAD - 2 + (isHeld(walk) ? HELD : 0);
    const rows = rowsFrom(y + head, Math.max(1, walk.leads.length), ROW);
    return { ...COLUMNS.pages, y, height: head + rows.length * ROW + 6, label, rows };
  });
  const missed = shown.flatMap((page) => walks[page].missed.map(({ at }) => ({ page, at })));
  const ledTo = new Set(shown.flatMap((label) => walks[label].leads.map(({ anonVma }) => anonVma)));
  const used = anonVmas.filter(({ name, vmas }) => ledTo.has(name) || vmas.some((vma) => missed.some(isInside(vma))));
  const boxes = stack(used, top, ({ name, vmas }, y): AnonVmaBox => {
    const isLedTo = ledTo.has(name);
    const lines = Math.max(1, vmas.length) + (isLedTo ? 0 : 1);
    return { ...COLUMNS.anonVmas, y, height: HEAD + lines * ROW + 2, name, vmas, isLedTo };
  });
  const right = stack(processes, top, (process, y): ProcessBox => {
    const rows = rowsFrom(y + HEAD, process.places.length, PLACE).map((row, i) => ({
      ...row,
      place: process.places[i],
    }));
    return { ...COLUMNS.processes, y, height: HEAD + Math.max(rows.length * PLACE, 6), process, rows };
  });
  const floor = Math.max(top + HEAD, ...[...pages, ...boxes, ...right].map(({ y, height }) => y + height));
  const lanes = missed.map((lane, i) => ({ ...lane, y: floor + LANE_TOP + i * LANE }));
  return { pages, anonVmas: boxes, processes: right, lanes, bottom: Math.max(floor, ...lanes.map(({ y }) => y + 2)) };
}

/** Somebody holds a reference of the page or its lock, which takes a line. */
export const isHeld = ({ references, isLocked }: LitmusWalk): boolean => isLocked || Object.keys(references).length > 0;

function stack<T, B extends Box>(things: readonly T[], top: number, place: (thing: T, y: number) => B): B[] {
  let y = top;
  return things.map((thing) => {
    const box = place(thing, y);
    y += box.height + GAP;
    return box;
  });
}

const rowsFrom = (y: number, count: number, height: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({ y: y + i * height, height }));

/** Whether an address such as `P@16` lies in the vma. */
const isInside =
  ({ process, first, last }: LitmusVma) =>
  ({ at }: { readonly at: string }): boolean => {
    const split = at.lastIndexOf('@');
    const page = Number(at.slice(split + 1));
    return at.slice(0, split) === process && first <= page && page <= last;
  };
