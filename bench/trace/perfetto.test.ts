/** The trace of a small cell for Perfetto: spans nest, tracks have names, arrows and counters are the cell's. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ManyArgs, ManyName } from './manyEvents.ts';
import { checkTraceEvents, failingCell, MemoryOutput, traceText } from './testing.ts';
import type { Checked, JsonEvent } from './testing.ts';
import { newTrack, NO_ARGS, TraceEventFile, us } from './traceEventFile.ts';

interface TraceFile {
  readonly traceEvents: readonly JsonEvent[];
  readonly otherData: Readonly<Record<string, unknown>>;
}

const test = suite<{ file: TraceFile; checked: Checked; failures: number; requests: number }>('perfetto');
const CELL = failingCell();

test.before(async (context) => {
  const { text, traced } = await traceText(CELL, 'perfetto');
  context.file = JSON.parse(text) as TraceFile;
  context.checked = checkTraceEvents(context.file.traceEvents);
  context.failures = traced.failures;
  context.requests = traced.requests;
});

test('microseconds are exact', () => {
  assert.equal([0, 1, 999, 1000, 1001, 1200, 130_000_000_000, 4_503_599_627_370_497].map(us), [
    '0',
    '0.001',
    '0.999',
    '1',
    '1.001',
    '1.200',
    '130000000',
    '4503599627370.497',
  ]);
});

test('events that are many are written as all others are', () => {
  const args = new ManyArgs(['item'], ['vpn', 'pfn']);
  const name = new ManyName('"fäult"');
  const texts = [false, true].map((isMany) => {
    const output = new MemoryOutput();
    const file = new TraceEventFile(output);
    const track = newTrack(3, 101);
    file.meta('first', track, {});
    file.begin(4_000, track, '"around"', NO_ARGS);
    for (const [began, end, item] of [
      [4_000, 4_500, 7],
      [5_001, 1_234_567_891_012, 0],
      [5_001, 5_001, 2 ** 31 - 10],
    ]) {
      const text = `{"item":${item},"vpn":"0x${(item + 9).toString(16)}","pfn":"0x10"}`;
      args.values.set([item, item + 9, 16]);
      if (isMany) {
        file.completeOfMany(began, end, track, name, item === 0 ? null : args);
        file.instantOfMany(end, track, name, args);
      } else {
        file.complete(began, end, track, name.text, item === 0 ? NO_ARGS : text);
        file.instant(end, track, name.text, text);
      }
    }
    file.end(2e12, track, NO_ARGS);
    file.finish({});
    output.close();
    return output.text;
  });
  assert.is(texts[1], texts[0]);
  assert.is((JSON.parse(texts[1]) as TraceFile).traceEvents.length, 10);
});

test('says what it is a trace of', ({ file }) => {
  assert.is(file.otherData['cell'], CELL.id);
  assert.is(file.otherData['measuredFromNs'], CELL.input.description.warmupNs);
  assert.not.ok('partial' in file.otherData);
});

test('a request holds ranges, which hold phases, which hold migrate_pages and its passes', ({ checked, requests }) => {
  const depths = new Map<string, Set<number>>();
  for (const { name, depth, pid } of checked.spans) {
    if (pid !== 1) continue;
    const what = name.replace(/ .*/, '');
    depths.set(what, (depths.get(what) ?? new Set()).add(depth));
  }
  const expected: [string, number][] = [
    ['dma_alloc_from_contiguous', 0],
    ['alloc_contig_range', 1],
    ['isolate', 2],
    ['lru_add_drain', 2],
    ['cluster', 2],
    ['drain', 2],
    ['test', 2],
    ['migrate_pages', 3],
    ['pass', 4],
    ['B1', 5],
  ];
  for (const [name, depth] of expected) assert.equal([...(depths.get(name) ?? [])], [depth], name);
  // One may be under way when the trace ends.
  const under = checked.spans.filter(({ name }) => name.startsWith('dma_alloc')).length - requests;
  assert.ok(requests > 0 && (under === 0 || under === 1));
});

test('a full scan holds batches', ({ checked }) => {
  const ksmd = checked.spans.filter(({ pid }) => pid === 2);
  assert.ok(ksmd.filter(({ name }) => name === 'batch').every(({ depth }) => depth === 1));
  assert.ok(ksmd.filter(({ name }) => name.startsWith('full scan')).every(({ depth }) => depth === 0));
  assert.ok(ksmd.some(({ name, depth }) => name.startsWith('gap ') && depth === 2));
});

test('tracks have names, and CPUs hold what ran there', ({ checked, file }) => {
  for (const { tid } of checked.spans) assert.ok(checked.names.has(tid), `track ${tid}`);
  assert.equal([...checked.names.values()].filter((name) => name.startsWith('CPU ')).sort(), [
    'CPU 0',
    'CPU 1',
    'CPU 2',
    'CPU 3',
  ]);
  assert.ok(checked.spans.some(({ pid, name, depth }) => pid === 4 && name === 'ksmd' && depth === 0));
  const groups = file.traceEvents.filter(({ name }) => name === 'process_name').map(({ args }) => args!['name']);
  assert.equal(groups, ['CMA', 'ksmd', 'counters', 'CPUs', 'processes', 'other threads']);
});

test('a process is a span from birth to death with what it did', ({ checked }) => {
  const processes = checked.spans.filter(({ pid }) => pid === 5);
  assert.ok(processes.some(({ name, depth }) => name === 'fork' && depth === 1));
  assert.ok(processes.some(({ name, depth }) => name === 'cow fault' && depth === 1));
});

test('counters of memory and of KSM', ({ file }) => {
  const counted = new Set(file.traceEvents.filter(({ ph }) => ph === 'C').map(({ name }) => name));
  for (const name of ['free_pages', 'free_cma_pages', 'pages_sharing', 'unfindable_ptes']) assert.ok(counted.has(name));
});

test('arrows lead from what opened a gap to the failure in a pass', ({ checked, failures, file }) => {
  assert.ok(failures > 0, 'no request failed');
  assert.ok(checked.arrows.some(({ from }) => from.startsWith('gap B')));
  for (const { from, to, begin, end } of checked.arrows) {
    // Or on from an earlier request that failed for the same pte.
    assert.match(from, /^(?:gap )?B\d/);
    assert.match(to, /^B\d\w* pfn 0x[0-9a-f]+$/);
    assert.ok(begin <= end);
  }
  const failed = file.traceEvents.filter(({ name = '' }) => name.startsWith('failed: ')).length;
  assert.is(failed, failures);
});

test('without flow there are no arrows, without gap no gaps', async () => {
  const { text } = await traceText(CELL, 'perfetto', { groups: ['cma'] });
  const { traceEvents } = JSON.parse(text) as TraceFile;
  checkTraceEvents(traceEvents);
  assert.not.ok(
    traceEvents.some(
      ({ ph, pid, name = '' }) => ph === 's' || ph === 't' || (pid === 2 && !name.startsWith('process_')),
    ),
  );
});

test('a window begins and ends what is under way, and holds nothing else', async ({ file, checked }) => {
  const whole = checked.spans.find(({ name, end, begin }) => name.startsWith('dma_alloc') && end - begin > 10e6)!;
  const from = whole.begin + 1e6;
  const to = whole.end - 1e6;
  const { text } = await traceText(CELL, 'perfetto', { from, to });
  const { traceEvents } = JSON.parse(text) as TraceFile;
  const { spans } = checkTraceEvents(traceEvents);
  for (const { begin, end, name } of spans) assert.ok(begin >= from && end <= to, `${name} ${begin}..${end}`);
  const part = spans.find(({ name }) => name === whole.name)!;
  assert.equal([part.begin, part.end], [from, to]);
  assert.ok(traceEvents.length < file.traceEvents.length / 10);
  // The same steps, cut at the window.
  const inside = checked.spans.filter(({ begin, end, pid }) => pid === 4 && end > from && begin < to);
  assert.is(spans.filter(({ pid }) => pid === 4).length, inside.length);
});

test('a cell that breaks down leaves a trace that can be read', async () => {
  const input = { ...CELL.input, strategies: ['nobody'] };
  const { text, traced } = await traceText({ ...CELL, input }, 'perfetto');
  assert.match(traced.broken?.message ?? '', 'nobody');
  const { traceEvents, otherData } = JSON.parse(text) as TraceFile;
  checkTraceEvents(traceEvents);
  assert.is(otherData['partial'], 'the cell broke down at 0 s');
});

test('a trace that is cut where spans have just begun can be read', async ({ checked }) => {
  const begins = checked.spans
    .filter(({ depth, pid }) => depth === 1 && (pid === 1 || pid === 2))
    .map(({ begin }) => begin);
  for (const cut of [begins[0], begins[Math.floor(begins.length / 2)], begins[begins.length - 1]]) {
    for (const [from, to] of [
      [cut - 1e6, cut],
      [cut, cut + 1e6],
    ]) {
      const { text } = await traceText(CELL, 'perfetto', { from, to });
      checkTraceEvents((JSON.parse(text) as TraceFile).traceEvents);
    }
  }
});

test.run();
