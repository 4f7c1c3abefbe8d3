/** Replayed events on a small device: who is started and ended, asks for memory and writes to ksmd, and when. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SECOND } from '../clock/units.ts';
import type { ReplayEvent } from '../description.ts';
import { runCell } from '../device.ts';
import { Lives } from '../watch/lives.ts';
import type { Watch } from '../watch/watch.ts';
import { cell, client, device, ended, replayOf, requested, spawner, started, written } from './testing.ts';
import type { World } from './world.ts';

const MS = SECOND / 1e3;

/** One birth or exit that a replay made, times in ms of measured time. */
interface Step {
  readonly what: 'born' | 'exited';
  readonly name: string;
  /** '' for exec and at exits. */
  readonly parent: string;
  readonly ms: number;
}

/** Runs a replay with audits and tells what became of it. */
function replay(events: readonly ReplayEvent[], options: Parameters<typeof cell>[1] = {}, changes = {}, load = {}) {
  const steps: Step[] = [];
  const lives = new Lives();
  let world: World | null = null;
  const description = device(replayOf(events, load), changes);
  const ms = (now: number): number => (now - description.warmupNs) / MS;
  const watch: Watch = {
    built: (one) => (world = one),
    forked: (parent, child) => lives.forked(parent, child, 0),
    born: (process, mm, parentMm, _began, now) => {
      lives.born(process, mm, parentMm, now);
      if (now > 0)
        steps.push({ what: 'born', name: process.name, parent: lives.of(parentMm)?.name ?? '', ms: ms(now) });
    },
    exited: (process, mm, now) => {
      lives.exited(mm, now);
      steps.push({ what: 'exited', name: process.name, parent: '', ms: ms(now) });
    },
  };
  const seen = runCell(cell(description, { auditEveryNs: SECOND / 20, ...options }), [], watch);
  const living = world!.processes.all().map((process) => process.name);
  return { seen, steps, living, world: world! };
}

test('processes are started and ended at their times, under their names, by whom it says', () => {
  const { seen, steps, living } = replay([
    started(100 * MS, 'app', { name: 'p1' }),
    started(200 * MS, 'job', { from: 'p1', name: 'p2' }),
    started(250 * MS, 'job'),
    started(300 * MS, 'server', { name: 'p3' }),
    ended(1000 * MS, { name: 'p1' }),
    ended(1100 * MS, { name: 'p3' }, 'kill'),
  ]);
  const named = steps.map(({ what, name, parent }) => [what, name, parent]);
  assert.equal(named.slice(0, 2), [
    ['born', 'app p1', 'zygote 0'],
    ['born', 'job p2', 'app p1'],
  ]);
  assert.match(named[2][1], /^job \d+$/);
  assert.is(named[2][2], 'app 1', 'the oldest of the parent group');
  assert.equal(named.slice(3), [
    ['born', 'server p3', ''],
    ['exited', 'app p1', ''],
    ['exited', 'server p3', ''],
  ]);
  const due = [100, 200, 250, 300, 1000, 1100];
  steps.forEach(({ ms }, index) => assert.ok(ms >= due[index] && ms < due[index] + 20, `${ms} for ${due[index]}`));
  assert.is(living.length, 4, living.join());
  assert.equal(seen.replay, { events: 6, missed: 0 });
  assert.is(seen.counts.forks, 3);
  assert.is(seen.counts.exits, 2);
});

test('what is asked of a process that is not there yet waits for it', () => {
  const at = 100 * MS;
  const { seen, steps, living } = replay([
    started(at, 'app', { name: 'p1' }),
    started(at, 'job', { from: 'p1', name: 'p2' }),
    started(at, 'job', { from: 'p1' }),
    ended(at, { name: 'p1' }),
    ended(at, { oldestOf: 'job' }),
  ]);
  const made = steps.filter(({ what }) => what === 'born').map(({ name, parent }) => [name.split(' ')[0], parent]);
  assert.equal(made, [
    ['app', 'zygote 0'],
    ['job', 'app p1'],
    ['job', 'app p1'],
  ]);
  assert.equal(
    living.filter((name) => name.startsWith('job')),
    ['job p2'],
  );
  assert.is(living.length, 3);
  assert.is(seen.replay!.missed, 0);
});

test('the oldest without a name ends, and a name can be given again', () => {
  const { living, seen } = replay([
    started(100 * MS, 'app', { name: 'p1' }),
    started(200 * MS, 'app'),
    ended(300 * MS, { oldestOf: 'app' }),
    ended(400 * MS, { name: 'p1' }),
    started(400 * MS, 'app', { name: 'p1' }),
    ended(500 * MS, { oldestOf: 'app' }, 'kill'),
  ]);
  assert.equal(living, ['zygote 0', 'app p1']);
  assert.equal(seen.replay, { events: 6, missed: 0 });
});

test('events of processes that are gone are missed, with all that hangs on them', () => {
  const { living, seen } = replay([
    ended(100 * MS, { oldestOf: 'zygote' }, 'kill'),
    started(300 * MS, 'app', { name: 'p1' }),
    started(310 * MS, 'job', { from: 'p1', name: 'p2' }),
    ended(320 * MS, { name: 'p2' }),
    ended(330 * MS, { name: 'p1' }),
    ended(340 * MS, { oldestOf: 'job' }),
  ]);
  assert.equal(living, ['app 1']);
  assert.equal(seen.replay, { events: 6, missed: 5 });
});

test('requests of one client follow each other, those of two do not wait', () => {
  const whole = { pages: 2048, holdNs: null };
  const { seen } = replay([
    requested(100 * MS, { client: 'a', holdNs: 300 * MS }),
    requested(100 * MS, { client: 'a', pages: 128, alignOrder: 3 }),
    requested(100 * MS, { client: 'b', pages: 32 }),
    requested(1000 * MS, { client: 'a', ...whole }),
    requested(2000 * MS, { client: 'b', pages: 1 }),
  ]);
  const at = seen.attempts.map((attempt) => [attempt.client, attempt.pages, Math.floor(attempt.at / MS / 100)]);
  assert.equal(at.sort().join(' '), 'a,128,1 a,2048,10 a,64,1 b,1,20 b,32,1');
  const [first, second] = seen.attempts.filter((attempt) => attempt.client === 'a');
  assert.ok(second.at >= first.at + first.latency, 'the second one waits for the first');
  // The area is held to the end by then.
  assert.equal(
    seen.attempts.map(({ errno }) => errno),
    [0, 0, 0, 0, -12],
  );
});

test('a request at the very start of measuring is measured', () => {
  assert.is(replay([requested(0)]).seen.attempts.length, 1);
});

test('ksmd is stopped, run, set and unmerged', () => {
  const events = [
    written(500 * MS, { run: 0 }),
    written(1500 * MS, { run: 1, pages_to_scan: 170, sleep_millisecs: 50 }),
    written(2500 * MS, { run: 2 }),
  ];
  const { seen, world } = replay(events);
  assert.is(world.kernel.ksmd.run, 2);
  assert.is(world.kernel.ksmd.pagesToScan, 170);
  assert.is(world.kernel.ksmd.sleepMillisecs, 50);
  const [stopped, running, unmerged] = seen.samples;
  assert.ok(stopped.ksmPages > 0 && running.full_scans > stopped.full_scans);
  assert.is(unmerged.ksmPages, 0);
  assert.is(unmerged.rmapItems, 0);
  const stoppedFor = replay([written(0, { run: 0 })]).seen;
  assert.is(stoppedFor.samples[0].full_scans, stoppedFor.samples.at(-1)!.full_scans);
  assert.is(replay([written(0, { run: 1 })], { strategies: ['ksm-off'] }).seen.ksm.pagesScanned, 0);
});

test('processes that die while ksmd is stopped wait for it, however many', () => {
  const events: ReplayEvent[] = [written(0, { run: 0 })];
  for (let i = 0; i < 60; i++) {
    events.push(started((100 + 20 * i) * MS, 'job'), ended((115 + 20 * i) * MS, { oldestOf: 'job' }));
  }
  events.push(written(2000 * MS, { run: 1 }));
  const { seen } = replay(events);
  assert.equal(seen.replay, { events: 122, missed: 0 });
  assert.is(seen.samples.at(-1)!.processes, 2);
});

test('the same lives under every strategy, and for every seed', () => {
  const events = [
    started(100 * MS, 'app', { name: 'p1', startupNs: SECOND / 2 }),
    started(700 * MS, 'job', { from: 'p1' }),
    requested(800 * MS, { pages: 1024 }),
    requested(900 * MS, { pages: 1024, holdNs: SECOND }),
    ended(1000 * MS, { name: 'p1' }),
  ];
  const told = (options: Parameters<typeof cell>[1]) => {
    const { seen, steps } = replay(events, options);
    return { at: seen.attempts.map(({ pages }) => pages), lives: steps.map(({ what, name }) => `${what} ${name}`) };
  };
  const stock = told({});
  for (const options of [{ strategies: ['root-search'] }, { strategies: ['heir-items'] }, { seed: 9 }])
    assert.equal(told(options), stock);
});

test('a replay beside spawners and clients: owners and names do not meet', () => {
  const load = {
    spawners: [spawner('apps', { group: 'app', perSecond: 8, maxLive: 6, lifeNs: SECOND / 2 })],
    cmaClients: [client('drawn')],
  };
  const events = [started(100 * MS, 'app', { name: 'p1' }), requested(200 * MS), ended(3000 * MS, { oldestOf: 'app' })];
  const { seen, steps } = replay(events, {}, {}, load);
  assert.ok(seen.counts.forks > 10);
  assert.ok(seen.attempts.some((attempt) => attempt.client === 'drawn'));
  assert.is(seen.attempts.filter((attempt) => attempt.client === 'camera').length, 1);
  const born = steps.filter(({ what }) => what === 'born').map(({ name }) => name);
  assert.is(new Set(born).size, born.length);
});

test('a storm on one CPU: what cannot be forked in time is missed, nothing breaks', () => {
  const events: ReplayEvent[] = [];
  for (let i = 0; i < 400; i++) {
    events.push(started(i * MS, 'app', { name: `p${i}` }));
    if (i >= 5) events.push(ended(i * MS + 1, { name: `p${i - 5}` }, i % 2 === 0 ? 'exit' : 'kill'));
  }
  const { seen, living } = replay(events, {}, { cpus: 1 });
  assert.ok(seen.counts.forks > 100);
  assert.ok(living.length <= 2 + 5, living.join());
  assert.ok(seen.replay!.missed > 0);
});

test.run();
