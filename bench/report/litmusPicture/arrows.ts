/**
 * The ways between the things of one state: what the reverse walk looks at and finds, and the ptes it does not come to.
 */
import type { LitmusState } from '../../../sim/index.ts';
import { COLUMNS, PLACE, type Box, type Layout } from './layout.ts';
import { element, textAt } from './svg.ts';

/** What an arrow's head is called in the document. */
export const HEADS = { found: 'head-found', looked: 'head-looked', missed: 'head-missed' } as const;

/** Heads of the arrows, each in the colour of its kind. */
export const ARROW_HEADS = Object.values(HEADS).map((id) =>
  element(
    'marker',
    { id, markerWidth: 8, markerHeight: 8, refX: 7, refY: 4, orient: 'auto', markerUnits: 'userSpaceOnUse' },
    [element('path', { class: id, d: 'M0 0L8 4L0 8z' })],
  ),
);

type Kind = keyof typeof HEADS;

export function arrow(kind: Kind, d: string): string {
  return element('path', { class: kind, 'marker-end': `url(#${HEADS[kind]})`, d });
}

/** All arrows of a state. */
export function drawArrows(layout: Layout, state: LitmusState): string[] {
  return [...walkArrows(layout, state), ...missedArrows(layout)];
}

function walkArrows({ pages, anonVmas, processes }: Layout, state: LitmusState): string[] {
  const drawn = new Map<string, string>();
  for (const { label, x, width, rows } of pages) {
    const { leads, found } = state.relations.walks[label];
    leads.forEach(({ anonVma, reaches }, i) => {
      const box = anonVmas.find(({ name }) => name === anonVma);
      if (box === undefined) return;
      const finds = reaches.some((at) => found.includes(at));
      const from = { x: x + width, y: rows[i].y + rows[i].height / 2 };
      drawn.set(`${label} ${i}`, curve(finds ? 'found' : 'looked', from, { x: box.x, y: middle(box) }));
      for (const at of reaches) {
        const row = placeOf(processes, at);
        if (row === null) continue;
        const key = `${anonVma} ${at}`;
        const kind = found.includes(at) ? 'found' : 'looked';
        if (kind === 'looked' && drawn.has(key)) continue;
        drawn.set(key, curve(kind, { x: box.x + box.width, y: middle(box) }, { x: COLUMNS.processes.x, y: row }));
      }
    });
  }
  return [...drawn.values()];
}

/**
 * Out of the row to the left, down to its lane, along it, and up to the page: around everything that leads somewhere.
 */
function missedArrows({ pages, processes, lanes }: Layout): string[] {
  return lanes.flatMap(({ page, at, y }, i) => {
    const row = placeOf(processes, at);
    const box = pages.find(({ label }) => label === page);
    if (row === null || box === undefined) return [];
    const start = COLUMNS.processes.x + 2;
    const near = start - 12 - i * 7;
    const end = COLUMNS.pages.x + COLUMNS.pages.width;
    const under = end - 24 - i * 12;
    const isLast = pages.at(-1) === box;
    const up = isLast
      ? `H${under}V${box.y + box.height + 1}`
      : `H${end + 10 + i * 7}V${box.y + box.height - 7}H${end + 1}`;
    return [
      arrow('missed', `M${start} ${row + PLACE / 4}H${near}V${y}${up}`),
      textAt(near - 8, y - 4, `${at} maps ${page}: its walk does not come here`, 'small warn', {
        'text-anchor': 'end',
      }),
    ];
  });
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function curve(kind: Kind, from: Point, to: Point): string {
  const bend = (to.x - from.x) / 2;
  return arrow(kind, `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x - 1} ${to.y}`);
}

const middle = ({ y, height }: Box): number => y + height / 2;

/** Height at which an arrow comes to a pte: null for an address that has neither a pte nor an rmap_item. */
function placeOf(processes: Layout['processes'], at: string): number | null {
  for (const { rows, process } of processes) {
    if (!process.isAlive) continue;
    const row = rows.find(({ place }) => place.at === at);
    if (row !== undefined) return row.y + PLACE / 4 + 2;
  }
  return null;
}
