/** An explanation for people: the request, its ranges, and the story of one page that stood in the way. */
import { firstOpening } from '../../sim/index.ts';
import type { BlockingPage, Cause, Explanation, LostMapping, Mapping, PageStory } from '../../sim/index.ts';
import { CAUSE_MEANINGS } from '../report/causes.ts';
import { left, right, table, wrap } from '../report/table.ts';
import type { Terminal } from '../report/terminal.ts';
import { bytes, count } from '../report/units.ts';
import { groupBy } from '../stats/summarize.ts';
import type { Elsewhere } from './choose.ts';
import { diagram } from './diagram.ts';
import { address, errnoName, moment, openingText, span, who } from './words.ts';

const PAGE_BYTES = 4096;
/** Rows shown of long lists; --json has all. */
const MOST_RANGES = 20;
const MOST_MAPPINGS = 16;
const MOST_ITEMS = 12;
const MOST_SEARCHED = 4;
const MOST_WAYS = 4;

export interface ExplainInput {
  /** WORKLOAD/STRATEGY/SEED. */
  readonly cell: string;
  readonly id: string;
  readonly because: string | null;
  readonly explanation: Explanation;
  readonly elsewhere: readonly Elsewhere[];
  /** How to get the script, and the same again. */
  readonly commands: { readonly litmus: string; readonly again: string };
}

/** The text ends in a newline. */
export function explainText(input: ExplainInput, terminal: Terminal): string {
  const { explanation } = input;
  const lines = [
    ...requestLines(input, terminal),
    '',
    ...rangeLines(explanation, terminal),
    ...(explanation.story === null ? [] : ['', ...storyLines(explanation, explanation.story, terminal)]),
    ...elsewhereLines(input.elsewhere, terminal),
    '',
    ...reproductionLines(input, terminal),
    '',
    ...wrap(`the same again: ${input.commands.again}`, terminal.width, '  '),
  ];
  return `${lines.join('\n')}\n`;
}

function requestLines({ cell, id, because, explanation }: ExplainInput, terminal: Terminal): string[] {
  const { number, client, pages, began, answered, errno } = explanation.request;
  const size = `${count(pages)} pages (${bytes(pages * PAGE_BYTES)})`;
  const result = errno === 0 ? 'got them' : `got ${errnoName(errno)}`;
  const title = `${cell} (cell ${id}), request ${number}${because === null ? '' : `: ${because}`}`;
  const what = `${client} asked for ${size} at ${moment(began, explanation)} and ${result} after ${span(answered - began)}. Times are simulated, from the start of measuring.`;
  return [...wrap(terminal.paint.bold(title), terminal.width, '  '), ...wrap(what, terminal.width)];
}

function rangeLines(explanation: Explanation, terminal: Terminal): string[] {
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

/** `128327 first, 4 pages: B1 3, pin 1`. */
function inTheWay(blockers: readonly BlockingPage[]): string {
  const causes = new Map<Cause, number>();
  for (const { cause } of blockers) causes.set(cause, (causes.get(cause) ?? 0) + 1);
  const first = blockers.at(0);
  if (first === undefined) return 'nothing that was noted';
  const split = [...causes].map(([cause, n]) => (blockers.length === 1 ? cause : `${cause} ${n}`)).join(', ');
  return `${first.pfn}${blockers.length === 1 ? '' : ` and ${blockers.length - 1} more`}: ${split}`;
}

function storyLines(explanation: Explanation, story: PageStory, terminal: Terminal): string[] {
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
  const counted = `page_mapcount ${mapcount}, the reverse walk finds ${found}`;
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
  const more = mappings.length > MOST_MAPPINGS ? [`(${mappings.length - MOST_MAPPINGS} more, found)`] : [];
  return [...table(terminal, columns, rows), ...more];
}

function itemLines({ items }: BlockingPage, terminal: Terminal): string[] {
  if (items.length === 0) return ['There is no stable_node: the reverse walk (try_to_unmap_ksm) tries nothing.'];
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

function elsewhereLines(all: readonly Elsewhere[], terminal: Terminal): string[] {
  if (all.length === 0) return [];
  const texts = all.map(({ strategy, errno, latency }) => `${strategy}: ${errnoName(errno)} after ${span(latency)}`);
  return ['', ...wrap(`The same request in this run under ${texts.join('; ')}.`, terminal.width, '  ')];
}

function reproductionLines({ explanation, commands }: ExplainInput, terminal: Terminal): string[] {
  const { reproduction, notReproduced } = explanation;
  if (reproduction === null) return wrap(`There is no litmus test of it: ${notReproduced}.`, terminal.width, '  ');
  const { outcomes, cast, test } = reproduction;
  const named = (holds: (one: (typeof outcomes)[number]) => boolean): string =>
    outcomes
      .filter(holds)
      .map(({ strategy }) => strategy)
      .join(', ');
  const always = named(({ isFound, isSafe }) => isFound === true && isSafe === true);
  const lucky = named(({ isFound, isSafe }) => isFound === true && isSafe === false);
  const never = named(({ isFound }) => isFound === false);
  const roles = cast.map(({ role, process }) => `${role} is ${process.name}`).join(', ');
  const lines = [
    ...wrap(
      `A litmus test of ${test.actions.length} actions reproduces it${roles === '' ? '' : ` (${roles})`}; run, it fails for ${explanation.story!.blocker.cause}: ${commands.litmus}`,
      terminal.width,
      '  ',
    ),
  ];
  const say = (what: string, names: string): void => {
    if (names !== '') lines.push(...wrap(`  ${what}: ${names}`, terminal.width, '    '));
  };
  lines.push('In that script the page can be migrated');
  say('under, in every order of its actions', always);
  say('in this order, not in every one, under', lucky);
  say('not under', never);
  if (always === '' && lucky === '' && never === '') lines.push('  under nothing that acts in a script');
  return lines;
}
