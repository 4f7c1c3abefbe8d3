/** What a trace is said to hold, and that each form of trace is known by one parser only. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deriveTrace, summaryLines, TRACE_FORMS } from './index.ts';
import { chunksOf, ftraceOf, testFile } from './testing.ts';

test('the summary tells rates, lives and how requests ended', async () => {
  const facts = await ftraceOf([
    ' zygote-100 [000] .... 10.000000: sched_process_fork: comm=zygote pid=100 child_comm=zygote child_pid=200',
    ' cam-7 [000] .... 11.000000: cma_alloc_start: name=r count=16 align=4',
    ' cam-7 [000] .... 11.000100: cma_alloc_busy_retry: name=r pfn=0x100 page=(____ptrval____) count=16 align=4',
    ' cam-7 [000] .... 11.002000: cma_alloc_finish: name=r pfn=0x0 page=0000000000000000 count=16 align=4 errorno=-16',
    ' gpu-8 [000] .... 12.000000: cma_alloc_start: name=r count=16 align=4',
    ' gpu-8 [000] .... 12.000500: cma_alloc_finish: name=r pfn=0x100 page=00000000f1234567 count=16 align=4 errorno=0',
    ' app-200 [000] .... 14.000000: sched_process_exit: comm=app pid=200 prio=120',
    ' x-9 [000] .... 20.000000: sched_switch: x',
  ]);
  assert.equal(summaryLines(deriveTrace(facts)), [
    'trace.txt: 10.0 s, 0.1 forks/s, 0 execs/s, 0.1 exits/s, at most 1 of the new processes at once',
    '  launcher: 0.1/s by zygote (100), life 4.00 s',
    '  contiguous memory: 2 requests, 1 failed (50.0 %): 1 EBUSY, 1 busy retries, latency p50 500 us, p90 2.00 ms, p99 2.00 ms, max 2.00 ms',
    '    cam: 1 requests, 1 failed (100 %): 1 EBUSY, 1 busy retries, latency p50 2.00 ms, p90 2.00 ms, p99 2.00 ms, max 2.00 ms',
    '    gpu: 1 requests, none failed, 0 busy retries, latency p50 500 us, p90 500 us, p99 500 us, max 500 us',
  ]);
});

test('a file is known by one form only, and read by it', async () => {
  const heads = {
    ftrace: gunzipSync(readFileSync(testFile('raw_gdet.ftrace.txt.gz').path)),
    'chrome-json': Buffer.from('{"traceEvents":[{"name":"cma_release","ph":"i","ts":1,"args":{"pfn":1,"count":1}}]}'),
  } as const;
  for (const [form, bytes] of Object.entries(heads)) {
    const head = bytes.subarray(0, 16_384);
    for (const given of [head, head.toString('latin1')]) {
      const known = TRACE_FORMS.filter(({ looksLike }) => looksLike(given));
      assert.equal(
        known.map((known) => known.form),
        [form],
      );
      assert.is((await known[0].parse(chunksOf(bytes), 'x')).form, form);
    }
  }
});

test.run();
