/**
 * What is said of a page in the way: of lists that are empty or too long, and of what its owner did before it was lost.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BlockingPage, Explanation, LostMapping, Mapping, PageStory, Removal } from '../../sim/index.ts';
import { PLAIN } from '../report/terminal.ts';
import { storyLines } from './pageText.ts';

const SECOND = 1e9;
const OWNER = { pid: 1000, name: 'zygote' };
const CHILD = { pid: 1001, name: 'app' };
const REQUEST: Explanation['request'] = {
  number: 1,
  client: 'camera',
  pages: 4,
  began: 9 * SECOND,
  answered: 10 * SECOND,
  errno: -16,
  area: { pages: 1024, used: 0, longestFree: 1024 },
  freePages: 5000,
  tries: [],
};
const RANGE: Explanation['range'] = {
  first: 1024,
  end: 1028,
  rc: -16,
  gaveUpAt: 10 * SECOND,
  round: 0,
  contigTries: 4,
  migratePasses: 36,
  migrated: 3,
  blockers: [],
};

function mappingOf(pid: number, isFound: boolean): Mapping {
  return {
    process: { pid, name: `app ${pid}` },
    family: OWNER.pid,
    mm: pid,
    vpn: 16,
    forkedFrom: OWNER,
    bornAt: SECOND,
    isFound,
    gap: isFound ? null : { cause: 'B1', since: 5 * SECOND },
    hasItem: false,
    hasSlot: true,
    isUnvisited: true,
    isMergeable: true,
  };
}

/** A KSM page without rmap_items, that these mappings map. */
function pageWith(mappings: readonly Mapping[]): BlockingPage {
  return {
    pfn: 1025,
    kind: 'ksm',
    cause: 'B1',
    calls: 50,
    firstAt: 9 * SECOND,
    lastAt: 10 * SECOND,
    mapcount: mappings.length,
    found: mappings.filter(({ isFound }) => isFound).length,
    count: mappings.length,
    references: { pins: 0, pagevec: 0, ksmd: 0, waiters: 0 },
    pinnedBy: [],
    page: 7,
    mappings,
    items: [],
  };
}

function textOf(mappings: readonly Mapping[], lost: readonly LostMapping[] = []): string {
  const story: PageStory = { blocker: pageWith(mappings), lost, events: [], leftOut: 0, visits: [] };
  const explanation = {
    bootAt: -SECOND,
    request: REQUEST,
    story,
    range: RANGE,
    reproduction: null,
    notReproduced: 'x',
  };
  return storyLines(explanation, story, PLAIN).join('\n');
}

test('a page whose last rmap_item is gone may have its stable_node still: nothing is said of that', () => {
  const text = textOf([mappingOf(CHILD.pid, false)]);
  assert.match(text, 'It has no rmap_item: the reverse walk (try_to_unmap_ksm) tries nothing.');
  assert.not.match(text, 'stable_node');
});

test('of many mappings those that are missed come first, and the rest is called found only if it is', () => {
  const all = (missed: number): Mapping[] => Array.from({ length: 20 }, (_, i) => mappingOf(i + 1, i >= missed));
  assert.match(textOf(all(16)), /\n\(4 more, found\)/);
  assert.match(textOf(all(17)), /\n\(4 more\)/);
});

test('the diagram says what the owner of the item did', () => {
  const drawn = (why: Removal['why']): string => {
    const removal = { by: 'cmp_and_merge_page', why, since: 4 * SECOND } as const;
    const event = { at: 5 * SECOND, pass: 3, kind: 'item-removed', process: OWNER, vpn: 16, removal } as const;
    const mapping = { ...mappingOf(CHILD.pid, false), process: CHILD };
    const opening = { cause: 'B1', at: event.at, event, inherited: null } as const;
    const closing = { at: null, how: null, process: null, vpn: 16, pass: 4, until: 20 * SECOND };
    const lines = textOf([mapping], [{ mapping, opening, closing }]).split('\n');
    return lines.find((line) => line.includes('4.000 s  '))!.trim();
  };
  assert.match(drawn('exited'), /^4\.000 s {2}exits +\|/);
  assert.match(drawn('copied'), /^4\.000 s {2}writes: a copy +\|/);
  assert.match(drawn('unmapped'), /^4\.000 s {2}unmaps it +\|/);
});

test.run();
