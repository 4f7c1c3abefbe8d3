/** What `cma-stress trace` writes, read again: the same requests and forks as the cell had. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runCell, Tracer } from '../../../sim/index.ts';
import { attemptsOf } from '../../run/attemptLog.ts';
import { reduceCell } from '../../run/reduce.ts';
import { failingCell, traceText } from '../../trace/testing.ts';
import type { TraceFacts } from '../traceFacts.ts';
import { looksLikeChromeJson, parseChromeJson } from './chromeJson.ts';
import { deriveTrace } from './derive.ts';
import { looksLikeFtrace, parseFtrace } from './ftraceText.ts';
import { chunksOf } from './testing.ts';

interface Forked {
  readonly pid: number;
  readonly child: number;
  /** s. */
  readonly at: number;
}
interface Context {
  readonly attempts: ReturnType<typeof attemptsOf>;
  readonly forks: readonly Forked[];
  readonly deaths: readonly number[];
  readonly read: Readonly<Record<'ftrace' | 'perfetto', TraceFacts>>;
}

const test = suite<Context>('round trip');

test.before(async (context) => {
  const cell = failingCell();
  const forks: Forked[] = [];
  const deaths: number[] = [];
  const tracer = new Tracer((event) => {
    if (event.kind === 'fork') forks.push({ pid: event.pid, child: event.child, at: event.at / 1e9 });
    if (event.kind === 'life' && event.edge === 'end' && event.task !== null) deaths.push(event.pid);
  }, []);
  const seen = runCell(cell.input, [], tracer);
  const groups = ['cma', 'process', 'merge', 'counter'] as const;
  const { text: ftrace } = await traceText(cell, 'ftrace', { groups });
  const { text: perfetto } = await traceText(cell, 'perfetto', { groups });
  assert.ok(looksLikeFtrace(ftrace.slice(0, 4096)) && !looksLikeFtrace(perfetto.slice(0, 4096)));
  assert.ok(looksLikeChromeJson(perfetto.slice(0, 4096)) && !looksLikeChromeJson(ftrace.slice(0, 4096)));
  Object.assign(context, {
    attempts: attemptsOf(reduceCell(cell, seen).attemptLog),
    forks,
    deaths,
    read: {
      ftrace: await parseFtrace(chunksOf(ftrace), 'trace.txt'),
      perfetto: await parseChromeJson(chunksOf(perfetto), 'trace.json'),
    },
  });
});

for (const form of ['ftrace', 'perfetto'] as const) {
  test(`${form}: requests as the results have them`, ({ attempts, read }) => {
    const { requests, measuredFrom, partial } = read[form];
    assert.equal(partial, []);
    assert.ok(attempts.some(({ errno }) => errno !== 0));
    const byTime = [...attempts].sort((a, b) => a.at - b.at);
    assert.is(requests.length, byTime.length);
    for (const [i, { at, latency, pages, errno, client }] of byTime.entries()) {
      const request = requests[i];
      assert.equal([request.pages, request.ok], [pages, errno === 0]);
      assert.is(request.errno, Math.abs(errno));
      assert.match(request.comm, client.slice(0, 11));
      // ftrace text has microseconds.
      assert.ok(Math.abs(request.t - (measuredFrom ?? NaN) - at / 1e9) < 2e-6, `request ${i}: ${request.t}`);
      assert.ok(Math.abs((request.latency ?? NaN) - latency / 1e9) < 2e-6, `request ${i}: ${request.latency}`);
    }
  });

  test(`${form}: forks and exits as the model had them`, ({ forks, deaths, read }) => {
    const found = read[form].forks;
    assert.ok(forks.length > 10 && deaths.length > 10);
    assert.equal(
      found.map(({ pid, childPid }) => [pid, childPid]),
      forks.map(({ pid, child }) => [pid, child]),
    );
    const offset = forks[0].at - found[0].t;
    for (const [i, { at }] of forks.entries()) assert.ok(Math.abs(at - found[i].t - offset) < 2e-6, `fork ${i}`);
    assert.equal(read[form].exits.map(({ pid }) => pid).sort(), [...deaths].sort());
  });

  test(`${form}: what is derived counts from the start of measuring`, ({ attempts, forks, read }) => {
    const { clients, events, outcomes, seconds, spawners } = deriveTrace(read[form]);
    assert.ok(seconds > 7.5 && seconds <= 8, `${seconds}`);
    assert.is(outcomes.requests, attempts.length);
    assert.equal([...new Set(attempts.map(({ client }) => client))].sort(), clients.map(({ name }) => name).sort());
    assert.ok(spawners.length > 0 && spawners[0].rate.value <= forks.length / seconds);
    const first = events.find(({ kind }) => kind === 'cma');
    assert.ok(Math.abs((first?.at ?? NaN) - attempts[0].at / 1e9) < 1e-3);
  });
}

test.run();
