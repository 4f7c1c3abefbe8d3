/** The keys `threads` and `explore` of litmus files: what is read, and what is refused at its place. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseLitmus } from './parse.ts';
import { problems } from './testing.ts';

const HEAD = 'id: a\nactions: []\n';

test('threads and what they are known to show', () => {
  const text = `${HEAD}threads:\n  app:\n    - { op: fork, parent: P, child: C }\n  ksmd: [{ op: ksmd }]\nexplore: { cause: B1, verdict: bounded }`;
  const [located] = parseLitmus(text, 'f.yaml');
  assert.equal(located.test.threads, { app: [{ op: 'fork', parent: 'P', child: 'C' }], ksmd: [{ op: 'ksmd' }] });
  assert.equal(located.test.explore, { cause: 'B1', verdict: 'bounded' });
  assert.ok(located.hasThreads);
  assert.equal(located.placeInThread('app', 0), {
    place: { file: 'f.yaml', line: 5, column: 7 },
    path: ['threads', 'app', 0],
  });
});

test('a prototype is a name like any other', () => {
  const [{ test: read }] = parseLitmus(`${HEAD}threads: { __proto__: [{ op: drain }], b: [{ op: drain }] }`, 'f.yaml');
  assert.equal(Object.keys(read.threads!), ['__proto__', 'b']);
});

const BAD: readonly (readonly [string, string, string])[] = [
  ['a list', 'threads: []', '3:10 threads expected a map from thread names to lists of actions, found a list'],
  ['none', 'threads: {}', '3:10 threads expected at least one thread, found "none"'],
  ['no list of actions', 'threads: { a: 1 }', '3:15 threads.a expected a list of actions, found 1'],
  ['no action', 'threads: { a: [] }', '3:15 threads.a expected at least one action, found "none"'],
  [
    'unknown op',
    'threads: { a: [{ op: exti, p: P }] }',
    '3:22 threads.a[0].op unknown op "exti"; did you mean `exit`?',
  ],
  ['missing key', 'threads: { a: [{ op: exit }] }', "3:16 threads.a[0] exit needs 'p', a process"],
  [
    'key of ksmd',
    'threads: { a: [{ op: ksmd, count: 1 }] }',
    '3:28 threads.a[0].count unknown key of ksmd; there are: op',
  ],
  [
    'an op for scripts',
    'threads: { a: [{ op: pass }] }',
    '3:22 threads.a[0].op pass makes no sense in a thread; there are: proc, mmap, write, fork, exit, munmap, mremap, madvise, migrate, cma, pin, unpin, lock, unlock, drain, ksmd',
  ],
  [
    'an expectation',
    'threads: { a: [{ op: migrate, page: x, expect: { rc: 0 } }] }',
    '3:48 threads.a[0].expect a thread expects nothing: any order may come',
  ],
  [
    'a name of its own',
    'threads: { a: [{ op: migrate, page: x, by: me }] }',
    '3:44 threads.a[0].by who it is by is its thread',
  ],
  [
    'too many',
    `threads: { ${Array.from({ length: 9 }, (_, i) => `t${i}: [{ op: drain }]`).join(', ')} }`,
    '3:10 threads expected at most 8 threads, found "9 threads"',
  ],
  [
    'cause',
    'threads: { a: [{ op: drain }] }\nexplore: { cause: B7 }',
    '4:19 explore.cause unknown value "B7"; did you mean `B1`?',
  ],
  [
    'key of explore',
    'threads: { a: [{ op: drain }] }\nexplore: { because: B1 }',
    '4:12 explore.because unknown key of explore; there are: cause, verdict',
  ],
];

for (const [name, text, expected] of BAD) {
  test(`located: ${name}`, () => {
    assert.equal(problems(HEAD + text), [expected]);
  });
}

test('ksmd is no action of a script', () => {
  assert.is(problems('id: a\nactions: [{ op: ksmd }]').length, 1);
});

test.run();
