/** A litmus test that is right, for tests, and texts that are none: title, text, first problem. */
export const GOOD = `id: one
title: A test
kind: core
config: { cma: [256, 320], pagevec: false }
actions:
  - { op: proc, p: P }
  - { op: mmap, p: P, start: 16, n: 1 }
  - { op: write, p: P, at: 16, data: X, page: xp, cma: true }
  - { op: pass, count: 2 }
  - { op: probe, page: xp, expect: { result: SWAP_SUCCESS, found: [P@16], left: 0 } }
  - { op: check, absent: [yp], expect: { ptes: { P@16: xp }, pages: { xp: { mapcount: 1, kind: anon } }, cursor: null } }
why: because
`;

export const BAD: readonly (readonly [string, string, string])[] = [
  ['nothing', '', '1:1  no litmus test in this file'],
  ['a list', '- 1', '1:1  expected a litmus test (a map with id and actions), found a list'],
  ['no id', 'actions: []', '1:1 id expected a name for the test, a text, found nothing'],
  ['no actions', 'id: a', '1:1 actions expected a list of actions, found nothing'],
  ['number as id', 'id: 7\nactions: []', '1:5 id expected a name for the test, a text (put it in quotes), found 7'],
  [
    'key of a test',
    'id: a\nactoins: []\nactions: []',
    '2:1 actoins unknown key of a litmus test; did you mean `actions`?',
  ],
  [
    'op',
    'id: a\nactions:\n  - { op: frok, parent: P, child: C }',
    '3:11 actions[0].op unknown op "frok"; did you mean `fork`?',
  ],
  ['no op', 'id: a\nactions:\n  - { p: P }', '3:5 actions[0] this action has no op'],
  [
    'key of an op',
    'id: a\nactions:\n  - { op: exit, p: P, at: 1 }',
    '3:23 actions[0].at unknown key of exit; there are: op, expect, p',
  ],
  ['missing key', 'id: a\nactions:\n  - { op: exit }', "3:5 actions[0] exit needs 'p', a process"],
  [
    'point',
    'id: a\nactions:\n  - { op: ksmd_to, point: replacd }',
    '3:27 actions[0].point unknown value "replacd"; did you mean `replaced`?',
  ],
  [
    'count',
    'id: a\nactions:\n  - { op: pass, count: 0 }',
    '3:24 actions[0].count expected a repeat count, a whole number from 1 to 100000, found 0',
  ],
  [
    'content',
    'id: a\nactions:\n  - { op: write, p: P, at: 1, data: 5 }',
    '3:37 actions[0].data expected a content, a text (put it in quotes), found 5',
  ],
  [
    'truth',
    'id: a\nactions:\n  - { op: write, p: P, at: 1, data: X, cma: yes }',
    '3:45 actions[0].cma expected true or false, found "yes"',
  ],
  [
    'expect of an op',
    'id: a\nactions:\n  - { op: probe, page: x, expect: { reslt: A } }',
    '3:37 actions[0].expect.reslt unknown key of what probe reports; did you mean `result`?',
  ],
  [
    'expect of a silent op',
    'id: a\nactions:\n  - { op: exit, p: P, expect: { rc: 0 } }',
    '3:31 actions[0].expect exit reports nothing to compare; use a check',
  ],
  [
    'page kind',
    'id: a\nactions:\n  - { op: check, expect: { pages: { x: { kind: ksn } } } }',
    '3:48 actions[0].expect.pages.x.kind unknown value "ksn"; did you mean `ksm`?',
  ],
  [
    'counter',
    'id: a\nactions:\n  - { op: check, expect: { counters: { page_shared: 1 } } }',
    '3:40 actions[0].expect.counters.page_shared unknown key of the counters; did you mean `pages_shared`?',
  ],
  [
    'config',
    'id: a\nconfig: { cma: [5, 5] }\nactions: []',
    '2:16 config.cma expected two frame numbers [first, end] with first below end, found a list',
  ],
  [
    'same id',
    'id: a\nactions: [{ op: drain }]\n---\nid: a\nactions: [{ op: drain }]',
    "5:11 actions[0] a second test with the id 'a'",
  ],
  ['double key', 'id: a\nid: b\nactions: []', "2:1  key 'id' is given twice"],
];
