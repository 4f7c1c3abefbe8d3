/**
 * Where the carve-outs and CMA areas of a device lie.
 *
 * A span with `at` lies there. The others are placed as the kernel places dynamic reservations: from the top of memory
 * downwards, CMA areas first, in the order of the file.
 */
import type { CmaAreaDescription, FrameSpan, MemoryDescription } from '../../sim/index.ts';
import { placeAt, type Step, type TreeNode } from './node.ts';
import type { Problems } from './problems.ts';
import { PAGES_PER_MB } from './units.ts';
import type { WorkloadFile } from './workloadSchema.ts';

/** MAX_ORDER pages = one pageblock: base and size of a CMA area are multiples of it. */
export const PAGEBLOCK_PAGES = 1024;

interface Request {
  readonly name: string;
  readonly path: readonly Step[];
  readonly pages: number;
  readonly at: number | null;
  readonly align: number;
}

export type Layout = Pick<MemoryDescription, 'reserved' | 'cma'>;

/** Places every span; notes sizes that are no whole pageblocks, overlaps, and what does not fit. */
export function layOut(file: WorkloadFile, tree: TreeNode, problems: Problems): Layout {
  const memory = file.memory;
  const areas = memory.cma.map(({ name, value }) => request('cma', name, value.size, value.at, PAGEBLOCK_PAGES));
  const carveOuts = memory.reserved.map(({ name, value }) => request('reserved', name, value.size, value.at, 1));
  for (const area of areas) checkBlocks(area, tree, problems);
  if (memory.size % PAGEBLOCK_PAGES !== 0) {
    const path = ['memory', 'size'];
    problems.add(placeAt(tree, path), path, 'the memory of a device is a multiple of 4 MB (1024 pages)');
  }
  const placed = place([...areas, ...carveOuts], memory.size, tree, problems);
  const spanOf = (wanted: Request): FrameSpan =>
    placed.get(wanted) ?? { name: wanted.name, first: 0, pages: wanted.pages };
  const cma: CmaAreaDescription[] = areas.map((area, index) => ({
    ...spanOf(area),
    isDefault: memory.cma[index].value.default,
  }));
  const defaults = cma.filter((area) => area.isDefault).length;
  if (defaults !== 1) {
    const path = ['memory', 'cma'];
    problems.add(placeAt(tree, path), path, `exactly one area must have \`default: true\`, found ${defaults}`);
  }
  return { reserved: carveOuts.map(spanOf), cma };
}

function request(section: string, name: string, pages: number, at: number | null, align: number): Request {
  return { name, path: ['memory', section, name], pages, at, align };
}

function checkBlocks(area: Request, tree: TreeNode, problems: Problems): void {
  const rounded = Math.ceil(area.pages / PAGEBLOCK_PAGES) * PAGEBLOCK_PAGES;
  const path = [...area.path, 'size'];
  if (rounded !== area.pages) {
    problems.add(
      placeAt(tree, path),
      path,
      `a CMA area is a multiple of 4 MB (1024 pages); the kernel would round ${area.pages} pages up to ${rounded / PAGES_PER_MB} MB: write that`,
    );
  }
  if (area.at !== null && area.at % PAGEBLOCK_PAGES !== 0) {
    const at = [...area.path, 'at'];
    problems.add(placeAt(tree, at), at, 'a CMA area begins at a multiple of 4 MB (1024 pages)');
  }
}

function place(
  wanted: readonly Request[],
  frames: number,
  tree: TreeNode,
  problems: Problems,
): Map<Request, FrameSpan> {
  const placed = new Map<Request, FrameSpan>();
  const fixedFirst = [...wanted].sort((a, b) => Number(a.at === null) - Number(b.at === null));
  for (const span of fixedFirst) {
    const first = span.at ?? highestGap(span, frames, [...placed.values()]);
    const refusal = refuse(span, first, frames, [...placed.values()]);
    if (refusal === null) placed.set(span, { name: span.name, first: first!, pages: span.pages });
    else problems.add(placeAt(tree, span.path), span.path, refusal);
  }
  return placed;
}

function refuse(span: Request, first: number | null, frames: number, taken: readonly FrameSpan[]): string | null {
  if (first === null)
    return `${span.pages} pages do not fit: needs a gap of ${span.pages} pages among the ${frames} pages of the device`;
  if (first + span.pages > frames) return `ends at page ${first + span.pages}, but the device has ${frames} pages`;
  const other = taken.find((one) => first < one.first + one.pages && one.first < first + span.pages);
  return other === undefined
    ? null
    : `overlaps \`${other.name}\`, which lies at pages ${other.first} to ${other.first + other.pages - 1}`;
}

/** First frame of the highest aligned gap, or null. Candidates end at the top of memory or right below a taken span. */
function highestGap(span: Request, frames: number, taken: readonly FrameSpan[]): number | null {
  const ends = [frames, ...taken.map((one) => one.first)].sort((a, b) => b - a);
  for (const end of ends) {
    const first = Math.floor((end - span.pages) / span.align) * span.align;
    if (first < 0) continue;
    if (taken.every((one) => first + span.pages <= one.first || one.first + one.pages <= first)) return first;
  }
  return null;
}
