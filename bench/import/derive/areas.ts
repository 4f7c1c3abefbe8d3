/** CMA areas: from debugfs, the messages of boot, the kernel's command line, or no more than their total. */
import { PAGEBLOCK_PAGES } from '../../plan/layout.ts';
import { PAGE_KB } from '../../plan/units.ts';
import { sourceOf, type ValueSource } from '../draft.ts';
import type { AreaFacts } from '../facts.ts';
import { planName, UniqueNames } from '../names.ts';
import { sizeText, type Context } from './context.ts';

const MOST_AREAS = 16;
/** Names that kernels give the area of `dma_alloc_from_contiguous`. */
const DEFAULT_NAMES = ['linux,cma', 'linux-cma', 'reserved', 'default', 'default-pool', 'cma'];

interface Area {
  readonly name: string;
  readonly pages: number;
  readonly at: number | null;
  readonly source: ValueSource;
  readonly isDefault: boolean;
}

/** `frames`: of the model's device; `managed`: those of them outside carve-outs. */
export function deriveAreas(context: Context, frames: number, managed: number): void {
  const { base, draft, view } = context;
  for (const { name } of base.device.memory.cma) draft.form(['memory', 'cma', name], 'none');
  const areas = withinMemory(context, known(context), frames, managed);
  if (areas.length === 0) {
    const [area] = base.device.memory.cma.filter(({ isDefault }) => isDefault);
    const pages = Math.min(area.pages, Math.max(PAGEBLOCK_PAGES, blocksBelow(managed / 4)));
    const zero = view.meminfo.get('CmaTotal');
    const why =
      zero === undefined
        ? `nothing tells of a CMA area; device ${base.name} has it`
        : `the device has no CMA (CmaTotal ${zero.value} kB); the model needs an area, device ${base.name} has this one`;
    draft.form(['memory', 'cma', 'default'], null);
    draft.guess(['memory', 'cma', 'default', 'size'], sizeText(pages), why);
    draft.form(['memory', 'cma', 'default', 'default'], 'true');
    return;
  }
  checkTotal(context, areas);
  for (const area of areas) {
    const path = ['memory', 'cma', area.name];
    draft.form(path, null);
    draft.set([...path, 'size'], sizeText(area.pages), area.source);
    if (area.at !== null) draft.set([...path, 'at'], sizeText(area.at), { ...area.source, field: 'base_pfn' });
    if (area.isDefault) draft.form([...path, 'default'], 'true');
  }
}

function known(context: Context): Area[] {
  const { view } = context;
  const sized = view.areas.filter((area) => (area.count?.value ?? 0) > 0).slice(0, MOST_AREAS);
  if (sized.length > 0) {
    const chosen = sized.find(({ name }) => DEFAULT_NAMES.includes(name)) ?? sized[0];
    if (sized.length > 1 && !DEFAULT_NAMES.includes(chosen.name))
      context.draft.notes.push(
        `memory.cma: none of the areas is called as the default one is; the first is taken for it`,
      );
    const taken = new UniqueNames();
    return sized.flatMap((area) => areaOf(context, area, area === chosen, taken));
  }
  const total = view.meminfo.get('CmaTotal');
  if (total !== undefined && total.value > 0)
    return single(context, total.value / PAGE_KB, sourceOf(total.place, 'CmaTotal'));
  const inZones = view.zones.flatMap(({ values }) => values.get('cma') ?? []);
  const pages = inZones.reduce((sum, { value }) => sum + value, 0);
  if (pages > 0) return single(context, pages, sourceOf(inZones[0].place, 'cma of all zones'));
  const blocks = view.pageblocks.get('CMA');
  const perBlock = view.pageblocks.get('pages per block');
  if (blocks === undefined || perBlock === undefined || blocks.value === 0) return [];
  const source = sourceOf(blocks.place, `${blocks.value} pageblocks of type CMA`);
  return single(context, blocks.value * perBlock.value, source);
}

function single(context: Context, pages: number, source: ValueSource): Area[] {
  return [{ name: 'default', pages: wholeBlocks(context, 'default', pages), at: null, source, isDefault: true }];
}

function areaOf(context: Context, area: AreaFacts, isDefault: boolean, taken: UniqueNames): Area[] {
  const name = taken.of(planName(area.name, 'area'));
  const pages = wholeBlocks(context, name, area.count!.value);
  const start = firstFrame(context);
  const at =
    area.basePfn === null || start === null || context.scale < 1 ? null : blocksBelow(area.basePfn.value - start);
  const source = sourceOf(area.count!.place, area.count!.field);
  return [{ name, pages, at: at !== null && at >= 0 ? at : null, source, isDefault }];
}

/** Where the board's memory begins, to the pageblock; null: zoneinfo is not there. */
function firstFrame({ view }: Context): number | null {
  const starts = view.zones.flatMap(({ values }) =>
    (values.get('present')?.value ?? 0) > 0 ? (values.get('start_pfn')?.value ?? []) : [],
  );
  return starts.length === 0 ? null : blocksBelow(Math.min(...starts));
}

const blocksBelow = (pages: number): number => Math.floor(pages / PAGEBLOCK_PAGES) * PAGEBLOCK_PAGES;

function wholeBlocks(context: Context, name: string, count: number): number {
  const pages = count * context.scale;
  const rounded = Math.max(PAGEBLOCK_PAGES, Math.round(pages / PAGEBLOCK_PAGES) * PAGEBLOCK_PAGES);
  if (rounded !== pages)
    context.draft.notes.push(
      `memory.cma.${name}: ${Math.round(count)} pages are taken as ${rounded}: areas of the model are multiples of 4 MB`,
    );
  return rounded;
}

/**
 * Areas that the memory holds: a quarter of it stays for the rest. Places that overlap or lie outside are forgotten.
 */
function withinMemory(context: Context, areas: readonly Area[], frames: number, managed: number): Area[] {
  const kept: Area[] = [];
  let left = blocksBelow((managed * 3) / 4);
  for (const area of areas) {
    if (area.pages > left) {
      context.draft.notes.push(`memory.cma.${area.name}: does not fit into ${managed} pages and is left out`);
      continue;
    }
    left -= area.pages;
    const collides = kept.some(
      (other) =>
        area.at !== null && other.at !== null && area.at < other.at + other.pages && other.at < area.at + area.pages,
    );
    const isOutside = area.at !== null && area.at + area.pages > frames;
    if (collides || isOutside)
      context.draft.notes.push(
        `memory.cma.${area.name}.at: ${isOutside ? 'lies outside the memory' : 'overlaps another area'}; the area is placed by the model`,
      );
    kept.push(collides || isOutside ? { ...area, at: null } : area);
  }
  return kept.some(({ isDefault }) => isDefault) ? kept : kept.map((area, at) => ({ ...area, isDefault: at === 0 }));
}

function checkTotal({ draft, scale, view }: Context, areas: readonly Area[]): void {
  const total = view.meminfo.get('CmaTotal');
  const sum = areas.reduce((pages, area) => pages + area.pages, 0);
  const known = (total?.value ?? 0) / PAGE_KB;
  if (total !== undefined && Math.abs(known * scale - sum) > PAGEBLOCK_PAGES)
    draft.notes.push(`memory.cma: the areas have ${sum} pages together, CmaTotal says ${known}`);
}
