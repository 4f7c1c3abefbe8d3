/** The request of an explanation and the ranges that it tried, in words. */
import type { BlockingPage, Cause, Explanation } from '../../sim/index.ts';
import { PAGE_BYTES } from '../plan/units.ts';
import { left, right, table, wrap } from '../report/table.ts';
import type { Terminal } from '../report/terminal.ts';
import { bytes, count } from '../report/units.ts';
import type { ExplainInput } from './text.ts';
import { errnoName, moment, span } from './words.ts';

/** Rows shown; --json has all. */
const MOST_RANGES = 20;

export function requestLines({ cell, id, because, explanation }: ExplainInput, terminal: Terminal): string[] {
  const { number, client, pages, began, answered, errno } = explanation.request;
  const size = `${count(pages)} pages (${bytes(pages * PAGE_BYTES)})`;
  const result = errno === 0 ? 'got them' : `got ${errnoName(errno)}`;
  const title = `${cell} (cell ${id}), request ${number}${because === null ? '' : `: ${because}`}`;
  const what = `${client} asked for ${size} at ${moment(began, explanation)} and ${result} after ${span(answered - began)}. Times are simulated, from the start of measuring.`;
  return [...wrap(terminal.paint.bold(title), terminal.width, '  '), ...wrap(what, terminal.width)];
}

export function rangeLines(explanation: Explanation, terminal: Terminal): string[] {
  const { tries, area, errno, freePages } = explanation.request;
  if (tries.length === 0) {
    if (errno === 0) return ['The first range could be had at once: nothing stood in the way.'];
    const why = `No range was tried: the bitmap of the area has no run of free bits long enough (${count(area.used)} of ${count(area.pages)} pages are given out, the longest free run is ${count(area.longestFree)} pages; ${count(freePages)} pages of the memory are free). That is a matter of the area's size and of what holds it, not of migration.`;
    return wrap(why, terminal.width);
  }
  const given =
    errno === 0
      ? `${tries.length === 1 ? 'One range was' : `${tries.length} ranges were`} given up before one could be had:`
      : `${tries.length === 1 ? 'One range was' : `${tries.length} ranges were`} tried, all given up:`;
  const rows = tries
    .slice(-MOST_RANGES)
    .map((range, index) => [
      String(Math.max(0, tries.length - MOST_RANGES) + index + 1),
      `${range.first}..${range.end - 1}`,
      moment(range.gaveUpAt, explanation),
      errnoName(range.rc),
      String(range.contigTries + 1),
      count(range.migrated),
      inTheWay(range.blockers),
    ]);
  const columns = [
    right('#'),
    left('frames'),
    right('given up at'),
    left('with'),
    right('tries'),
    right('moved'),
    left('in the way: first frame, causes'),
  ];
  const hidden = tries.length > MOST_RANGES ? [`(the last ${MOST_RANGES} of ${tries.length})`] : [];
  return [given, ...table(terminal, columns, rows), ...hidden];
}

/** `128327 and 3 more: B1 3, pin 1`; of one page `128327: B1`. */
function inTheWay(blockers: readonly BlockingPage[]): string {
  const causes = new Map<Cause, number>();
  for (const { cause } of blockers) causes.set(cause, (causes.get(cause) ?? 0) + 1);
  const first = blockers.at(0);
  if (first === undefined) return 'nothing that was noted';
  const split = [...causes].map(([cause, n]) => (blockers.length === 1 ? cause : `${cause} ${n}`)).join(', ');
  return `${first.pfn}${blockers.length === 1 ? '' : ` and ${blockers.length - 1} more`}: ${split}`;
}
