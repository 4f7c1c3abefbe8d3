/** The page of an explanation in words: its counts, its mappings and rmap_items, how they were lost and found again. */
import { firstOpening } from '../../sim/index.ts';
import type { BlockingPage, Explanation, LostMapping, Mapping, PageStory } from '../../sim/index.ts';
import { CAUSE_MEANINGS } from '../report/causes.ts';
import { left, right, table, wrap } from '../report/table.ts';
import type { Terminal } from '../report/terminal.ts';
import { groupBy } from '../stats/sums.ts';
import { diagram } from './diagram.ts';
import { address, moment, openingText, span, who } from './words.ts';

/** Rows shown of long lists; --json has all. */
const MOST_MAPPINGS = 16;
const MOST_ITEMS = 12;
const MOST_SEARCHED = 4;
const MOST_WAYS = 4;

export function storyLines(explanation: Explanation, story: PageStory, terminal: Terminal): string[] {
  const { blocker } = story;
  const lines = [...wrap(terminal.paint.bold(pageTitle(blocker)), terminal.width, '  ')];
  lines.push(...wrap(countsText(explanation, blocker), terminal.width, '  '));
  lines.push(...wrap(`${blocker.cause}: ${CAUSE_MEANINGS[blocker.cause]}.`, terminal.width, '  '));
  if (blocker.mappings.length > 0) lines.push('', ...mappingLines(explanation, story, terminal));
  if (blocker.kind === 'ksm') lines.push('', ...itemLines(blocker, terminal));
  const ways = groupBy(story.lost, wayOf);
  for (const [, [lost, ...others]] of [...ways].slice(0, MOST_WAYS)) {
    lines.push('', ...lostLines(explanation, lost, terminal));
    if (others.length > 0) lines.push(...wrap(othersText(others), terminal.width, '  '));
  }
  if (ways.size > MOST_WAYS) lines.push(`(lost in ${ways.size - MOST_WAYS} more ways: --json has all)`);
  return lines;
}

const KIND_NAMES: Readonly<Record<BlockingPage['kind'], string>> = {
  anon: 'an anonymous page',
  ksm: 'a KSM page',
  file: 'a page of the page cache',
  kernel: 'a page of the kernel',
  free: 'a free page',
  other: 'a page that is not for users',
};

function pageTitle({ pfn, kind, mapcount, found }: BlockingPage): string {
  const missed = mapcount - found;
  const finds = kind === 'ksm' ? `, the reverse walk finds ${found}` : '';
  const counted = `page_mapcount ${mapcount}${finds}`;
  return `Frame ${pfn} (0x${pfn.toString(16)}) is ${KIND_NAMES[kind]}: ${counted}${missed === 0 ? '' : `, misses ${missed}`}.`;
}

function countsText(explanation: Explanation, blocker: BlockingPage): string {
  const { calls, firstAt, lastAt, references, pinnedBy } = blocker;
  const tried =
    firstAt === null || lastAt === null
      ? 'It was not tried: test_pages_isolated found it.'
      : `${calls} calls of unmap_and_move failed on it, from ${moment(firstAt, explanation)} to ${moment(lastAt, explanation)}.`;
  const held = Object.entries(references).flatMap(([who, n]) => (n === 0 ? [] : [`${who} ${n}`]));
  const others = held.length === 0 ? '' : ` References besides: ${held.join(', ')}.`;
  const pins = pinnedBy.map(({ holder, since }) => ` '${holder}' has pinned it since ${moment(since, explanation)}.`);
  return `${tried} page_count is ${blocker.count}.${others}${pins.join('')}`;
}

function mappingLines(explanation: Explanation, story: PageStory, terminal: Terminal): string[] {
  const { mappings } = story.blocker;
  const rank = ({ isFound, gap }: Mapping): number => (isFound ? 2 : gap?.cause === story.blocker.cause ? 0 : 1);
  const ordered = [...mappings].sort((a, b) => rank(a) - rank(b));
  const visitOf = (mapping: Mapping): string => {
    const visit = story.visits.find(({ pid, vpn }) => pid === mapping.process.pid && vpn === mapping.vpn);
    if (visit !== undefined) return `${moment(visit.at, explanation)}, pass ${visit.pass}`;
    if (!mapping.hasSlot) return 'no mm_slot';
    return mapping.isUnvisited ? 'never, rmap_list empty' : mapping.hasItem ? 'has an item' : 'no item';
  };
  const rows = ordered
    .slice(0, MOST_MAPPINGS)
    .map((mapping) => [
      mapping.isFound ? 'yes' : terminal.paint.red(`NO ${mapping.gap?.cause ?? ''}`.trim()),
      address(mapping.process, mapping.vpn),
      String(mapping.process.pid),
      mapping.forkedFrom === null ? '(exec)' : mapping.forkedFrom.name,
      moment(mapping.bornAt, explanation),
      visitOf(mapping),
    ]);
  const columns = [
    left('found'),
    left('mapped by'),
    right('pid'),
    left('forked from'),
    right('born'),
    left('last visited by ksmd'),
  ];
  const hidden = ordered.slice(MOST_MAPPINGS);
  const found = hidden.every(({ isFound }) => isFound) ? ', found' : '';
  return [...table(terminal, columns, rows), ...(hidden.length === 0 ? [] : [`(${hidden.length} more${found})`])];
}

function itemLines({ items }: BlockingPage, terminal: Terminal): string[] {
  if (items.length === 0) return ['It has no rmap_item: the reverse walk (try_to_unmap_ksm) tries nothing.'];
  const rows = items.slice(0, MOST_ITEMS).map(({ process, vpn, isCurrent, searches }) => {
    const names = searches.map(({ name }) => name);
    const more = names.length > MOST_SEARCHED ? ` and ${names.length - MOST_SEARCHED} more` : '';
    return [address(process, vpn), isCurrent ? 'yes' : 'no', names.slice(0, MOST_SEARCHED).join(', ') + more];
  });
  const columns = [left('rmap_item'), left('maps it still'), left('the tree of its anon_vma has, at this address')];
  const more = items.length > MOST_ITEMS ? [`(${items.length - MOST_ITEMS} more)`] : [];
  return [
    "Its stable_node's rmap_items, and where each makes the walk look:",
    ...table(terminal, columns, rows),
    ...more,
  ];
}

function lostLines(explanation: Explanation, lost: LostMapping, terminal: Terminal): string[] {
  const { mapping, opening } = lost;
  const lines: string[] = [];
  const what = `${address(mapping.process, mapping.vpn)} (pid ${mapping.process.pid}) is missed`;
  if (opening === null)
    lines.push(...wrap(`${what}; how that came about lies before its history.`, terminal.width, '  '));
  else {
    const first = firstOpening(opening);
    const before =
      explanation.range === null
        ? ''
        : `, ${span(explanation.range.gaveUpAt - first.at)} before the range was given up`;
    const text = `${what} since ${moment(first.at, explanation)}${before}: ${openingText(first, explanation)}.`;
    lines.push(...wrap(terminal.paint.bold('The gap opened. ') + text, terminal.width, '  '));
    if (first !== opening)
      lines.push(
        ...wrap(`It came to this process by fork: ${openingText(opening, explanation)}.`, terminal.width, '  '),
      );
  }
  lines.push(...wrap(terminal.paint.bold('Left to itself ') + closingText(explanation, lost), terminal.width, '  '));
  return [...lines, ...diagram(explanation, lost, terminal.width).map((line) => `  ${line}`.trimEnd())];
}

/** Mappings that were lost by the same kind of event are told of together. */
function wayOf({ mapping, opening }: LostMapping): string {
  if (opening === null) return `${mapping.gap?.cause}`;
  const { event } = firstOpening(opening);
  return [mapping.gap?.cause, event.kind, event.removal?.by, event.removal?.why].join(' ');
}

function othersText(others: readonly LostMapping[]): string {
  const names = [...new Set(others.map(({ mapping }) => mapping.process.name))];
  const shown = names.slice(0, MOST_SEARCHED).join(', ') + (names.length > MOST_SEARCHED ? ' and others' : '');
  return `In the same way ${others.length} more ${others.length === 1 ? 'mapping' : 'mappings'} of it ${others.length === 1 ? 'was' : 'were'} lost: of ${shown}.`;
}

function closingText(explanation: Explanation, { mapping, closing }: LostMapping): string {
  const { at, how, process, vpn, pass, until } = closing;
  const from = explanation.range?.gaveUpAt ?? explanation.request.answered;
  if (at === null) {
    const never = mapping.isMergeable
      ? ''
      : ' Its vma is not mergeable, so ksmd never visits it: only a write, an unmapping or its exit can end it.';
    return `it is open ${span(until - from)} later still, at pass ${pass} of ksmd.${never}`;
  }
  const when = `it closes at ${moment(at, explanation)}, ${span(at - from)} after the range was given up`;
  if (how === 'visit') {
    const whose = process?.pid === mapping.process.pid ? 'it' : address(process, vpn);
    return `${when}: ksmd visits ${whose} in pass ${pass} and adds an rmap_item.`;
  }
  if (how === 'exit') return `${when}: ${who(process)} exits.`;
  return how === 'unmapped' ? `${when}: ${who(process)} writes to it and gets a copy.` : `${when}.`;
}
