/** Whatever a file holds: facts, or an InputError that names the file; never another exception, and always an end. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import protobuf from 'protobufjs/minimal.js';
import type { Writer } from 'protobufjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../errors.ts';
import type { TraceFacts } from '../traceFacts.ts';
import { looksLikeChromeJson, parseChromeJson } from './chromeJson.ts';
import { deriveTrace } from './derive.ts';
import { looksLikeFtrace, parseFtrace } from './ftraceText.ts';
import { looksLikePerfetto, parsePerfetto } from './perfettoProto.ts';
import { chunksOf, testFile } from './testing.ts';
import type { Chunks } from './unpack.ts';

const FILE = 'some trace';
const PARSERS: readonly ((chunks: Chunks, name: string) => Promise<TraceFacts>)[] = [
  parseFtrace,
  parseChromeJson,
  parsePerfetto,
];
const RUNS = 300;

/** Facts that hold together, or the user's error. */
async function survives(bytes: Uint8Array, size: number): Promise<void> {
  for (const looksLike of [looksLikeFtrace, looksLikeChromeJson, looksLikePerfetto]) looksLike(bytes.subarray(0, 4096));
  for (const parse of PARSERS) {
    try {
      const facts = await parse(chunksOf(bytes, size), FILE);
      assert.ok(facts.seconds >= 0 && Number.isFinite(facts.seconds));
      const { events, clients, lineage } = deriveTrace(facts);
      for (const { at } of events) assert.ok(at >= 0 && at <= facts.seconds, `${at}`);
      for (const client of clients) assert.match(client.name, /^[a-z][a-z0-9_-]{0,39}$/);
      for (const [index, { parent }] of lineage.entries()) assert.ok(parent === null || parent < index);
      assert.not.match(JSON.stringify(facts), /\\u00[01]/);
    } catch (thrown) {
      if (!(thrown instanceof InputError)) throw thrown;
      for (const { file } of thrown.problems) assert.is(file, FILE);
    }
  }
}

/** Trace { packet { ftrace_events { cpu event { timestamp pid sched_process_fork } } } }, by its tags. */
function traceOfOneFork(): Buffer {
  const make = (): Writer => protobuf.Writer.create();
  const fork = make()
    .uint32(10)
    .string('zygote')
    .uint32(16)
    .int32(100)
    .uint32(26)
    .string('zygote')
    .uint32(32)
    .int32(900);
  const event = make().uint32(8).uint64(5e9).uint32(16).uint32(100).uint32(1914).bytes(fork.finish());
  const bundle = make().uint32(8).uint32(1).uint32(18).bytes(event.finish());
  const packet = make().uint32(10).bytes(bundle.finish());
  return Buffer.from(make().uint32(10).bytes(packet.finish()).finish());
}

/** The beginning of a recorded trace, a Perfetto packet and JSON, to be damaged. */
const text = gunzipSync(readFileSync(testFile('raw_heavy_s20_p1000.ftrace.txt.gz').path)).subarray(0, 40_000);
const json = Buffer.from(
  '{"traceEvents":[{"name":"dma_alloc_from_contiguous 4 pages","ph":"B","ts":1.5,"pid":1,"tid":500,"args":{"area":"default","align_order":2}},\n' +
    '{"name":"dma_alloc_from_contiguous 4 pages","ph":"E","ts":9,"pid":1,"tid":500,"args":{"result":"EBUSY","pfn":"0x10"}},\n' +
    '{"name":"zygote","ph":"B","ts":9,"pid":5,"tid":1000,"args":{"pid":1000,"ppid":1,"born_by":"fork"}},\n' +
    '{"name":"fork","ph":"X","ts":10,"dur":3,"pid":5,"tid":1000,"args":{"child_pid":1001,"child":"app"}}],"systemTraceEvents":"# tracer: nop"}',
);
const proto = traceOfOneFork();
const packed = readFileSync(testFile('raw_free_s20_p1000.ftrace.txt.gz').path);

const original = fc.constantFrom<Buffer>(text, json, proto, packed);
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc
      .constantFrom(
        ...[
          '\n',
          '\u0000',
          '\u001b[2J',
          '-',
          '[',
          ']',
          ': ',
          '=',
          '|',
          '99999999999999999999',
          'pid=-1',
          '\\n\\',
          '<html>',
        ],
        ...[
          'sched_process_fork: ',
          'cma_alloc_start: ',
          'tracing_mark_write: B|1|lmk,',
          '{"',
          '"args":',
          '\u{1f600}',
          '__proto__=',
        ],
      )
      .map((piece) => Buffer.from(piece)),
  ),
});

test('damaged traces', async () => {
  await fc.assert(
    fc.asyncProperty(
      original,
      fc.array(damage, { maxLength: 8 }),
      fc.integer({ min: 1, max: 5000 }),
      async (bytes, all, size) => {
        let damaged: Buffer = bytes;
        for (const { at, length, insert } of all) {
          const from = Math.floor(at * damaged.length);
          damaged = Buffer.concat([damaged.subarray(0, from), insert, damaged.subarray(from + length)]);
        }
        await survives(damaged, size);
      },
    ),
    { numRuns: RUNS, seed: 1 },
  );
});

test('traces that end anywhere', async () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  await fc.assert(
    fc.asyncProperty(original, share, (bytes, part) =>
      survives(bytes.subarray(0, Math.floor(part * bytes.length)), 1 << 16),
    ),
    { numRuns: RUNS, seed: 2 },
  );
});

test('any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), (bytes) => survives(bytes, 64)),
    { numRuns: RUNS, seed: 3 },
  );
});

test('the traces that are damaged are good ones', async () => {
  assert.ok((await parseFtrace(chunksOf(text), FILE)).forks.length > 0);
  assert.is((await parseChromeJson(chunksOf(json), FILE)).requests.length, 1);
  assert.ok((await parseFtrace(chunksOf(packed), FILE)).requests.length > 0);
  assert.ok(looksLikePerfetto(proto));
  const { forks } = await parsePerfetto(chunksOf(proto), FILE);
  assert.equal([forks[0].pid, forks[0].childPid], [100, 900]);
});

test.run();
