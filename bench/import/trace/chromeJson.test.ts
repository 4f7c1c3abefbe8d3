/** Traces as Chrome's JSON: whole, packed, cut off or malformed, with the place of what is wrong. */
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../errors.ts';
import { looksLikeChromeJson, parseChromeJson } from './chromeJson.ts';
import { chunksOf } from './testing.ts';

const START =
  '{"name":"cma_alloc_start","ph":"i","ts":1000,"pid":1,"tid":10,"args":{"name":"r","count":4,"align":2,"comm":"cam"}}';
const FINISH =
  '{"name":"cma_alloc_finish","ph":"i","ts":"1500.5","pid":1,"tid":10,"args":{"count":4,"page":0,"errorno":-12}}';

test('events with the names of tracepoints, in an object or a bare list, in pieces and packed', async () => {
  for (const text of [`{"traceEvents":[${START},\n${FINISH}],"otherData":{}}`, `[${START},\n${FINISH}]`]) {
    assert.ok(looksLikeChromeJson(text));
    for (const [content, size] of [
      [text, 1],
      [text, 1 << 16],
      [gzipSync(text), 5],
    ] as const) {
      const { requests, partial } = await parseChromeJson(chunksOf(content, size), 'a.json');
      assert.equal(
        [requests.length, requests[0].comm, requests[0].latency, requests[0].errno],
        [1, 'cam', 0.0005005, 12],
      );
      assert.equal(partial, []);
    }
  }
});

test('ftrace text in systemTraceEvents', async () => {
  const ftrace = '# tracer: nop\n a-10 [000] d..3 1.0: sched_process_fork: comm=a pid=10 child_comm=a child_pid=11\n';
  const text = JSON.stringify({ traceEvents: [], systemTraceEvents: ftrace });
  assert.is((await parseChromeJson(chunksOf(text, 9), 'a.json')).forks[0].childPid, 11);
});

test('why a trace of cma-stress ends early is handed on', async () => {
  const text = `{"traceEvents":[${START}],"otherData":{"partial":"interrupted at 3 s"}}`;
  const { partial } = await parseChromeJson(chunksOf(text), 'a.json');
  assert.equal(partial, ['the trace says of itself: interrupted at 3 s']);
});

test('a recording that was cut off is read up to there', async () => {
  const { requests, partial } = await parseChromeJson(chunksOf(`[${START},\n${FINISH},\n{"name":"x`), 'a.json');
  assert.is(requests.length, 1);
  assert.equal(partial, ['the JSON ends in the middle, after event 2']);
});

test('what is no JSON is an error with its line and column, wherever the pieces end', async () => {
  for (const [text, place] of [
    [`[${START},\n\n  oops]`, '3:3'],
    ['{"traceEvents": [}', '1:18'],
    ['[{"ph": "i",\n "ts": 1.2.3}]', '2:11'],
  ] as const) {
    for (const size of [5, 1 << 16]) {
      try {
        await parseChromeJson(chunksOf(text, size), 'a.json');
        assert.unreachable(text);
      } catch (thrown) {
        assert.instance(thrown, InputError);
        assert.match((thrown as Error).message, `a.json:${place}: is no JSON from here on (`);
      }
    }
  }
});

test('events that make no sense are told, strangers are passed over', async () => {
  const strange = ['1', 'null', '{"ph":1}', '{"ph":"X","ts":-1}', '{"name":"draw","ph":"X","ts":1,"dur":2,"tid":3}'];
  const { requests, partial, counts } = await parseChromeJson(chunksOf(`[${strange.join()},${START}]`), 'a.json');
  assert.equal([requests.length, Object.keys(counts)], [1, ['cma_alloc_start']]);
  assert.match(partial.join(), 'no event of the Trace Event Format: record 1, record 2, record 3 and 1 more');
});

test('other JSON does not look like a trace', () => {
  for (const text of ['{"params":{}}', '[1,2]', '{"schema":"cma-stress/run/1"}', '# tracer', '']) {
    assert.not(looksLikeChromeJson(text), text);
  }
});

test.run();
