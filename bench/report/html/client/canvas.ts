/** Draws one space at one moment: a cell a frame or a group of frames, row by row. */
import type { EmbeddedKind, EmbeddedSpace } from '../frameMapData.ts';
import type { Canvas } from './dom.ts';

/** Most and fewest columns of a picture: powers of two, so that pageblocks begin at the left. */
const COLUMNS = { most: 256, fewest: 32 };
/** Least CSS px of a cell, that of a single frame and that of a group, on a screen of any width and on a wide one. */
const LEAST = { single: [5, 7], group: [2.5, 4] } as const;
/** CSS px from which a screen is wide. */
const WIDE = 600;
/** Device px of a cell from which marks can be told. */
const MARKED = 4;

export interface Look {
  /** By kind: a CSS colour. */
  readonly colours: readonly string[];
  readonly ink: string;
  readonly paper: string;
}

export interface Drawn {
  readonly columns: number;
  /** CSS px of a cell. */
  readonly size: number;
}

export interface Marks {
  /** Indexes of cells that hold pages in the way. */
  readonly blockers: readonly number[];
  /** Cells [first, end) of the range tried last. */
  readonly range: readonly [first: number, end: number] | null;
  /** The cell that is looked at. */
  readonly cursor: number | null;
}

/** Kinds that have a mark besides their colour: a bar across, a bar down, a dot. */
const MARK_OF: Readonly<Record<string, 'across' | 'down' | 'dot'>> = {
  isolated: 'across',
  pinned: 'down',
  stuck: 'dot',
};

/** `width`: CSS px that there is room for; `ratio`: device px of a CSS px. */
export function drawSpace(
  canvas: Canvas,
  cells: Uint8Array,
  { perCell }: EmbeddedSpace,
  kinds: readonly EmbeddedKind[],
  look: Look,
  marks: Marks,
  { width, ratio }: { width: number; ratio: number },
): Drawn {
  const columns = columnsFor(width, perCell === 1);
  const rows = Math.ceil(cells.length / columns);
  const size = Math.max(1, Math.floor((width * ratio) / columns));
  canvas.width = columns * size;
  canvas.height = rows * size;
  canvas.style.width = `${(columns * size) / ratio}px`;
  canvas.style.height = `${(rows * size) / ratio}px`;
  const context = canvas.getContext('2d');
  const gap = size >= MARKED ? 1 : 0;
  const bar = Math.max(1, Math.round((size - gap) / 3));
  const middle = Math.floor((size - gap - bar) / 2);
  const place = (cell: number): readonly [x: number, y: number] => [
    (cell % columns) * size,
    Math.floor(cell / columns) * size,
  ];
  for (let cell = 0; cell < cells.length; cell++) {
    const [x, y] = place(cell);
    const kind = cells[cell];
    context.fillStyle = look.colours[kind];
    context.fillRect(x, y, size - gap, size - gap);
    const mark = gap === 0 ? undefined : MARK_OF[kinds[kind].name];
    if (mark === undefined) continue;
    context.fillStyle = '#000';
    if (mark === 'across') context.fillRect(x, y + middle, size - gap, 1);
    else if (mark === 'down') context.fillRect(x + middle, y, 1, size - gap);
    else context.fillRect(x + middle, y + middle, bar, bar);
  }
  const line = Math.max(1, Math.round(ratio));
  const ring = (cell: number, colour: string, out: number): void => {
    const [x, y] = place(cell);
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(x - out, y - out, size - gap + 2 * out, size - gap + 2 * out);
  };
  if (marks.range !== null) {
    const [first, end] = marks.range;
    const top = Math.floor(first / columns) * size;
    const bottom = Math.ceil(end / columns) * size;
    context.strokeStyle = look.ink;
    context.lineWidth = line;
    context.strokeRect(line / 2, top + line / 2, columns * size - line, bottom - top - line);
  }
  for (const cell of marks.blockers) {
    ring(cell, look.paper, 1.5 * line);
    ring(cell, look.ink, line / 2);
  }
  if (marks.cursor !== null) ring(marks.cursor, look.ink, 2 * line);
  return { columns, size: size / ratio };
}

function columnsFor(width: number, isSingle: boolean): number {
  const least = (isSingle ? LEAST.single : LEAST.group)[width < WIDE ? 0 : 1];
  let columns = COLUMNS.most;
  while (columns > COLUMNS.fewest && width / columns < least) columns /= 2;
  return columns;
}

/** Cells of a space that hold any of these frames. */
export function cellsOf({ first, frames, perCell }: EmbeddedSpace, pfns: readonly number[]): number[] {
  const cells = pfns
    .filter((pfn) => pfn >= first && pfn < first + frames)
    .map((pfn) => Math.floor((pfn - first) / perCell));
  return [...new Set(cells)];
}
