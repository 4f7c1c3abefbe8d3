/** Memory of the board: its size, what the kernel keeps, CMA areas, watermarks, lowmemorykiller. */
import { PAGEBLOCK_PAGES } from '../../plan/layout.ts';
import { LIMITS } from '../../plan/limits.ts';
import { PAGE_KB, PAGES_PER_MB } from '../../plan/units.ts';
import { sourceOf, type ValueSource } from '../draft.ts';
import type { Table } from '../facts.ts';
import { deriveAreas } from './areas.ts';
import { pagesOf, sizeText, type Context } from './context.ts';
import { pagesIn } from './room.ts';
import { sumOf, type View } from './view.ts';

/** How many frames the board has, unscaled. */
export interface Board {
  readonly pages: number;
  readonly source: ValueSource;
  /** null: it was measured. */
  readonly guess: string | null;
}

/** The least memory of a device in a workload, 16 MB: a MemTotal below is damage. */
const LEAST_MEMORY_KB = 16 * 1024;

const blocks = (pages: number): number => Math.ceil(pages / PAGEBLOCK_PAGES) * PAGEBLOCK_PAGES;

/** From zoneinfo, dmesg, or MemTotal; null when none of them is there. */
export function boardOf(view: View): Board | null {
  if ((view.meminfo.get('MemTotal')?.value ?? Infinity) < LEAST_MEMORY_KB) return null;
  const present = view.zones.flatMap(({ values }) => values.get('present') ?? []);
  const inZones = present.reduce((sum, { value }) => sum + value, 0);
  const board = view.system.get('board');
  const total = view.meminfo.get('MemTotal');
  // A present number that contradicts MemTotal is damage.
  const least = (total?.value ?? 0) / PAGE_KB;
  if (inZones > 0 && inZones >= least) {
    const source = sourceOf(present[0].place, 'present of all zones, rounded up to 4 MB');
    return { pages: blocks(inZones), source, guess: null };
  }
  if (board !== undefined && board.value / PAGE_KB >= least) {
    const source = sourceOf(board.place, 'Memory: .../...K available');
    return { pages: blocks(board.value / PAGE_KB), source, guess: null };
  }
  if (total === undefined) return null;
  return {
    pages: chips(total.value / PAGE_KB),
    source: sourceOf(total.place, 'MemTotal'),
    guess: 'the next size that memory is sold in; zoneinfo or dmesg would tell',
  };
}

/** The smallest power of two of pages, or half as much again, that holds so many. */
function chips(pages: number): number {
  for (let size = 4096; ; size *= 2) {
    if (size >= pages) return size;
    if (size * 1.5 >= pages) return size * 1.5;
  }
}

/** 1, or how much smaller the model's device must be. */
export function scaleOf(board: Board | null): number {
  return board === null || board.pages <= LIMITS.frames ? 1 : LIMITS.frames / board.pages;
}

export function deriveMemory(context: Context): void {
  const { base, draft, view } = context;
  const board = boardOf(view);
  const total = view.meminfo.get('MemTotal');
  if (board === null || total === undefined) {
    draft.guess(
      ['memory', 'size'],
      sizeText(base.device.memory.frames),
      `no meminfo among the inputs; device ${base.name} has it`,
    );
    draft.notes.push(`memory: nothing tells how much there is; all of it is as device ${base.name} has it`);
    deriveAreas(context, base.device.memory.frames, base.device.memory.frames);
    watermarks(context, null);
    lowmemorykiller(context);
    return;
  }
  const frames = Math.max(4096, blocks(Math.floor(board.pages * context.scale)));
  if (board.guess === null) draft.set(['memory', 'size'], sizeText(frames), board.source);
  else draft.guess(['memory', 'size'], sizeText(frames), board.guess, board.source);
  if (context.scale < 1)
    draft.notes.push(
      `memory: the device has ${Math.round(board.pages / PAGES_PER_MB)} MB, the model takes ${LIMITS.frames / PAGES_PER_MB} MB at most: all sizes are scaled by ${context.scale.toFixed(4)}`,
    );
  for (const { name } of base.device.memory.reserved) draft.form(['memory', 'reserved', name], 'none');
  const outside = frames - pagesOf(context, total.value);
  if (outside > 0)
    draft.set(
      ['memory', 'reserved', 'outside-memtotal', 'size'],
      sizeText(outside),
      sourceOf(total.place, `memory.size less MemTotal`),
    );
  deriveAreas(context, frames, frames - Math.max(0, outside));
  kernelMemory(context, total.value);
  limitKernel(context, frames - Math.max(0, outside));
  watermarks(context, total.value);
  lowmemorykiller(context);
}

/** What meminfo counts, each frame once. */
const CLAIMED = [
  'MemFree',
  'Buffers',
  'Cached',
  'SwapCached',
  'AnonPages',
  'Slab',
  'PageTables',
  'KernelStack',
  'Percpu',
  'SecPageTables',
  'ShadowCallStack',
];

function kernelMemory(context: Context, total: number): void {
  const { base, draft, view } = context;
  const { meminfo } = view;
  const named = sumOf(meminfo, [
    'SUnreclaim',
    'PageTables',
    'KernelStack',
    'Percpu',
    'SecPageTables',
    'ShadowCallStack',
  ]);
  const slab = meminfo.get('Slab');
  const reclaimable = meminfo.get('SReclaimable');
  if (reclaimable !== undefined)
    draft.set(
      ['memory', 'reclaimable'],
      sizeText(pagesOf(context, reclaimable.value)),
      sourceOf(reclaimable.place, 'SReclaimable'),
    );
  else if (slab !== undefined)
    draft.guess(
      ['memory', 'reclaimable'],
      sizeText(pagesOf(context, slab.value / 3)),
      'a third of the slab, as in device zx1800-512',
      sourceOf(slab.place, 'Slab'),
    );
  else guessOfBase(context, 'reclaimable', base.device.memory.reclaimablePages);
  const isWhole = ['MemFree', 'Cached', 'AnonPages', 'Slab'].every((field) => meminfo.has(field));
  const lost = isWhole ? total - sum(meminfo, CLAIMED) : (view.system.get('Lost RAM')?.value ?? 0);
  if (named !== null) {
    const unclaimed = Math.max(0, lost);
    const field = `${named.source.field}${unclaimed > 0 ? `, and ${unclaimed} kB that no counter claims` : ''}`;
    draft.set(['memory', 'unmovable'], sizeText(pagesOf(context, named.value + unclaimed)), { ...named.source, field });
    return;
  }
  const lostRam = view.system.get('Lost RAM');
  const kernel = view.system.get('kernel');
  if (lostRam !== undefined && kernel !== undefined)
    draft.guess(
      ['memory', 'unmovable'],
      sizeText(pagesOf(context, lostRam.value + kernel.value)),
      'what dumpsys counts as kernel may hold reclaimable slab',
      sourceOf(lostRam.place, 'Lost RAM + kernel'),
    );
  else guessOfBase(context, 'unmovable', base.device.memory.unmovablePages);
}

/** Of the memory outside CMA, the most that the kernel may have for itself; the rest is for processes. */
const MOST_KERNEL = 0.8;

/** `managed`: frames outside carve-outs. What no counter claims may be anything, and it must not fill the device. */
function limitKernel({ base, draft }: Context, managed: number): void {
  const areas = draft.names(['memory', 'cma']);
  const cma = areas.reduce((all, name) => all + pagesIn(draft, ['memory', 'cma', name, 'size'], 0), 0);
  const { reclaimablePages, unmovablePages } = base.device.memory;
  const reclaimable = pagesIn(draft, ['memory', 'reclaimable'], reclaimablePages);
  const unmovable = pagesIn(draft, ['memory', 'unmovable'], unmovablePages);
  const most = Math.max(0, Math.floor((managed - cma) * MOST_KERNEL));
  if (reclaimable + unmovable <= most) return;
  const factor = most / (reclaimable + unmovable);
  const why = `the kernel's memory is cut down to ${MOST_KERNEL * 100} % of what lies outside CMA`;
  draft.guess(['memory', 'reclaimable'], sizeText(Math.floor(reclaimable * factor)), why);
  draft.guess(['memory', 'unmovable'], sizeText(Math.floor(unmovable * factor)), why);
  draft.notes.push(`memory.unmovable: with what no counter claims ${reclaimable + unmovable} pages; ${why}`);
}

function sum(table: Table, fields: readonly string[]): number {
  return fields.reduce((all, field) => all + (table.get(field)?.value ?? 0), 0);
}

function guessOfBase({ base, draft, scale }: Context, key: string, pages: number): void {
  draft.guess(['memory', key], sizeText(Math.round(pages * scale)), `device ${base.name} has it`);
}

/**
 * Watermarks that leave nothing to allocate are damage, or a mistake of the device's owner that no run is needed for.
 */
const MOST_WATERMARK = 0.1;

function watermarks(context: Context, total: number | null): void {
  const { base, draft, view } = context;
  const most = Math.floor(pagesIn(draft, ['memory', 'size'], base.device.memory.frames) * MOST_WATERMARK);
  const text = (key: string, kB: number): string => {
    const pages = pagesOf(context, kB);
    if (pages > most) draft.notes.push(`memory.${key}: ${pages} pages are taken as ${most}, a tenth of the memory`);
    return sizeText(Math.min(most, pages));
  };
  const minFree = view.system.get('min_free_kbytes');
  const mins = view.zones.flatMap(({ values }) => values.get('min') ?? []);
  if (minFree !== undefined)
    draft.set(['memory', 'min_free'], text('min_free', minFree.value), sourceOf(minFree.place, 'min_free_kbytes'));
  else if (mins.length > 0) {
    const pages = mins.reduce((all, { value }) => all + value, 0);
    draft.set(['memory', 'min_free'], text('min_free', pages * PAGE_KB), sourceOf(mins[0].place, 'min of all zones'));
  } else if (total !== null)
    draft.guess(
      ['memory', 'min_free'],
      text('min_free', 4 * Math.sqrt(total)),
      "the kernel's formula, 4 * sqrt(lowmem kB)",
    );
  else
    draft.guess(
      ['memory', 'min_free'],
      sizeText(Math.round(base.device.memory.minFreeKbytes / PAGE_KB)),
      `device ${base.name} has it`,
    );
  const extra = view.system.get('extra_free_kbytes');
  if (extra !== undefined)
    draft.set(['memory', 'extra_free'], text('extra_free', extra.value), sourceOf(extra.place, 'extra_free_kbytes'));
  else if (base.isAndroid)
    draft.guess(
      ['memory', 'extra_free'],
      sizeText(Math.round((base.device.memory.extraFreeKbytes / PAGE_KB) * context.scale)),
      `device ${base.name} has it`,
    );
  else draft.guess(['memory', 'extra_free'], sizeText(0), "no such knob outside Android's kernels");
}

/** Up to this, `adj` is an oom_adj: -17 to 15, where 15 is the highest. */
const HIGHEST_OOM_ADJ = 15;

function lowmemorykiller(context: Context): void {
  const { base, draft, view } = context;
  const { adj, minfree } = view.lowmemorykiller;
  const levels = Math.min(adj.length, minfree.length, 6);
  if (levels === 0) {
    if (!base.isAndroid || view.processes.length === 0) return;
    const known = base.device.memory.lowmemorykiller;
    known.adj.forEach((value, at) => {
      const why = `device ${base.name} has it; /sys/module/lowmemorykiller/parameters would tell`;
      draft.guess(['memory', 'lowmemorykiller', at, 'adj'], String(value), why);
      draft.guess(
        ['memory', 'lowmemorykiller', at, 'minfree'],
        sizeText(Math.round(known.minfree[at] * context.scale)),
        why,
      );
    });
    return;
  }
  const isOld = adj.every(({ value }) => value <= HIGHEST_OOM_ADJ);
  for (let at = 0; at < levels; at++) {
    const { value, place } = adj[at];
    // lowmem_oom_adj_to_oom_score_adj of the driver: 15 is 1000, the rest is stretched.
    const score = !isOld ? value : value === HIGHEST_OOM_ADJ ? 1000 : Math.trunc((value * 1000) / 17);
    draft.set(
      ['memory', 'lowmemorykiller', at, 'adj'],
      String(Math.max(-1000, Math.min(1000, score))),
      sourceOf(place, isOld ? `oom_adj ${value}` : 'adj'),
    );
    const pages = Math.max(0, Math.min(LIMITS.frames, Math.round(minfree[at].value * context.scale)));
    draft.set(['memory', 'lowmemorykiller', at, 'minfree'], sizeText(pages), sourceOf(minfree[at].place, 'minfree'));
  }
}
