import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCell, runCellBySeconds } from '../device.ts';
import { CHANGED_BY_6_1 } from '../kernelProfiles.ts';
import { BUSY, cell, device } from '../load/testing.ts';
import type { Observations } from '../observations.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { FIRST_PROCESS } from './lives.ts';
import type { TraceEvent, TraceSpan } from './traceEvents.ts';
import { BULK_KINDS, Tracer } from './tracer.ts';

const SECOND = 1e9;
/** More forks and a slow ksmd, so that migrations fail for want of rmap_items. */
const FORKING = {
  ...BUSY,
  spawners: BUSY.spawners.map((spawner) => ({ ...spawner, perSecond: 8, lifeNs: SECOND / 2 })),
};
const INPUT = cell(device(FORKING), { seed: 3 });
const END = INPUT.description.warmupNs + INPUT.description.durationNs;

type Of<Kind extends TraceEvent['kind']> = Extract<TraceEvent, { kind: Kind }>;

function traced(input = INPUT, plugins: readonly Strategy[] = []): { events: TraceEvent[]; seen: Observations } {
  const events: TraceEvent[] = [];
  const tracer = new Tracer((event) => events.push(event));
  const seen = runCell(input, plugins, tracer);
  tracer.close(END);
  return { events, seen };
}

const { events, seen } = traced();

function all<Kind extends TraceEvent['kind']>(kind: Kind): Of<Kind>[] {
  return events.filter((event): event is Of<Kind> => event.kind === kind);
}

function trackOf(span: TraceSpan): string {
  return span.track === 'cma' ? span.client : span.track === 'process' ? `${span.pid}` : span.track;
}

/** Throws unless spans nest and all end. */
function checkNesting(told: readonly TraceEvent[]): void {
  const open = new Map<string, string[]>();
  for (const event of told) {
    if (!('edge' in event)) continue;
    const track = trackOf(event);
    const stack = open.get(track) ?? [];
    open.set(track, stack);
    if (event.edge === 'begin') stack.push(event.kind);
    else assert.is(stack.pop(), event.kind, `${track}: ${event.kind} ends at ${event.at} and is not the innermost`);
  }
  for (const [track, stack] of open) assert.equal(stack, [], `${track} is left open`);
}

test('a traced device does the same', () => {
  assert.equal(seen, runCell(INPUT));
});

test('second by second it does the same, and the trace is the same', () => {
  const told: TraceEvent[] = [];
  const tracer = new Tracer((event) => told.push(event));
  const seconds = runCellBySeconds(INPUT, [], tracer);
  const times: number[] = [];
  let last = seconds.next();
  for (; last.done !== true; last = seconds.next()) times.push(last.value);
  tracer.close(END);
  assert.equal(last.value, seen);
  assert.equal(told, events);
  assert.equal(
    times,
    [...new Set(times)].sort((a, b) => a - b),
  );
});

test('events come in order of time, spans nest and end', () => {
  for (let i = 1; i < events.length; i++) assert.ok(events[i].at >= events[i - 1].at, `event ${i} is late`);
  assert.ok(events[events.length - 1].at <= END);
  checkNesting(events);
});

test('every request is told, with what came of it', () => {
  const ends = all('request').flatMap((event) => (event.edge === 'end' ? [event] : []));
  const measured = ends.filter(({ number }) => number > 0);
  assert.equal(
    measured.map(({ outcome }) => outcome),
    seen.attempts,
  );
  assert.equal(
    measured.map(({ number }) => number),
    seen.attempts.map((_, i) => i + 1),
  );
  for (const { outcome, pfn } of measured) assert.is(pfn >= 0, outcome!.errno === 0);
  const ranges = all('range').filter(({ edge }) => edge === 'begin').length;
  assert.ok(ranges >= seen.attempts.length);
});

test('passes and tries are as many as the requests counted', () => {
  let passes = 0;
  let tries = 0;
  for (const event of events) {
    if (event.kind === 'pass' && event.edge === 'begin' && event.number > 1) passes++;
    if (event.kind === 'migrate' && event.edge === 'begin' && event.attempt > 1) tries++;
    if (event.kind !== 'request' || event.edge !== 'end' || event.outcome === null) continue;
    // One client's range at a time, but others may have begun theirs before this one was answered: sums at the end.
    passes -= event.outcome.migratePasses;
    tries -= event.outcome.contigTries;
  }
  assert.is(passes, 0);
  assert.is(tries, 0);
});

test('nobody shares a CPU, and each runs for as long as its steps take', () => {
  const ran = new Map<string, number>();
  const cpus: { task: string | null; since: number }[] = [];
  for (const { at, cpu, from, to } of all('switch')) {
    const before = cpus[cpu] ?? { task: null, since: 0 };
    assert.is(from?.name ?? null, before.task, `CPU ${cpu} at ${at}`);
    if (from !== null) {
      const who = from.kind === 'process' ? 'process' : from.name;
      ran.set(who, (ran.get(who) ?? 0) + at - before.since);
    }
    cpus[cpu] = { task: to?.name ?? null, since: at };
  }
  assert.equal(
    cpus.map(({ task }) => task),
    [null, null],
  );
  const busy = new Map<string, number>();
  runCell(INPUT, [], {
    stepped: (_who, actor, _cpu, at, result) => {
      if (result <= 0) return;
      const who = 'mm' in actor ? 'process' : actor.name;
      busy.set(who, (busy.get(who) ?? 0) + Math.min(at + result, END) - at);
    },
  });
  assert.equal([...ran].filter(([, ns]) => ns > 0).sort(), [...busy].sort());
});

test('batches and scans are those that ksmd counts', () => {
  const { warmupNs } = INPUT.description;
  /** Those that end before time does: when each began and ended, and what it scanned. */
  const spansOf = (told: readonly (Of<'batch'> | Of<'scan'>)[]) => {
    let began = 0;
    return told.flatMap((event) => {
      if (event.edge === 'end') return event.at < END ? [{ began, ended: event.at, scanned: event.scanned }] : [];
      began = event.at;
      return [];
    });
  };
  const scans = spansOf(all('scan')).filter(({ began }) => began >= warmupNs);
  assert.is(scans.length, seen.ksm.fullScan.length);
  const batches = spansOf(all('batch'));
  const measured = batches.filter(({ ended }) => ended >= warmupNs);
  assert.is(measured.length, seen.ksm.wake.length);
  assert.ok(measured.length < batches.length, 'ksmd scans in the warm-up, too');
  assert.is(
    measured.reduce((sum, { scanned }) => sum + scanned, 0),
    seen.ksm.pagesScanned,
  );
});

test('gaps opened less gaps closed are open', () => {
  const opened = all('gapOpened');
  assert.ok(opened.length > 0);
  assert.is(opened.length - all('gapClosed').length, seen.unfindable.open);
  assert.equal(new Set(opened.map(({ gap }) => gap.id)).size, opened.length);
  for (const { gap, at } of opened) {
    assert.ok(gap.at <= at && gap.event !== '', `gap ${gap.id}`);
    if (gap.cause === 'B1') assert.is(gap.event, 'rmap_item removed');
  }
});

test('a migration that fails at an unfindable pte is put down to the gap', () => {
  const failures = all('migrateFailed').filter(({ cause }) => cause === 'B1' || cause === 'B2');
  assert.ok(failures.length > 0, 'this load makes no migration fail');
  for (const { gap, pfn, at } of failures) {
    assert.is(gap?.pfn, pfn);
    assert.ok(gap!.at <= at);
  }
});

test('spans nest under other strategies and kernels, whatever ways a range takes there', () => {
  const strategies = ['lru-cache-disable', 'guaranteed-cma', 'retry-until', 'unmerge-on-busy', 'deferred-timer'];
  for (const strategy of [...strategies, 'heir-items', 'retry-100ms']) {
    const told = traced({ ...INPUT, strategies: [strategy] });
    checkNesting(told.events);
    assert.ok(told.seen.attempts.length > 0, strategy);
  }
  const { kernel } = INPUT.description;
  const later = { ...kernel, cmaBitmapFirst: false, cmaRetries: 0, changes: CHANGED_BY_6_1 };
  const told = traced({ ...INPUT, description: { ...INPUT.description, kernel: later } });
  checkNesting(told.events);
  const phases = told.events.flatMap((event) => (event.kind === 'phase' ? [event.phase] : []));
  assert.ok(phases.includes('test') && !phases.includes('drain'));
});

test('processes are born once and have pids of their own', () => {
  const begun = all('life').flatMap((event) => (event.edge === 'begin' ? [event] : []));
  const pids = begun.map(({ pid }) => pid);
  assert.is(new Set(pids).size, pids.length);
  assert.is(Math.min(...pids), FIRST_PROCESS);
  for (const { pid, parent } of begun) assert.ok(parent === 1 || pids.indexOf(parent) < pids.indexOf(pid));
  const forks = all('fork').filter(({ at }) => at >= INPUT.description.warmupNs);
  assert.is(forks.length, seen.counts.forks);
  for (const { child, pid } of forks) assert.is(begun.find((one) => one.pid === child)?.parent, pid);
});

test('a trace that is closed early ends whatever is under way', () => {
  for (const stop of [0, 1, 2, 3]) {
    const told: TraceEvent[] = [];
    const tracer = new Tracer((event) => told.push(event));
    let left = stop;
    for (const now of runCellBySeconds(INPUT, [], tracer)) {
      if (left-- > 0) continue;
      tracer.close(now);
      assert.ok(told[told.length - 1].at <= now);
      break;
    }
    checkNesting(told);
  }
});

test('what there is most of can be left out, and the rest is told as before', () => {
  const told: TraceEvent[] = [];
  for (const kind of BULK_KINDS) assert.ok(all(kind).length > 0, kind);
  const tracer = new Tracer((event) => told.push(event), BULK_KINDS);
  runCell(INPUT, [], tracer);
  tracer.close(END);
  assert.equal(
    told,
    events.filter(({ kind }) => !BULK_KINDS.some((one) => one === kind)),
  );
});

test('a tracer whose device was never booted has nothing to end', () => {
  const told: TraceEvent[] = [];
  new Tracer((event) => told.push(event)).close(END);
  assert.equal(told, []);
});

test.run();
