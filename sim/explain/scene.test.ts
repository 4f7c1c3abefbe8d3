/** Scenes made of a page's history: who plays, what each cause needs besides, and what is left out. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Process } from '../load/process.ts';
import { NONE } from '../memory/frames.ts';
import type { Cause } from '../observations.ts';
import { History } from './history.ts';
import { scenesOf } from './scene.ts';
import type { LostMapping, Opening, PageEvent, ProcessRef } from './types.ts';

const VPN = 16;
const ZYGOTE = { pid: 1000, name: 'zygote' };
const APP = { pid: 1001, name: 'app' };
const LATE = 100;

function event(kind: PageEvent['kind'], at: number, more: Partial<PageEvent> = {}): PageEvent {
  return { kind, at, pass: 0, process: ZYGOTE, vpn: VPN, ...more };
}

const MERGED = [event('written', 1, { isItself: true }), event('item-added', 3)];
const FORKED = event('forked', 5, { other: APP });
const REMOVED = event('item-removed', 8);

/** All that a book of lives asks of an actor is its name. */
function actorOf(process: ProcessRef): Process {
  return process as unknown as Process;
}

/** A zygote whose page was merged, and an app that it forked. */
function historyOf(events: readonly PageEvent[]): History {
  const history = new History({ page: 1, family: ZYGOTE.pid, vpns: new Set([VPN]), mapped: new Set() });
  history.lives.born(actorOf(ZYGOTE), 0, NONE, 0);
  history.lives.forked(0, 1, FORKED.at);
  history.lives.born(actorOf(APP), 1, 0, FORKED.at + 1);
  history.events.push(...events);
  return history;
}

/** The app's mapping, lost when ksmd removed the zygote's item. */
function lost(cause: Cause, opening: Partial<Opening> | null = {}, isBooked = true): LostMapping {
  return {
    mapping: {
      process: APP,
      family: ZYGOTE.pid,
      mm: 1,
      vpn: VPN,
      forkedFrom: ZYGOTE,
      bornAt: FORKED.at,
      isFound: false,
      gap: isBooked ? { cause, since: REMOVED.at } : null,
      hasItem: false,
      hasSlot: true,
      isUnvisited: true,
      isMergeable: true,
    },
    opening: opening === null ? null : { cause, at: REMOVED.at, event: REMOVED, inherited: null, ...opening },
    closing: { at: null, how: null, process: null, vpn: VPN, pass: 0, until: LATE },
  };
}

const ALL = [...MERGED, FORKED, REMOVED];

test('a history that does not say how the gap opened makes no scene', () => {
  assert.equal(scenesOf(historyOf(ALL), lost('B1', null), LATE), { scenes: [], cast: [] });
});

test('the owner of the item plays P, who lost it plays C; merging comes first where history has it so', () => {
  const { scenes, cast } = scenesOf(historyOf(ALL), lost('B1'), LATE);
  assert.equal(
    cast.map(({ role, process }) => [role, process.pid]),
    [
      ['P', ZYGOTE.pid],
      ['C', APP.pid],
    ],
  );
  assert.is(scenes[0].actions.at(-1)!.op, 'pass');
  assert.equal(scenes[0].threads!['user'][0], { op: 'fork', parent: 'P', child: 'C' });
  assert.equal(Object.keys(scenes[0].threads!), ['user', 'ksmd']);
});

test('without the item in the history nothing is merged beforehand, and the partner acts early or late', () => {
  const { scenes } = scenesOf(historyOf([MERGED[0], FORKED, REMOVED]), lost('B1'), LATE);
  assert.equal(
    scenes.map(({ actions, threads }) => [actions.length, Object.keys(threads!)]),
    [
      [0, ['user', 'ksmd']],
      [0, ['user', 'partner', 'ksmd']],
    ],
  );
});

test('B4 needs somebody who migrates a page, B6 somebody who locks one', () => {
  const threadsOf = (wanted: LostMapping): readonly string[] => [
    ...new Set(scenesOf(historyOf(ALL), wanted, LATE).scenes.flatMap(({ threads }) => Object.keys(threads!))),
  ];
  assert.ok(threadsOf(lost('B4')).includes('migrator'));
  assert.ok(threadsOf(lost('B6')).includes('io'));
  assert.ok(
    threadsOf(lost('B6', {}, false)).includes('io'),
    'the cause of the opening, where the gap is booked no more',
  );
  assert.not.ok(threadsOf(lost('B1')).some((name) => name === 'migrator' || name === 'io'));
});

test('where only the child asks for merging, the script says so of both', () => {
  const history = historyOf(ALL);
  const [zygote, app] = history.lives.all;
  history.mergeable.set(zygote, false).set(app, true);
  const actions = scenesOf(history, lost('B2'), LATE).scenes.flatMap(({ actions, threads }) => [
    ...actions,
    ...Object.values(threads!).flat(),
  ]);
  assert.ok(actions.some(({ op, p, mergeable }) => op === 'mmap' && p === 'P' && mergeable === false));
  assert.ok(actions.some(({ op, p, advice }) => op === 'madvise' && p === 'C' && advice === 'MERGEABLE'));
});

test('what nobody did of his own accord has no owner: the one who lost it plays alone', () => {
  const opening = { event: event('upgraded', REMOVED.at, { process: null }) };
  const { cast } = scenesOf(historyOf(ALL), lost('B3', opening), LATE);
  assert.ok(cast.some(({ role, process }) => role === 'C' && process.pid === APP.pid));
  assert.not.ok(cast.some(({ role }) => role === 'P'));
});

test.run();
