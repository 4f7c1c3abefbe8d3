/**
 * Where things of one state lie: on the left the pages with their hlists, in the middle the anon_vmas, on the right the
 * processes in the order of ksmd's list. The reverse walk leads from left to right; the ptes lead back, and only those
 * that it misses are drawn.
 */
import type { LitmusPlace, LitmusState } from '../../../sim/index.ts';
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
  readonly vmas: readonly string[];
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
const ROW = 20;
export const PLACE = 38;
const GAP = 10;
const LANE = 19;

/** Lays out a state below `top`; of the pages, those of `labels`. */
export function layOut(state: LitmusState, labels: ReadonlySet<string>, top: number): Layout {
  const { walks, processes, anonVmas } = state.relations;
  const shown = Object.keys(state.pages).filter((label) => labels.has(label));
  const pages = stack(shown, top, (label, y): PageBox => {
    const rows = rowsFrom(y + 2 * HEAD - 2, Math.max(1, walks[label].leads.length), ROW);
    return { ...COLUMNS.pages, y, height: 2 * HEAD + rows.length * ROW + 4, label, rows };
  });
  const used = new Set(shown.flatMap((label) => walks[label].leads.map(({ anonVma }) => anonVma)));
  const boxes = stack([...used].sort(byOrderOf(Object.keys(anonVmas))), top, (name, y): AnonVmaBox => {
    const vmas = (anonVmas as Readonly<Record<string, readonly string[] | undefined>>)[name] ?? [];
    return { ...COLUMNS.anonVmas, y, height: HEAD + Math.max(1, vmas.length) * ROW, name, vmas };
  });
  const right = stack(processes, top, (process, y): ProcessBox => {
    const rows = rowsFrom(y + HEAD, process.places.length, PLACE).map((row, i) => ({ ...row, place: process.places[i] }));
    return { ...COLUMNS.processes, y, height: HEAD + Math.max(rows.length * PLACE, 6), process, rows };
  });
  const floor = Math.max(top + HEAD, ...[...pages, ...boxes, ...right].map(({ y, height }) => y + height));
  const missed = shown.flatMap((page) => walks[page].missed.map(({ at }) => ({ page, at })));
  const lanes = missed.map((lane, i) => ({ ...lane, y: floor + 16 + i * LANE }));
  return { pages, anonVmas: boxes, processes: right, lanes, bottom: floor + lanes.length * LANE + (lanes.length > 0 ? 8 : 0) };
}

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

const byOrderOf =
  (names: readonly string[]) =>
  (a: string, b: string): number =>
    names.indexOf(a) - names.indexOf(b);
