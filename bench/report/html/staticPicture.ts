/** A picture of frames as SVG, for readers without scripts: a run of cells of one kind is a part of one path. */
import { decodeFrames } from './frameCodec.ts';
import { KIND_WORDS } from './frameKinds.ts';
import type { EmbeddedMap } from './frameMapData.ts';
import { escapeHtml } from './escape.ts';

const COLUMNS = 128;
/** Units of a cell, without and with the gap. */
const CELL = 5;
const STEP = 6;

const NOTHING = { blockers: [], lastRange: null };

/** Kinds of the cells of one space at one moment. */
function cellsAt({ spaces, moments }: EmbeddedMap, moment: number, space: number): Uint8Array {
  const { frames, perCell } = spaces[space];
  let cells: Uint8Array | null = null;
  for (const { cells: texts } of moments.slice(0, moment + 1)) {
    cells = decodeFrames(texts[space], cells, Math.ceil(frames / perCell));
  }
  return cells!;
}

/** The first space at a moment, pages in the way framed. */
export function staticPicture(map: EmbeddedMap, moment: number, alternative: string): string {
  const [{ first, perCell, frames }] = map.spaces;
  const cells = cellsAt(map, moment, 0);
  const paths = KIND_WORDS.flatMap(({ kind: name }, kind) => {
    const parts: string[] = [];
    for (let i = 0; i < cells.length;) {
      const from = i;
      while (i < cells.length && cells[i] === kind && (i === from || i % COLUMNS !== 0)) i++;
      if (i > from)
        parts.push(`M${x(from)} ${y(from)}h${(i - from - 1) * STEP + CELL}v${CELL}h-${(i - from - 1) * STEP + CELL}z`);
      else i++;
    }
    return parts.length === 0 ? [] : [`<path fill="var(--k-${name})" d="${parts.join('')}"/>`];
  });
  const { failure } = map.moments[moment];
  const { blockers, lastRange } = failure === null ? NOTHING : map.failures[failure];
  const isHere = (from: number, to: number): boolean => from >= first && to <= first + frames;
  const rings = blockers
    .filter(([pfn]) => isHere(pfn, pfn + 1))
    .map(([pfn]) => Math.floor((pfn - first) / perCell))
    .map((cell) => `M${x(cell) - 1} ${y(cell) - 1}h${CELL + 2}v${CELL + 2}h-${CELL + 2}z`);
  const height = Math.ceil(cells.length / COLUMNS) * STEP;
  const marks = [
    `<path fill="none" stroke="var(--paper)" d="${gaps(height)}"/>`,
    ...(rings.length === 0 ? [] : [`<path fill="none" stroke="var(--ink)" stroke-width="2" d="${rings.join('')}"/>`]),
    ...(lastRange === null || perCell > 1 || !isHere(...lastRange)
      ? []
      : [box(lastRange[0] - first, lastRange[1] - first)]),
  ].join('');
  return `<svg class="frames" role="img" aria-label="${escapeHtml(alternative)}" viewBox="-2 -2 ${COLUMNS * STEP + 4} ${height + 4}">${paths.join('')}${marks}</svg>`;
}

/** Lines between the columns, so that a run of cells is seen as cells. */
function gaps(height: number): string {
  return Array.from({ length: COLUMNS - 1 }, (_, column) => `M${column * STEP + CELL + 0.5} 0v${height}`).join('');
}

/** Around the rows of cells [from, to). */
function box(from: number, to: number): string {
  const top = y(from) - 1;
  return `<path fill="none" stroke="var(--ink)" d="M-1 ${top}h${COLUMNS * STEP + 1}v${y(to - 1) + STEP - top}h-${COLUMNS * STEP + 1}z"/>`;
}

function x(cell: number): number {
  return (cell % COLUMNS) * STEP;
}

function y(cell: number): number {
  return Math.floor(cell / COLUMNS) * STEP;
}
