/** Ring buffers of a real kernel against what the program that caused the events saw itself. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../plan/packageRoot.ts';
import type { TraceFacts } from '../traceFacts.ts';
import { deriveTrace } from './derive.ts';
import { groupAt } from './deriveLineage.ts';
import { parseFtrace } from './ftraceText.ts';
import { RECORDED_TRACES, testFile } from './testing.ts';

/** The fields of a recording that are compared here. */
interface Recorded {
  readonly params: Readonly<Record<string, string>>;
  readonly workload: { readonly forks: number };
  readonly attempts: readonly {
    readonly t: number;
    readonly size: number;
    readonly align: number;
    readonly outcome: string;
    readonly lat_us: number;
    readonly busy_retry: number;
  }[];
}

function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(join(packageRoot(), 'workloads', 'recordings', `${name}.json`), 'utf8')) as Recorded;
}

function traced(name: string): Promise<TraceFacts> {
  const { path, chunks } = testFile(`${name}.ftrace.txt.gz`);
  return parseFtrace(chunks, path);
}

for (const name of RECORDED_TRACES) {
  test(`${name}: the same requests, sizes, outcomes, retries and times`, async () => {
    const { attempts } = recorded(name);
    const { requests, partial } = await traced(name);
    assert.equal(partial, []);
    assert.equal(
      requests.map(({ pages, alignOrder, ok, busyRetries }) => [pages, alignOrder, ok, busyRetries]),
      attempts.map(({ size, align, outcome, busy_retry }) => [size, align, outcome === 'ok', busy_retry]),
    );
    const offset = attempts[0].t - requests[0].t;
    for (const [i, { t, latency, ok, held }] of requests.entries()) {
      const { lat_us, t: at } = attempts[i];
      // The program's clock runs around the system call, and a child writes to debugfs for it.
      const us = (latency ?? NaN) * 1e6;
      assert.ok(us <= lat_us && us >= 0.6 * lat_us - 500, `request ${i}: ${us} us of ${lat_us}`);
      assert.ok(Math.abs(at - t - offset) < 0.1, `request ${i}: at ${t} s of ${at}`);
      assert.ok(ok !== true || held !== null || name.includes('hold'), `request ${i}: release`);
    }
  });
}

test('raw_heavy_s20_p1000: forks, their rate, and lives of 4 s of which many outlast the trace', async () => {
  const { params, workload } = recorded('raw_heavy_s20_p1000');
  const facts = await traced('raw_heavy_s20_p1000');
  const { spawners, clients, outcomes, notes, lineage } = deriveTrace(facts);
  const [heavy] = spawners;
  assert.is(spawners.length, 1);
  const forks = facts.forks.filter(({ pid }) => pid === heavy.parent.pid).length;
  // The buffer was read when the last child was about to be forked.
  assert.is(forks, workload.forks - 1);
  const wanted = Number(params['frate']);
  const error = Math.sqrt(forks) / facts.seconds;
  assert.ok(Math.abs(heavy.rate.value - wanted) < 2 * error, `${heavy.rate.value}/s`);
  assert.is(heavy.start.value, 'fork');
  assert.is(heavy.lifeKind.value, 'fixed');
  const life = Number(params['life']) / 1e3;
  assert.ok(Math.abs((heavy.life.value ?? 0) / life - 1) < 0.05, heavy.life.how);
  assert.ok(heavy.maxLive.value > wanted * life && heavy.maxLive.value <= Number(params['maxlive']));
  assert.is(clients.length, 1);
  assert.equal([outcomes.requests, outcomes.failed, outcomes.busyRetries], [11, 2, 160]);
  assert.is(clients[0].alignOrder.value, null);
  assert.equal(
    clients[0].sizes.value.map(({ pages }) => pages),
    [1, 16, 256, 1024, 4096, 16_384],
  );
  assert.match(notes.join('\n'), 'some forks may be threads');
  const children = lineage.filter(({ group }) => group === heavy.group);
  assert.is(children.length, forks);
});

for (const name of RECORDED_TRACES) {
  test(`${name}: the events to replay are all births, deaths and requests, in order`, async () => {
    const facts = await traced(name);
    const { events, lineage } = deriveTrace(facts);
    /** By group: `exec`, or the group whose processes fork those of it. */
    const origins = new Map<string, string>();
    const count = (kind: string): number => events.filter((event) => event.kind === kind).length;
    assert.is(count('cma'), facts.requests.length);
    assert.is(count('fork') + count('exec'), facts.forks.length);
    assert.is(count('exit'), lineage.filter(({ bornAt, diedAt }) => bornAt !== null && diedAt !== null).length);
    const born = new Map<string, string>();
    let before = 0;
    for (const event of events) {
      assert.ok(event.at >= before && event.at <= facts.seconds, `${event.at}`);
      before = event.at;
      if (event.kind === 'exit') assert.ok(born.delete(event.name), `${event.name} is not alive`);
      if (event.kind === 'fork' || event.kind === 'exec') {
        assert.match(event.name, /^[a-z][a-z0-9_-]{0,39}$/);
        assert.ok(!born.has(event.name), `${event.name} is alive`);
        const { parent, bornAt } = lineage[event.node];
        const origin = event.kind === 'exec' ? 'exec' : groupAt(lineage[parent!], bornAt!);
        assert.is(origins.get(event.group) ?? origin, origin, `${event.group}: not all are born alike`);
        origins.set(event.group, origin);
        if (event.kind === 'fork' && event.from !== null)
          assert.is(born.get(event.from), origin, `${event.from} is no parent of ${event.name}`);
        born.set(event.name, event.group);
      }
    }
  });
}

test.run();
