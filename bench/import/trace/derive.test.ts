/** What is derived from events of a trace, one idea a test: lives, lineage, clients and their beats, names. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Stream } from '../../../sim/index.ts';
import type { CmaRequest, TraceFacts } from '../traceFacts.ts';
import { deriveTrace } from './derive.ts';
import { planName, UniqueNames } from '../names.ts';
import { exponentialMean, median, variation } from './spans.ts';
import { ftraceOf } from './testing.ts';

const NOTHING: TraceFacts = {
  file: 'a.txt',
  form: 'ftrace',
  startedAt: 0,
  seconds: 100,
  measuredFrom: null,
  cpus: 1,
  processes: [],
  forks: [],
  execs: [],
  renames: [],
  exits: [],
  kills: [],
  requests: [],
  oomScoreAdj: [],
  counts: {},
  lost: 0,
  partial: [],
};

function request(t: number, more: Partial<CmaRequest> = {}): CmaRequest {
  const who = { pid: 10, comm: 'cam', area: 'reserved', pages: 112, alignOrder: 7, via: 'cma' } as const;
  return { t, line: 1, latency: 0.001, ok: true, errno: 0, pfn: 1, busyRetries: 0, held: 0.5, ...who, ...more };
}

const forked = (t: number, childPid: number, more: object = {}): TraceFacts['forks'][number] => {
  return { t, line: childPid, pid: 100, comm: 'zygote', childPid, childComm: 'zygote', thread: false, ...more };
};

test('nothing in a trace: nothing derived, and notes say what to trace', () => {
  const { spawners, clients, events, lineage, notes, rates } = deriveTrace(NOTHING);
  assert.equal([spawners, clients, events, lineage], [[], [], [], []]);
  assert.is(rates.forks.value, 0);
  assert.match(notes.join('\n'), /no forks: trace sched_process_fork[\s\S]*no requests: trace cma_alloc_start/);
});

test('exponential lives, many of them censored: the mean that they were drawn with', () => {
  const stream = new Stream(1, 'lives');
  const mean = 20;
  const forks = Array.from({ length: 2000 }, (_, i) => forked(i * 0.05, 1000 + i));
  const exits = forks
    .map(({ t, childPid }) => ({
      t: t + stream.exponential(mean),
      line: childPid,
      pid: childPid,
      comm: 'app',
    }))
    .filter(({ t }) => t <= 100)
    .sort((a, b) => a.t - b.t);
  const [spawner] = deriveTrace({ ...NOTHING, forks, exits }).spawners;
  assert.ok(exits.length < 1900, 'some outlast the trace');
  assert.is(spawner.lifeKind.value, 'exponential');
  // The mean of those that ended is far too short; the error of the estimate is mean / sqrt(exits).
  const error = (3 * mean) / Math.sqrt(exits.length);
  assert.ok(Math.abs((spawner.life.value ?? 0) - mean) < error, spawner.life.how);
  assert.ok(Math.abs(spawner.rate.value - 20) < 1e-9);
});

test('a zygote is known by its name, its children are apps, and their own forks are told', () => {
  const forks = [
    forked(1, 201),
    forked(2, 202),
    forked(3, 301, { pid: 201, comm: 'com.app', thread: true }),
    forked(4, 302, { pid: 201, comm: 'com.app', childComm: 'com.app' }),
    forked(4, 401, { pid: 50, comm: 'sh', childComm: 'sh' }),
    forked(6, 402, { pid: 50, comm: 'sh', childComm: 'sh' }),
    forked(8, 403, { pid: 50, comm: 'sh', childComm: 'sh' }),
  ];
  const renames = [{ t: 1.5, line: 5, pid: 201, name: 'com.app' }];
  const execs = [401, 402, 403].map((pid, i) => ({ t: 4.1 + i * 2, line: 6, pid, name: `/bin/${pid}`.slice(5) }));
  const exits = [{ t: 9, line: 9, pid: 302, comm: 'com.app' }];
  const derived = deriveTrace({ ...NOTHING, forks, renames, execs, exits });
  const { lineage, spawners, events, rates } = derived;
  const byPid = new Map(lineage.map((node) => [node.pid, node]));
  assert.equal([byPid.get(100)?.isZygote, byPid.get(201)?.group, byPid.get(201)?.threads], [true, 'app', 1]);
  assert.equal(
    [byPid.get(201)?.fromZygote, byPid.get(302)?.fromZygote, byPid.get(401)?.fromZygote],
    [true, true, false],
  );
  assert.is(byPid.get(302)?.group, 'app-child');
  assert.equal(byPid.get(201)?.names, [
    { at: 1, name: 'zygote' },
    { at: 1.5, name: 'com.app' },
  ]);
  assert.equal(
    spawners.map(({ name, group, start }) => [name, group, start.value]),
    [['launcher', 'app', 'fork']],
  );
  assert.equal([rates.forks.value, rates.threads.value, rates.execs.value], [0.06, 0.01, 0.03]);
  const { lifeKind } = spawners[0];
  assert.equal([lifeKind.guess, lifeKind.how], [true, '0 ends are too few to tell']);
  const line = (event: (typeof events)[number]): unknown[] => [event.kind, event.at, 'name' in event ? event.name : ''];
  assert.equal(events.map(line), [
    ['fork', 1, 'p201'],
    ['fork', 2, 'p202'],
    ['fork', 4, 'p302'],
    // Born by exec: from there on nothing is left of the parent's memory.
    ['exec', 4.1, 'p401'],
    ['exec', 6.1, 'p402'],
    ['exec', 8.1, 'p403'],
    ['exit', 9, 'p302'],
  ]);
  const child = events.find((event) => event.kind === 'fork' && event.name === 'p302');
  assert.equal(child?.kind === 'fork' && child.from, 'p201');
});

test('exec long after the fork: a process of its own takes over', () => {
  const exits = [{ t: 9, line: 9, pid: 201, comm: 'sh' }];
  const execs = [{ t: 5, line: 6, pid: 201, name: 'sh' }];
  const { events } = deriveTrace({ ...NOTHING, forks: [forked(1, 201)], execs, exits });
  assert.equal(
    events.map((event) => [event.kind, event.at, 'name' in event ? event.name : '']),
    [
      ['fork', 1, 'p201'],
      ['exit', 5, 'p201'],
      ['exec', 5, 'p201-exec'],
      ['exit', 9, 'p201-exec'],
    ],
  );
});

test('a process that was killed is killed in the replay', () => {
  const exits = [{ t: 2.001, line: 4, pid: 201, comm: 'app' }];
  const kills = [{ t: 2, line: 3, pid: 201, by: 'lowmemorykiller' }] as const;
  for (const [seen, at] of [
    [exits, 2.001],
    [[], 2],
  ] as const) {
    const { events } = deriveTrace({ ...NOTHING, forks: [forked(1, 201)], exits: seen, kills });
    assert.equal(
      events.map((event) => [event.kind, event.at]),
      [
        ['fork', 1],
        ['kill', at],
      ],
    );
  }
});

test('a pid that is used again is another process', () => {
  const exits = [{ t: 2, line: 3, pid: 201, comm: 'a' }];
  const { events, lineage } = deriveTrace({ ...NOTHING, forks: [forked(1, 201), forked(3, 201)], exits });
  assert.equal(
    lineage.map(({ id, diedAt }) => [id, diedAt]),
    [
      ['p100', null],
      ['p201', 2],
      ['p201-2', null],
    ],
  );
  assert.is(events.length, 3);
});

test('clients: by area and thread; a steady beat is periodic, others are not', () => {
  const steady = Array.from({ length: 20 }, (_, i) => request(1 + i * 5 + (i % 2) * 0.1, { comm: 'test loop' }));
  const random = [2, 3, 3.1, 9, 30, 31, 70].map((t, i) =>
    request(t, {
      comm: 'gpu',
      pages: i < 5 ? 16 : 1024,
      alignOrder: i < 5 ? 4 : 8,
      held: null,
      ok: i !== 6,
      errno: i === 6 ? 16 : 0,
    }),
  );
  const requests = [...steady, ...random].sort((a, b) => a.t - b.t);
  const { clients, outcomes, events } = deriveTrace({ ...NOTHING, requests });
  const [loop, gpu] = clients;
  assert.equal([loop.name, loop.periodic.value, loop.start.value, loop.hold.value], ['test-loop', true, 1, 0.5]);
  assert.ok(Math.abs(loop.rate.value - 0.2) < 0.001);
  assert.is(loop.alignOrder.value, null);
  assert.equal([gpu.name, gpu.periodic.value, gpu.rate.value], ['gpu', false, 0.07]);
  assert.equal(gpu.sizes.value, [
    { pages: 16, weight: 5 },
    { pages: 1024, weight: 2 },
  ]);
  assert.equal(gpu.outcomes.errors, { EBUSY: 1 });
  assert.ok(gpu.hold.guess);
  assert.match(gpu.hold.how, '0 of 6 buffers were seen to be released');
  assert.equal([outcomes.requests, outcomes.ok, outcomes.failed], [27, 26, 1]);
  assert.is(outcomes.latencyUs?.p50, 1000);
  const [first] = events;
  assert.equal(first, {
    kind: 'cma',
    at: 1,
    source: { file: 'a.txt', line: 1 },
    client: 'test-loop',
    area: 'reserved',
    pages: 112,
    alignOrder: 7,
    hold: 0.5,
    holdIsGuess: false,
  });
});

test('clients: one thread with two beats of two sizes is two clients', () => {
  const slow = Array.from({ length: 10 }, (_, i) => request(i * 10, { pages: 1024, alignOrder: 8 }));
  const fast = Array.from({ length: 30 }, (_, i) => request(0.5 + i * 3));
  const requests = [...slow, ...fast].sort((a, b) => a.t - b.t);
  const { clients } = deriveTrace({ ...NOTHING, requests });
  assert.equal(
    clients.map(({ name, periodic, sizes }) => [name, periodic.value, sizes.value]),
    [
      ['cam', true, [{ pages: 1024, weight: 10 }]],
      ['cam-2', true, [{ pages: 112, weight: 30 }]],
    ],
  );
});

test('clients: more sizes than a plan takes: rare ones count as the next larger, none is lost', () => {
  const requests = Array.from({ length: 300 }, (_, i) => request(i * i * 0.001, { pages: 1 + (i % 100) }));
  const [{ sizes }] = deriveTrace({ ...NOTHING, requests }).clients;
  assert.is(sizes.value.length, 64);
  assert.is(sizes.value.at(-1)?.pages, 100);
  assert.is(
    sizes.value.reduce((sum, { weight }) => sum + weight, 0),
    300,
  );
  assert.ok(sizes.guess);
});

test('names that would steer a terminal or a YAML file become names of a plan', async () => {
  const facts = await ftraceOf([
    ' \u001b[2J: {x}\u0000-10 [000] .... 1.000000: cma_alloc_start: name=a: {b}\u001b count=4 align=2',
    ' \u001b[2J: {x}\u0000-10 [000] .... 1.100000: cma_alloc_finish: name=a: {b}\u001b pfn=1 page=1 count=4 align=2',
    ' 123-11 [000] .... 2.000000: sched_process_fork: comm=123 pid=11 child_comm=- "#\u001b] child_pid=12',
  ]);
  const derived = deriveTrace(facts);
  assert.not.match(JSON.stringify(derived), /\\u00[01]|\u001b/);
  const [client] = derived.clients;
  assert.equal([client.name, client.area.value], ['j-x', 'a-b']);
  for (const event of derived.events) if ('group' in event) assert.match(event.group, /^[a-z][a-z0-9_-]{0,39}$/);
});

test('names of plans', () => {
  assert.is(planName('com.google.Process:Media 1', 'x'), 'com-google-process-media-1');
  assert.is(planName('123', 'x'), 'x');
  assert.is(planName('a'.repeat(60), 'x').length, 40);
  const names = new UniqueNames();
  assert.equal(
    ['a', 'a', 'b', 'a'.repeat(40), 'a'.repeat(40)].map((name) => names.of(name)),
    ['a', 'a-2', 'b', 'a'.repeat(40), `${'a'.repeat(38)}-2`],
  );
});

test('spans: mean, median and spread with and without ends', () => {
  const span = (length: number, ended = true): { length: number; ended: boolean } => ({ length, ended });
  assert.is(exponentialMean([span(1), span(3), span(4, false)]), 4);
  assert.is(exponentialMean([span(4, false)]), null);
  assert.is(median([span(1), span(2), span(3)]), 2);
  // Half of those that were there at 2 s ended then: 3/4 * 1/2.
  assert.is(median([span(1), span(1.5, false), span(2), span(3)]), 2);
  assert.is(median([span(1), span(5, false), span(5, false)]), null);
  assert.is(median([]), null);
  assert.is(variation([2, 2, 2]), 0);
  assert.is(variation([1]), null);
  assert.is(variation([]), null);
});

test.run();
