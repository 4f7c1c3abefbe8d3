/** Workloads from traces: at the rates that were recorded, or event by event. */
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { createReadStream } from 'node:fs';
import * as assert from 'uvu/assert';
import { runCell } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import { REPLAY_LIMITS } from '../plan/index.ts';
import { suiteInScratch } from '../testing/command.ts';
import { importWorkload, type Imported } from './importWorkload.ts';
import { descriptionOf, importOf, mapping, testdata, valuesOf, write } from './testing.ts';
import { parseFtrace } from './trace/ftraceText.ts';
import { RECORDED_TRACES } from './trace/testing.ts';
import type { TraceFacts } from './traceFacts.ts';

const test = suiteInScratch('workloads from traces');

const HEAVY = testdata('raw_heavy_s20_p1000.ftrace.txt.gz');
const HEAVY_FILES = testdata('raw_heavy_s20_p1000.tar.gz');

const replayOf = (...paths: readonly string[]): Promise<Imported> =>
  importWorkload(paths, { as: null, device: null, replay: true });
const factsOf = (path: string): Promise<TraceFacts> => parseFtrace(createReadStream(path), path);
const said = ({ draft, facts }: Imported): string => [...facts.partial, ...draft.notes].join('\n');

/** A line of ftrace text. */
const line = (t: number, who: string, event: string): string => ` ${who} [000] .... ${t.toFixed(6)}: ${event}\n`;
const fork = (t: number, pid: number, child: number, comm = 'zygote'): string =>
  line(t, `${comm}-${pid}`, `sched_process_fork: comm=${comm} pid=${pid} child_comm=${comm} child_pid=${child}`);
const exit = (t: number, pid: number, comm = 'zygote'): string =>
  line(t, `${comm}-${pid}`, `sched_process_exit: comm=${comm} pid=${pid} prio=120`);
const asks = (t: number, who: string, pages: number, area = 'reserved'): string =>
  line(t, who, `cma_alloc_start: name=${area} count=${pages} align=4`);
const gets = (t: number, who: string, pages: number, area = 'reserved'): string =>
  line(t, who, `cma_alloc_finish: name=${area} pfn=0x20000 page=0 count=${pages} align=4 errorno=0`);

const HEAD = '# tracer: nop\n';

test('a capture with its trace: who forks is who was captured, at the recorded rate, for as long as recorded', async () => {
  const imported = await importOf(HEAVY_FILES, HEAVY);
  const { load, ksm, memory } = descriptionOf(imported);
  assert.equal([ksm.sleep_millisecs, ksm.pages_to_scan], [20, 1000]);
  assert.is(
    memory.cma.reduce((sum, { pages }) => sum + pages, 0),
    32_768,
  );
  const [spawner, ...others] = load.spawners;
  assert.equal(others, []);
  const group = load.groups.find(({ name }) => name === spawner.group)!;
  const worker = load.groups.find(({ name }) => name === group.parent)!;
  const heap = worker.regions.find(({ mergeable }) => mergeable)!;
  assert.equal([worker.count, heap.pages, group.regions], [1, 96 * 256, []]);
  // All of the 12 children that were captured are those that it forks.
  assert.equal(
    load.groups.filter(({ parent }) => parent === worker.name).map(({ count }) => count),
    [12],
  );
  const { forks, seconds, requests } = await factsOf(HEAVY);
  assert.ok(Math.abs(spawner.perSecond - 2) < (2 * Math.sqrt(forks.length)) / seconds, `${spawner.perSecond}`);
  assert.is(spawner.lifeKind, 'fixed');
  assert.ok(Math.abs((spawner.lifeNs ?? 0) / 4e9 - 1) < 0.05, `${spawner.lifeNs}`);
  const [client] = load.cmaClients;
  assert.equal(
    client.sizes.map(({ pages, weight }) => [pages, weight]),
    [...new Set(requests.map(({ pages }) => pages))]
      .sort((a, b) => a - b)
      .map((pages) => [pages, requests.filter((request) => request.pages === pages).length]),
  );
  const rate = imported.draft.entries().find(({ steps }) => steps.join('.') === `spawners.${spawner.name}.rate`)!;
  assert.is(rate.guess, null);
  assert.match(rate.source?.field ?? '', /39 forks by exe \(64\) in 18\.1 s/);
  assert.is(rate.source?.file, HEAVY);
});

test('replayed: every request and fork of the recording, at its time, under several strategies', async () => {
  const description = descriptionOf(await replayOf(HEAVY_FILES, HEAVY));
  const { forks, requests, seconds, exits } = await factsOf(HEAVY);
  const { events = [], spawners, cmaClients } = description.load;
  assert.equal([spawners, cmaClients], [[], []]);
  assert.ok(description.durationNs > seconds * 1e9 && description.durationNs < seconds * 1e9 + 2e6);
  const asked = events.flatMap((event) => (event.action === 'cma' ? [event] : []));
  assert.equal(
    asked.map(({ at, pages, alignOrder }) => [at, pages, alignOrder]),
    requests.map(({ t, pages, alignOrder }) => [Math.round(t * 1e9), pages, alignOrder]),
  );
  assert.is(events.filter(({ action }) => action === 'start').length, forks.length);
  const born = new Set(forks.map(({ childPid }) => childPid));
  assert.is(events.filter(({ action }) => action === 'exit').length, exits.filter(({ pid }) => born.has(pid)).length);
  for (const strategy of ['stock', 'root-search']) {
    const { attempts } = runCell({ description, strategies: [strategy], seed: 1, auditEveryNs: 0 });
    assert.equal(
      attempts.map(({ pages }) => pages),
      requests.map(({ pages }) => pages),
    );
    attempts.forEach(({ at }, i) => {
      const before = attempts.at(i - 1);
      const due = i > 0 && before !== undefined ? Math.max(asked[i].at, before.at + before.latency) : asked[i].at;
      assert.ok(at >= asked[i].at && at - due < 50e6, `${strategy}: request ${i} at ${at}, due at ${due}`);
    });
  }
});

for (const name of RECORDED_TRACES) {
  test(`${name} alone: a complete workload, and a replay of every request`, async () => {
    const path = testdata(`${name}.ftrace.txt.gz`);
    const { requests, forks } = await factsOf(path);
    const rates = descriptionOf(await importOf(path));
    assert.ok(rates.load.groups.length > 0 && rates.load.cmaClients.length > 0 && rates.load.spawners.length > 0);
    const replayed = await replayOf(path);
    const { events = [] } = descriptionOf(replayed).load;
    assert.is(events.filter(({ action }) => action === 'cma').length, requests.length);
    assert.is(events.filter(({ action }) => action === 'start').length, forks.length);
    assert.not.match(said(replayed), 'are not replayed');
  });
}

test('a zygote makes it Android: apps are launched into the group of the device, and what is not known is added', async ({
  dir,
}) => {
  const lines = [
    ...Array.from({ length: 20 }, (_, i) => fork(i + 1, 100, 1000 + i)),
    line(2.5, 'adbd-80', 'oom_score_adj_update: pid=80 comm=adbd oom_score_adj=-900'),
    ...Array.from({ length: 9 }, (_, i) => fork(i * 2 + 1.5, 80, 2000 + i, 'adbd')),
    asks(21, 'cam-7', 112),
    gets(21.1, 'cam-7', 112),
  ];
  const imported = await importOf(join(write(dir, { 'zygote.txt': HEAD + lines.join('') }), 'zygote.txt'));
  assert.is(imported.base.name, 'zx1800-512');
  const { load } = descriptionOf(imported);
  assert.equal(load.spawners.map(({ group }) => group).sort(), ['adbd-child', 'app']);
  const app = load.groups.find(({ name }) => name === 'app')!;
  // Those that were there live on beside those that were launched.
  assert.is(load.spawners.find(({ group }) => group === 'app')!.maxLive, app.count + 20);
  const adbd = load.groups.find(({ name }) => name === 'adbd')!;
  assert.equal([adbd.count, adbd.oomScoreAdj], [1, -900]);
  assert.match(valuesOf(imported).get('groups.adbd.start') ?? '', 'exec');
  assert.ok(imported.draft.isGuess(['groups', 'adbd', 'regions', 'native-heap', 'size']));
});

test('of several traces the longest is used, and that is said', async ({ dir }) => {
  const path = join(write(dir, { 'short.txt': HEAD + fork(1, 5, 6, 'a') + asks(2, 'b-7', 4) }), 'short.txt');
  const imported = await importOf(path, HEAVY);
  assert.match(said(imported), /several traces: the longest, .*raw_heavy.* of 18\.1 s, is used; of .*short\.txt only/);
  assert.equal(
    imported.traces.map(({ outcomes }) => outcomes.requests),
    [11, 1],
  );
});

test('threads of one name that ask at the same time are clients of their own in a replay', async ({ dir }) => {
  const lines = [asks(1, 'cam-7', 16), asks(1.5, 'cam-8', 32), gets(2, 'cam-7', 16), gets(3, 'cam-8', 32)];
  const apart = [asks(1, 'cam-7', 16), gets(1.2, 'cam-7', 16), asks(1.5, 'cam-8', 32), gets(3, 'cam-8', 32)];
  const names: string[][] = [];
  for (const [name, text] of [
    ['at-once.txt', lines],
    ['apart.txt', apart],
  ] as const) {
    const { load } = descriptionOf(await replayOf(join(write(dir, { [name]: HEAD + text.join('') }), name)));
    names.push((load.events ?? []).flatMap((event) => (event.action === 'cma' ? [event.client] : [])));
  }
  assert.equal(names, [
    ['cam', 'cam-2'],
    ['cam', 'cam'],
  ]);
});

test('what a workload cannot replay is left out and counted: processes, events, requests', async ({ dir }) => {
  const crowd = Array.from({ length: 700 }, (_, i) => fork(i * 0.01, 100, 1000 + i)).join('');
  const ends = Array.from({ length: 700 }, (_, i) => exit(10 + i * 0.01, 1000 + i)).join('');
  const large = asks(18, 'cam-7', 60_000);
  const crowded = await replayOf(join(write(dir, { 'crowd.txt': HEAD + crowd + ends + large }), 'crowd.txt'));
  const { load } = descriptionOf(crowded);
  const there = load.groups.reduce((sum, { count }) => sum + count, 0);
  assert.is((load.events ?? []).filter(({ action }) => action === 'start').length, REPLAY_LIMITS.processes - there);
  assert.match(said(crowded), /events: \d+ are not replayed: 512 processes at once are the most/);
  assert.match(said(crowded), 'events: 1 are not replayed: requests larger than area default');

  const count = REPLAY_LIMITS.events / 2 + 500;
  const many = Array.from({ length: count * 2 }, (_, i) => {
    const t = i * 0.001;
    return asks(t, 'cam-7', 16) + gets(t + 0.0005, 'cam-7', 16);
  });
  const path = join(write(dir, { 'many.txt.gz': gzipSync(HEAD + many.join('')) }), 'many.txt.gz');
  const cut = await replayOf(path);
  assert.is(cut.draft.names(['events']).length, REPLAY_LIMITS.events);
  assert.match(said(cut), 'events: 1000 of 51000, from 50.0 s on, are not replayed');
});

test('what is not in the area is not asked for', async ({ dir }) => {
  const text = HEAD + asks(1, 'cam-7', 600_000) + asks(2, 'vid-8', 16) + gets(2.1, 'vid-8', 16);
  const imported = await importOf(join(write(dir, { 'large.txt': text }), 'large.txt'));
  assert.equal(
    descriptionOf(imported).load.cmaClients.map(({ name }) => name),
    ['vid'],
  );
  assert.match(said(imported), /cma_clients\.cam: 1 sizes are larger than area/);
});

test('names of processes neither break out of the workload nor collide with those of events', async ({ dir }) => {
  const evil = 'p101\u001b[31m: "#';
  const lines = [fork(1, 100, 101, 'p101'), fork(2, 55, 102, evil), exit(3, 101, 'p101'), asks(4, `${evil}-55`, 4)];
  const path = join(write(dir, { 'evil.txt': HEAD + lines.join('') }), 'evil.txt');
  for (const imported of [await importOf(path), await replayOf(path)]) {
    assert.not.match(imported.yaml, '\u001b');
    for (const { name } of descriptionOf(imported).load.groups) assert.match(name, /^[a-z][a-z0-9_-]*$/);
  }
});

test('a captured process of a pid that another had before keeps its group', async ({ dir }) => {
  const amounts = { Rss: 400, Pss: 400, Private_Dirty: 400, Anonymous: 400, mg: 1 };
  const path = write(join(dir, 'reused'), {
    'proc/101/smaps': mapping(0x1000, 100, '[heap]', amounts),
    'proc/101/cmdline': 'mediaserver\0',
    'trace.txt': HEAD + fork(1, 100, 101) + exit(2, 101) + fork(3, 100, 103),
  });
  const { load } = descriptionOf(await replayOf(path));
  assert.is(load.groups.find(({ name }) => name === 'mediaserver')?.count, 1);
});

test('who forks is there, also where no event starts it', async ({ dir }) => {
  const exec = (t: number, pid: number, name: string): string =>
    line(t, `${name}-${pid}`, `sched_process_exec: filename=/bin/${name} pid=${pid} old_pid=${pid}`);
  const lines = [
    // Was there, and calls exec within the trace.
    exec(1, 62, 'logd') + fork(2, 62, 63, 'logd'),
    // A grandchild, of a kind of which the first has no children.
    fork(3, 70, 71, 'sh') + fork(4, 70, 72, 'sh') + fork(5, 72, 73, 'sh'),
    Array.from({ length: 6 }, (_, i) => fork(6 + i, 73, 80 + i, 'sh')).join(''),
  ];
  const path = join(write(dir, { 'forks.txt': HEAD + lines.join('') }), 'forks.txt');
  assert.ok(descriptionOf(await importOf(path)).load.spawners.length > 0);
  const { load } = descriptionOf(await replayOf(path));
  assert.is((load.events ?? []).filter(({ action }) => action === 'start').length, 10);
});

test('a replay needs a trace', async () => {
  try {
    await replayOf(HEAVY_FILES);
    assert.unreachable();
  } catch (thrown) {
    assert.instance(thrown, UsageError);
    assert.match((thrown as UsageError).message, 'no trace among the inputs');
  }
});

test.run();
