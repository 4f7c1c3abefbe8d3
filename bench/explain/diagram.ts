/** A small sequence diagram of how a mapping was lost: time downwards, a column each for those who took part. */
import { firstOpening } from '../../sim/index.ts';
import type { Explanation, LostMapping, PageEvent, Removal } from '../../sim/index.ts';
import { moment } from './words.ts';

interface Line {
  readonly at: number;
  readonly column: number;
  readonly text: string;
}

/** Letters before the first column, and of a column. */
const MARGIN = 13;
const NARROWEST = 12;
const WIDEST = 28;

/** What the owner of an rmap_item did that made ksmd remove it. */
const DONE: Partial<Record<Removal['why'], string>> = {
  exited: 'exits',
  copied: 'writes: a copy',
  unmapped: 'unmaps it',
};

/** Lines of ASCII, at most `width` wide. `lost`: the mapping that it is about. */
export function diagram(explanation: Explanation, lost: LostMapping, width: number): string[] {
  const { story, range } = explanation;
  if (story === null || range === null || lost.opening === null) return [];
  const child = lost.mapping.process;
  const opening = firstOpening(lost.opening);
  const owner = opening.event.process?.pid === child.pid ? null : opening.event.process;
  const names = [...(owner === null ? [] : [owner.name]), child.name, 'ksmd', 'alloc_contig_range'];
  const column = Math.max(NARROWEST, Math.min(WIDEST, Math.floor((width - MARGIN) / names.length)));
  const childAt = owner === null ? 0 : 1;
  const lines: Line[] = [];
  const add = (at: number, where: number, text: string): void => {
    lines.push({ at, column: where, text });
  };
  const before = (event: PageEvent): boolean => event.at <= opening.at;
  if (owner !== null) {
    const merged = story.events.findLast(
      (event) => event.kind === 'item-added' && event.process?.pid === owner.pid && before(event),
    );
    if (merged !== undefined) add(merged.at, 0, 'has an rmap_item');
    const { removal } = opening.event;
    if (removal !== undefined && removal.since !== null) add(removal.since, 0, DONE[removal.why] ?? removal.why);
  }
  add(lost.mapping.bornAt, childAt, lost.mapping.forkedFrom === null ? 'starts' : 'forked, maps it');
  const ksmd = childAt + 1;
  const what: Partial<Record<PageEvent['kind'], string>> = {
    'item-removed': 'removes the item',
    upgraded: 'merges in place',
    merged: 'replaces the pte',
    abandoned: 'merge fails',
    node: 'inserts the node',
  };
  add(opening.at, ksmd, what[opening.event.kind] ?? opening.event.kind);
  if (lost.opening.inherited === null) add(opening.at, childAt, 'IS MISSED');
  else add(lost.opening.at, childAt, 'IS MISSED, by fork');
  const { blocker } = story;
  add(blocker.firstAt ?? range.gaveUpAt, ksmd + 1, blocker.calls === 0 ? 'gives up' : `fails, ${blocker.calls} calls`);
  const { closing } = lost;
  if (closing.at !== null) {
    if (closing.how === 'visit') add(closing.at, ksmd, 'adds an item');
    add(closing.at, childAt, closing.how === 'visit' ? 'is found again' : closing.how === 'exit' ? 'exits' : 'is gone');
  }
  const pad = (text: string): string => text.slice(0, column - 1).padEnd(column);
  const rows = new Map<number, string[]>();
  for (const { at, column: where, text } of lines.sort((a, b) => a.at - b.at)) {
    const row = rows.get(at) ?? names.map(() => '|');
    row[where] = text;
    rows.set(at, row);
  }
  const head = ' '.repeat(MARGIN) + names.map(pad).join('');
  const body = [...rows].map(
    ([at, row]) => `${moment(at, explanation).padStart(MARGIN - 2)}  ${row.map(pad).join('')}`,
  );
  return [head, ...body].map((text) => text.trimEnd());
}
