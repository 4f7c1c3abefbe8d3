/** Addresses, passwords, sizes of jobs, and what is refused of what goes through Redis. */
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError, UsageError } from '../errors.ts';
import { Batching } from './batching.ts';
import { keysUnder } from './keys.ts';
import { decodePlan, encodePlan, MOST_CELLS_OF_JOB, readJob } from './protocol.ts';
import { passwordWarning, redisAddress, shownAddress, withoutPasswords } from './redisUrl.ts';

test('addresses, and how they are shown: never with a password', () => {
  const address = redisAddress({ redis: 'rediss://us%40er:p%3Aw@queue.example:7000/3' }, {});
  assert.equal(address, {
    host: 'queue.example',
    port: 7000,
    database: 3,
    tls: true,
    ca: null,
    user: 'us@er',
    password: 'p:w',
  });
  assert.is(shownAddress(address), 'rediss://us%40er@queue.example:7000/3');
  assert.is(shownAddress(redisAddress({ redis: 'redis://[::1]' }, {})), 'redis://[::1]:6379');
  assert.is(redisAddress({ redis: 'redis://h' }, { CMA_STRESS_REDIS_PASSWORD: 'e' }).password, 'e');
});

test('what is no address is refused without repeating it', () => {
  for (const redis of [
    'queue:secret',
    'http://u:secret@h',
    'redis://u:secret@h/x',
    'redis://u:secret@h?x=1',
    'redis://u:%zz@h',
  ]) {
    try {
      redisAddress({ redis }, {});
      assert.unreachable(`taken: ${redis}`);
    } catch (thrown) {
      assert.instance(thrown, UsageError);
      assert.not.match((thrown as Error).message, 'secret');
    }
  }
  assert.throws(() => redisAddress({}, {}), /--redis is missing/);
  assert.throws(() => redisAddress({ redis: 'redis://u:p@h', redisPasswordFile: 'x' }, {}), /given twice/);
});

test('command lines lose their passwords, whatever is in them', () => {
  assert.equal(withoutPasswords(['--redis', 'rediss://u:s@cr:et/x@h:1/2', '--redis=redis://:pw@h', 'plain:x@y']), [
    '--redis',
    'rediss://u:***@h:1/2',
    '--redis=redis://:***@h',
    'plain:x@y',
  ]);
  assert.equal(withoutPasswords(['REDISS://u:pw@h', 'redis://u@h']), ['REDISS://u:***@h', 'redis://u@h']);
});

test('a password over a plain connection is warned of, but not on this machine', () => {
  const warning = (redis: string): string | null => passwordWarning(redisAddress({ redis }, {}));
  assert.match(warning('redis://u:p@queue.example')!, 'rediss://');
  for (const fine of ['redis://u:p@127.0.0.1', 'redis://u:p@localhost', 'rediss://u:p@h', 'redis://h'])
    assert.is(warning(fine), null);
});

test('prefixes', () => {
  assert.is(keysUnder('lab').run('k').results, 'lab:k:results');
  for (const bad of ['', 'a:b', 'a b', 'x'.repeat(61)]) assert.throws(() => keysUnder(bad), /--prefix expects/);
});

const PLAN = {
  tool: 't',
  model: 'm',
  bundles: [{ workload: 'fork-heavy', files: [], set: [], durationNs: null, quick: false }],
  strategies: ['stock'],
  plugins: [],
  auditEveryNs: 0,
};

test('a plan comes out as it went in; anything else is refused', () => {
  const { schema, ...rest } = decodePlan(encodePlan(PLAN));
  assert.is(schema, 'cma-stress/queue-plan/1');
  assert.equal(rest, PLAN);
  const packed = (value: unknown): Buffer => gzipSync(JSON.stringify(value));
  const cases: [Buffer, RegExp][] = [
    [Buffer.from('no gzip'), /cannot be read/],
    [packed({ ...PLAN, schema: 'cma-stress/queue-plan/2' }), /schema: expected/],
    [packed({ schema, ...PLAN, bundles: [] }), /bundles: has 0 entries/],
    [packed({ schema, ...PLAN, code: 'x' }), /code: unknown key/],
    [packed({ schema, ...PLAN, plugins: [{ name: 'x', file: 'x', source: '', hash: 'z' }] }), /plugins\[0\]\.hash/],
    [packed('x'.repeat(65 * 1024 ** 2)), /cannot be read/],
  ];
  for (const [data, expected] of cases) assert.throws(() => decodePlan(data), expected);
});

test('a job is a list of cells', () => {
  const cell = [0, 1, 2, '0123456789abcdef'];
  assert.equal(readJob({ cells: [cell] }), [{ workload: 0, strategy: 1, seed: 2, id: '0123456789abcdef' }]);
  const bad: unknown[] = [
    undefined,
    { cells: [] },
    { cells: [cell], run: 'rm' },
    { cells: [[0, 0, 2 ** 32, cell[3]]] },
    { cells: [[0, 0, -1, cell[3]]] },
    { cells: [[0, 0, 1, '../../../etc/pass']] },
    { cells: Array.from({ length: MOST_CELLS_OF_JOB + 1 }, () => cell) },
  ];
  for (const data of bad)
    assert.instance(
      thrownBy(() => readJob(data)),
      InputError,
    );
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  return null;
}

test('jobs begin with a cell, grow with what is known, and take about 3 s', () => {
  const batching = new Batching();
  assert.is(batching.size(0, 4, Infinity), 1);
  batching.learn(0, 0.01, 1000);
  assert.is(batching.size(0, 4, Infinity), 2);
  for (let i = 0; i < 1000; i++) batching.learn(0, 0.01, 1000);
  assert.is(batching.size(0, 4, Infinity), 300);
  assert.is(batching.size(1, 4, Infinity), 1);
  // Towards the end they are shared out.
  assert.is(batching.size(0, 4, 40), 5);
  for (let i = 0; i < 1000; i++) batching.learn(2, 1e-5, 1);
  assert.is(batching.size(2, 4, Infinity), MOST_CELLS_OF_JOB);
  // Few where results are large, one where a cell is long.
  for (let i = 0; i < 100; i++) batching.learn(3, 1e-5, 1024 ** 2);
  assert.is(batching.size(3, 4, Infinity), 4);
  batching.learn(4, 60, 1000);
  assert.is(batching.size(4, 4, Infinity), 1);
});

test('what is under way is bounded by threads and by bytes', () => {
  const batching = new Batching();
  assert.ok(batching.hasRoom(3, 3, 0));
  assert.not.ok(batching.hasRoom(4, 4, 0));
  assert.ok(batching.hasRoom(5, 5, 2));
  assert.not.ok(batching.hasRoom(6, 6, 2));
  for (let i = 0; i < 100; i++) batching.learn(0, 1, 10 * 1024 ** 2);
  assert.not.ok(batching.hasRoom(20, 20, 100));
});

test.run();
