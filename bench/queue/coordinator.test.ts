/** The coordinator without Redis: what it does with results that are doubled, wrong, lost or forgotten. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DeterminismError } from '../errors.ts';
import type { Cell } from '../plan/types.ts';
import type { WorkerReply } from '../run/worker.ts';
import { madeUpRecord } from '../testing/records.ts';
import { Coordinator, type Counts, type Store } from './coordinator.ts';
import { jobOf, type JobCell } from './protocol.ts';
import { entryFields, notRunEntry, readDelivery, resultLine, resultsEntry, type Entry } from './results.ts';
import type { QueuedJob, StoredEntry } from './store.ts';

const place = (seed: number): JobCell => ({ workload: 0, strategy: 0, seed, id: seed.toString(16).padStart(16, '0') });

function cell(seed: number): Cell {
  const { id } = place(seed);
  const settings = { 'ksm.run': 1 };
  return { id, workload: 'w', strategy: 'stock', kernel: 'k', device: 'd', seed, settings, input: null as never };
}

function reply(seed: number, failures = 0): WorkerReply {
  const { id, settings } = cell(seed);
  return { ok: true, record: { ...madeUpRecord('w', 'stock', seed, 10, failures), id, settings }, wallSeconds: 0.01 };
}

function delivered(job: string, seeds: readonly number[], failures = 0): Entry {
  const lines = seeds.map((seed) => resultLine({ cell: place(seed), reply: reply(seed, failures) }));
  return resultsEntry('w1', job, lines);
}

/** A worker that does at once what `work` says: the entries it sends of a job, null when it dies with it. */
class FakeStore implements Store {
  waiting: QueuedJob[] = [];
  entries: StoredEntry[] = [];
  handed = 0;
  #ids = 0;
  readonly work: (job: QueuedJob) => readonly Entry[];

  constructor(work: (job: QueuedJob) => readonly Entry[]) {
    this.work = work;
  }

  send(entry: Entry): void {
    const fields = entryFields(entry).map((field) => (typeof field === 'string' ? Buffer.from(field) : field));
    this.entries.push({ id: `${++this.#ids}-0`, fields });
  }

  addJob(id: string, cells: readonly JobCell[]): Promise<void> {
    this.waiting.push({ id, cells });
    this.handed++;
    return Promise.resolve();
  }
  wake(): Promise<void> {
    return Promise.resolve();
  }
  jobs(): Promise<QueuedJob[]> {
    return Promise.resolve(this.waiting);
  }
  takeBack(): Promise<void> {
    this.waiting = [];
    return Promise.resolve();
  }
  read(wait: boolean): Promise<StoredEntry[]> {
    const job = wait ? this.waiting.shift() : undefined;
    if (job !== undefined) for (const entry of this.work(job)) this.send(entry);
    return Promise.resolve(this.entries.slice(0, 16));
  }
  forget(entries: readonly StoredEntry[]): Promise<void> {
    this.entries = this.entries.filter((entry) => !entries.includes(entry));
    return Promise.resolve();
  }
}

interface Outcome {
  readonly journal: Map<string, WorkerReply>;
  readonly counts: Counts;
  readonly said: string[];
}

async function run(
  store: FakeStore,
  cells: readonly Cell[],
  { earlier = new Map<string, number>(), signal = new AbortController().signal, reconcile = 0 } = {},
): Promise<Outcome> {
  const journal = new Map<string, WorkerReply>();
  const counts = { done: 0, failed: 0, duplicates: 0, refused: 0, lost: 0, again: 0 };
  const said: string[] = [];
  const onCell = ({ id }: Cell, got: WorkerReply): Promise<void> => {
    assert.not.ok(journal.has(id), `cell ${id} came into the journal twice`);
    journal.set(id, got);
    return Promise.resolve();
  };
  const coordinator = new Coordinator(cells, {
    store,
    sitting: 's',
    handlers: { signal, onCell },
    counts,
    placeOf: ({ seed }) => place(seed),
    cellAt: ({ seed }) => cell(seed),
    earlier: () => Promise.resolve(earlier),
    beat: () => Promise.resolve([]),
    heartbeat: Infinity,
    reconcile,
    losses: () => 0,
    say: (_name, text) => said.push(text),
  });
  await coordinator.run();
  return { journal, counts, said };
}

const seedsOf = ({ cells }: QueuedJob): number[] => cells.map(({ seed }) => seed);
const honest = (job: QueuedJob): Entry[] => [delivered(job.id, seedsOf(job))];
const plan = (count: number): Cell[] => Array.from({ length: count }, (_, index) => cell(index + 1));

test('every cell comes once, in jobs that grow', async () => {
  const store = new FakeStore(honest);
  const { journal, counts } = await run(store, plan(500), { reconcile: Infinity });
  assert.is(journal.size, 500);
  assert.equal(counts, { done: 500, failed: 0, duplicates: 0, refused: 0, lost: 0, again: 0 });
  assert.ok(store.handed < 50, `${store.handed} jobs for 500 cells`);
});

test('a doubled result is dropped and counted', async () => {
  const { journal, counts } = await run(new FakeStore((job) => [...honest(job), ...honest(job)]), plan(5), {
    reconcile: Infinity,
  });
  assert.is(journal.size, 5);
  // That of the last job is deleted with the run.
  assert.ok(counts.duplicates >= 4, `${counts.duplicates}`);
});

test('a doubled result that differs is an alarm that names cell and worker', async () => {
  const store = new FakeStore((job) => [...honest(job), delivered(job.id, seedsOf(job), 1)]);
  try {
    await run(store, plan(5));
    assert.unreachable('nobody noticed');
  } catch (thrown) {
    assert.instance(thrown, DeterminismError);
    assert.match(
      (thrown as Error).message,
      /^cell 000000000000000\d has two results: [0-9a-f]{12} .* worker w1 got [0-9a-f]{12}$/,
    );
  }
});

test('a result of the journal of an earlier sitting is compared with it', async () => {
  const store = new FakeStore(honest);
  store.send(delivered('old', [9]));
  try {
    await run(store, plan(2), { earlier: new Map([[place(9).id, 1]]) });
    assert.unreachable('nobody noticed');
  } catch (thrown) {
    assert.instance(thrown, DeterminismError);
  }
});

test('what an earlier sitting left is taken: results, and jobs that are not handed out again', async () => {
  const store = new FakeStore(honest);
  store.send(delivered('old-1', [2]));
  store.waiting.push({ id: 'old-2', cells: [place(1), place(3)] });
  const { journal, counts } = await run(store, plan(3), { reconcile: Infinity });
  assert.is(journal.size, 3);
  assert.is(store.handed, 0);
  assert.is(counts.duplicates, 0);
});

test('a result that is none is refused, and its cells run again, three times at most', async () => {
  let attempts = 0;
  const store = new FakeStore((job) => {
    const seeds = seedsOf(job);
    if (!seeds.includes(2)) return honest(job);
    const line = resultLine({ cell: place(2), reply: reply(7) });
    return ++attempts < 3 ? [resultsEntry('w1', job.id, [line])] : honest(job);
  });
  const { journal, counts, said } = await run(store, plan(3), { reconcile: Infinity });
  assert.ok(journal.get(place(2).id)?.ok);
  assert.is(counts.refused, 2);
  assert.match(said.join('\n'), 'refused a result of worker w1: result: id: is not that of the cell');
});

for (const [name, spoil] of [
  ['a wrong checksum', (entry: Entry) => ({ ...entry, sum: '0'.repeat(16) })],
  ['broken compression', (entry: Entry) => ({ ...entry, data: entry.data.subarray(5) })],
  [
    'a field too many',
    (entry: Entry) => {
      const delivery = readDelivery(entry);
      if (delivery.kind !== 'results') throw new Error(delivery.kind);
      const lines = delivery.results.map((result) => resultLine(result).replace('"samples":', '"more":1,"samples":'));
      return resultsEntry('w1', entry.job, lines);
    },
  ],
  ['an unknown kind', (entry: Entry) => ({ ...entry, kind: 'poem' })],
] as const)
  test(`refused: ${name}`, async () => {
    let spoilt = false;
    const store = new FakeStore((job) => {
      const [entry] = honest(job);
      if (spoilt) return [entry];
      spoilt = true;
      return [spoil(entry)];
    });
    const { journal, counts } = await run(store, plan(2), { reconcile: Infinity });
    assert.is(journal.size, 2);
    assert.is(counts.refused, 1);
  });

test('a cell that is lost three times is recorded as failed with the cause, and the others go on', async () => {
  const store = new FakeStore((job) =>
    seedsOf(job).includes(2) ? [notRunEntry('w2', job.id, 'lost', job.cells, 'it went away')] : honest(job),
  );
  const { journal, counts } = await run(store, plan(9), { reconcile: Infinity });
  assert.is(journal.size, 9);
  const poison = journal.get(place(2).id)!;
  assert.not.ok(poison.ok);
  assert.match(JSON.stringify(poison), 'no worker ended it in 3 attempts: it went away');
  assert.is(counts.failed, 1);
  assert.is([...journal.values()].filter(({ ok }) => ok).length, 8);
});

test('what Redis has forgotten is handed out again', async () => {
  let forgotten = 0;
  const store = new FakeStore((job) => (++forgotten <= 2 ? [] : honest(job)));
  const { journal, counts } = await run(store, plan(6));
  assert.is(journal.size, 6);
  assert.is(counts.again, 2);
});

test('after the signal: no further jobs, those that wait are taken back', async () => {
  const controller = new AbortController();
  const store = new FakeStore((job) => {
    controller.abort();
    return honest(job);
  });
  const { journal } = await run(store, plan(100), { signal: controller.signal, reconcile: Infinity });
  assert.is(journal.size, 1);
  assert.equal(store.waiting, []);
});

test('jobs say which cells, and nothing else', () => {
  assert.equal(jobOf([place(3)]), { cells: [[0, 0, 3, '0000000000000003']] });
});

test.run();
