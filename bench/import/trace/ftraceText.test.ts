/**
 * Traces as the text of ftrace: each event in the forms that kernels and tools print, and requests put together from
 * them.
 */
import { gzipSync, deflateSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../errors.ts';
import { looksLikeFtrace, parseFtrace } from './ftraceText.ts';
import { chunksOf, ftraceOf, testFile } from './testing.ts';

const FORK = 'sched_process_fork: comm=zygote pid=100 child_comm=zygote child_pid=900';
/** One event in the layouts of kernels and programs. */
const LAYOUTS: Readonly<Record<string, string>> = {
  'Linux 3.10': `          zygote-100   [001] d..3    12.345678: ${FORK}`,
  'without flags': `          zygote-100   [001]    12.345678: ${FORK}`,
  'Linux 6.1': `          zygote-100     [001] .....    12.345678: ${FORK}`,
  'TGID column': `          zygote-100   (  100) [001] d..3    12.345678: ${FORK}`,
  'unknown TGID': `          zygote-100   (-----) [001] d..3    12.345678: ${FORK}`,
  'trace-cmd report': `          zygote-100   [001]    12.345678: sched_process_fork:   comm=zygote pid=100 child_comm=zygote child_pid=900`,
  'ns clock': `          zygote-100   [001] d..3    12.345678901: ${FORK}`,
  'a string of JavaScript': `          zygote-100   [001] d..3    12.345678: ${FORK}\\n\\`,
  'a carriage return': `          zygote-100   [001] d..3    12.345678: ${FORK}\r`,
};

for (const [name, line] of Object.entries(LAYOUTS)) {
  test(`one event, ${name}`, async () => {
    assert.ok(looksLikeFtrace(line));
    const { forks, startedAt, partial } = await ftraceOf([line]);
    assert.equal(forks, [
      { t: 0, line: 1, pid: 100, comm: 'zygote', childPid: 900, childComm: 'zygote', thread: null },
    ]);
    assert.ok(Math.abs(startedAt - 12.345678) < 1e-5, `${startedAt}`);
    assert.equal(partial, []);
  });
}

test('names with blanks, dashes and digits', async () => {
  const { forks } = await ftraceOf([
    ' Binder 3-x-12-345 [000] d..3 1.000000: sched_process_fork: comm=Binder 3-x-12 pid=345 child_comm=a b=c child_pid=346',
  ]);
  assert.equal([forks[0].comm, forks[0].childComm, forks[0].pid], ['Binder 3-x-12', 'a', 345]);
});

test("catapult's Android trace, a string of JavaScript: every line is an event", async () => {
  const { path, chunks } = testFile('catapult_android_systrace.txt.gz');
  const { counts, partial, seconds } = await parseFtrace(chunks, path);
  assert.equal(Object.keys(counts), ['sched_switch', 'sched_wakeup']);
  assert.is(counts['sched_switch'] + counts['sched_wakeup'], 91);
  assert.ok(seconds > 0.1 && seconds < 0.2);
  assert.equal(partial, []);
});

test("systrace's HTML: what stands around the trace is no event and no trouble", async () => {
  const page = [
    '<!DOCTYPE html>',
    '<html><head><script>var a = "x-1 [000] 1.000000: sched_process_fork: comm=a pid=1 child_comm=a child_pid=2";',
    '</script></head><body>',
    '  <script class="trace-data" type="application/text">',
    '# tracer: nop',
    `          &lt;idle&gt;-0     [001] d..3    12.345678: ${FORK}`,
    '  </script>',
    '</body></html>',
  ];
  assert.ok(looksLikeFtrace(page.join('\n')));
  const facts = await ftraceOf(page);
  assert.equal([facts.forks.length, facts.forks[0].line, facts.partial], [1, 6, []]);
});

test('threads are told from processes by task_newtask, and by the TGID column', async () => {
  const { forks } = await ftraceOf([
    ' a-10 [000] d..3 1.000000: task_newtask: pid=11 comm=a clone_flags=3d0f00 oom_score_adj=0',
    ' a-10 [000] d..3 1.000001: sched_process_fork: comm=a pid=10 child_comm=a child_pid=11',
    ' a-11 [000] d..3 1.100000: task_newtask: pid=12 comm=a clone_flags=1200011 oom_score_adj=0',
    ' a-11 [000] d..3 1.100001: sched_process_fork: comm=a pid=11 child_comm=a child_pid=12',
    ' b-20 (   20) [000] d..3 2.000000: sched_process_fork: comm=b pid=20 child_comm=b child_pid=21',
    ' b-21 (   20) [001] d..3 2.100000: sched_wakeup: comm=b pid=20 prio=120 target_cpu=000',
  ]);
  // The process forked by thread 11 is a child of process 10.
  const told = forks.map(({ pid, childPid, thread }) => [pid, childPid, thread]);
  assert.equal(told, [
    [10, 11, true],
    [10, 12, false],
    [20, 21, true],
  ]);
});

test('task_newtask and sched_process_free alone tell of births and deaths', async () => {
  const { forks, exits, renames } = await ftraceOf([
    ' main-10 [000] d..3 1.000000: task_newtask: pid=12 comm=main clone_flags=1200011 oom_score_adj=0',
    ' main-12 [000] d..3 1.500000: task_rename: pid=12 oldcomm=main newcomm=com.app oom_score_adj=0',
    ' rcu-7 [000] d..3 3.000000: sched_process_free: comm=com.app pid=12 prio=120',
  ]);
  assert.equal([forks[0].pid, forks[0].comm, forks[0].childPid], [10, 'main', 12]);
  assert.equal([renames[0].name, exits[0].pid, exits[0].t], ['com.app', 12, 2]);
});

test('kernel threads are left out', async () => {
  const { forks, exits } = await ftraceOf([
    ' kthreadd-2 [000] d..3 1.000000: sched_process_fork: comm=kthreadd pid=2 child_comm=kthreadd child_pid=70',
    ' kworker/0:1-70 [000] d..3 2.000000: sched_process_exit: comm=kworker/0:1 pid=70 prio=120',
  ]);
  assert.equal([forks, exits], [[], []]);
});

test('requests: start, retries, finish and release of Linux 6.1, in two threads at once', async () => {
  const { requests } = await ftraceOf([
    ' cam-10 [000] .... 1.000000: cma_alloc_start: name=reserved count=266 align=8',
    ' gpu-11 [001] .... 1.000100: cma_alloc_start: name=reserved count=16 align=4',
    ' cam-10 [000] .... 1.000200: cma_alloc_busy_retry: name=reserved pfn=0x17c00 page=(____ptrval____) count=266 align=8',
    ' gpu-11 [001] .... 1.000300: cma_alloc_finish: name=reserved pfn=0x18000 page=0000000000000000 count=16 align=4',
    ' cam-10 [000] .... 1.000700: cma_alloc_finish: name=reserved pfn=0x17d00 page=(____ptrval____) count=266 align=8',
    ' any-12 [000] .... 1.500700: cma_release: name=reserved pfn=0x17d00 page=(____ptrval____) count=266',
    ' cam-10 [000] .... 1.900000: cma_alloc_start: name=reserved count=1 align=0',
  ]);
  const rest = { via: 'cma', area: 'reserved' };
  assert.equal(requests, [
    {
      t: 0,
      line: 1,
      pid: 10,
      comm: 'cam',
      pages: 266,
      alignOrder: 8,
      latency: 0.0007,
      ok: true,
      errno: 0,
      pfn: 0x17d00,
      busyRetries: 1,
      held: 0.5,
      ...rest,
    },
    {
      t: 0.0001,
      line: 2,
      pid: 11,
      comm: 'gpu',
      pages: 16,
      alignOrder: 4,
      latency: 0.0002,
      ok: false,
      errno: null,
      pfn: null,
      busyRetries: 0,
      held: null,
      ...rest,
    },
    {
      t: 0.9,
      line: 7,
      pid: 10,
      comm: 'cam',
      pages: 1,
      alignOrder: 0,
      latency: null,
      ok: null,
      errno: null,
      pfn: null,
      busyRetries: 0,
      held: null,
      ...rest,
    },
  ]);
});

test('requests: the one event of 4.x kernels, hexadecimal frames without 0x, errno of later ones', async () => {
  const { requests } = await ftraceOf([
    ' cam-10 [000] .... 1.000000: cma_alloc: pfn=9c400 page=ffffffbf4e710000 count=112 align=7',
    ' cam-10 [000] .... 1.100000: cma_alloc: pfn=ffffffffffffffff page=          (null) count=112 align=7',
    ' cam-10 [000] .... 1.200000: cma_release: pfn=9c400 page=ffffffbf4e710000 count=112',
    ' cam-10 [000] .... 2.000000: cma_alloc_start: name=linux,cma count=4 align=2',
    ' cam-10 [000] .... 2.000100: cma_alloc_finish: name=linux,cma pfn=0x9c400 page=0000000000000000 count=4 align=2 errorno=-16',
  ]);
  assert.equal(
    requests.map(({ ok, errno, pfn, held, latency, area }) => [ok, errno, pfn, held, latency, area]),
    [
      [true, 0, 0x9c400, 0.2, null, null],
      [false, null, null, null, null, null],
      [false, 16, null, null, 0.0001, 'linux,cma'],
    ],
  );
});

test("requests: Android's cma_alloc_info says it again, or alone", async () => {
  const info =
    'name=r pfn=0x9c400 count=4 align=2 nr_migrated=3 nr_reclaimed=1 nr_mapped=9 err_iso=0 err_mig=0 err_test=0';
  const start = ' cam-10 [000] .... 2.000000: cma_alloc_start: name=r count=4 align=2';
  const finish =
    ' cam-10 [000] .... 2.000200: cma_alloc_finish: name=r pfn=9c400 page=00000000f1234567 count=4 align=2';
  const both = await ftraceOf([start, ` cam-10 [000] .... 2.000100: cma_alloc_info: ${info}`, finish]);
  const alone = await ftraceOf([start, ` cam-10 [000] .... 2.000100: cma_alloc_info: ${info}`]);
  for (const { requests } of [both, alone]) {
    assert.equal([requests.length, requests[0].ok, requests[0].pfn], [1, true, 0x9c400]);
  }
  assert.is(both.requests[0].latency, 0.0002);
});

test("requests: ION's buffers of Qualcomm's 3.10.49, only where there is nothing of CMA itself", async () => {
  const ion = [
    ' cam-10 [000] .... 1.000000: ion_alloc_buffer_start: client_name=camera heap_name=qsecom len=458752 mask=0x1 flags=0x0',
    ' cam-10 [000] .... 1.000100: dma_alloc_contiguous_retry: tries=1',
    ' cam-10 [000] .... 1.000400: ion_alloc_buffer_end: client_name=camera heap_name=qsecom len=458752 mask=0x1 flags=0x0',
    ' cam-10 [000] .... 2.000000: ion_alloc_buffer_start: client_name=camera heap_name=qsecom len=4097 mask=0x1 flags=0x0',
    ' cam-10 [000] .... 2.000400: ion_alloc_buffer_fail: client_name=camera heap_name=qsecom len=4097 mask=0x1 flags=0x0 error=-12',
  ];
  const { requests } = await ftraceOf(ion);
  assert.equal(
    requests.map(({ via, comm, area, pages, ok, errno, busyRetries }) => [
      via,
      comm,
      area,
      pages,
      ok,
      errno,
      busyRetries,
    ]),
    [
      ['ion', 'camera', 'qsecom', 112, true, 0, 1],
      ['ion', 'camera', 'qsecom', 2, false, 12, 0],
    ],
  );
  const nested = [...ion, ' cam-10 [000] .... 3.000000: cma_alloc: pfn=9c400 page=ffffffbf4e710000 count=112 align=7'];
  assert.equal(
    (await ftraceOf(nested)).requests.map(({ via }) => via),
    ['cma'],
  );
});

test('kills: lowmemorykiller of several vendors, lmkd in atrace, the OOM killer; each once', async () => {
  const { kills, oomScoreAdj } = await ftraceOf([
    ' a-10 [000] .... 1.000000: lowmemory_kill: com.app one (101), page cache 900kB (limit 1000kB), free 800Kb',
    ' a-10 [000] .... 2.000000: lowmemory_kill: comm=com.app pid=102 oom_score_adj=900',
    ' a-10 [000] .... 3.000000: mark_victim: pid=103',
    ' a-10 [000] .... 4.000000: tracing_mark_write: C|10|kill_one_process|104',
    ' a-10 [000] .... 4.100000: tracing_mark_write: B|10|lmk,104,1,900',
    ' a-10 [000] .... 4.200000: tracing_mark_write: C|10|kill_one_process|0',
    ' a-10 [000] .... 5.000000: oom_score_adj_update: pid=105 comm=com.app oom_score_adj=-800',
  ]);
  assert.equal(
    kills.map(({ pid, by }) => [pid, by]),
    [
      [101, 'lowmemorykiller'],
      [102, 'lowmemorykiller'],
      [103, 'oom'],
      [104, 'lowmemorykiller'],
    ],
  );
  assert.equal([oomScoreAdj[0].pid, oomScoreAdj[0].adj], [105, -800]);
});

test('buffers of CPUs one behind the other are put in the order of time', async () => {
  const start = ' cam-10 [001] .... 1.000000: cma_alloc_start: name=r count=4 align=2';
  const finish =
    ' cam-10 [000] .... 1.000500: cma_alloc_finish: name=r pfn=9c400 page=00000000f1234567 count=4 align=2';
  const { requests, partial, cpus } = await ftraceOf([' x-9 [000] .... 0.500000: sched_switch: x', finish, start]);
  assert.equal([requests.length, requests[0].latency, requests[0].t, cpus, partial], [1, 0.0005, 0.5, 2, []]);
});

test('what cannot be read is told with its lines, and the rest is read', async () => {
  const good = ` zygote-100 [001] d..3 12.000000: ${FORK}`;
  const lines = [
    '# tracer: nop',
    '# entries-in-buffer/entries-written: 100/350   #P:2',
    'garbage \u001b[31m one',
    'garbage two',
    good,
    'garbage three',
    'garbage four',
    'CPU:1 [LOST 123 EVENTS]',
    'CPU:0 [LOST EVENTS]',
    '##### CPU 1 buffer started ####',
    ' zygote-100 [001] d..3 11.000000: sched_process_exit: comm=a pid=-5 prio=120',
    ` x-1 [000] d..3 12.500000: cma_alloc_start: name=r count=99999999999999 align=2`,
    'x'.repeat(20_000),
    ' x-1 [000] d..3 13.000000: sched_process_exit: comm=a pid=90',
  ];
  const { partial, lost, forks, seconds } = await parseFtrace(chunksOf(lines.join('\n')), 'trace.txt');
  assert.is(forks.length, 1);
  assert.is(lost, 124);
  assert.is(seconds, 1.5);
  const told = partial.join('\n');
  assert.match(
    told,
    'no event of ftrace: line 3 `garbage ?[31m one`, line 4 `garbage two`, line 6 `garbage three` and 1 more',
  );
  assert.match(told, '250 events older than the trace were overwritten');
  assert.match(told, 'the kernel lost 124 events');
  assert.match(told, 'the trace does not say how many: line 9');
  assert.match(told, "a CPU's buffer begins later than the trace: line 10");
  assert.match(told, 'fields that make no sense: line 11 `comm=a pid=-5 prio=120`, line 12 ');
  assert.match(told, 'a line is too long: line 13');
  assert.match(told, 'time goes back on a CPU (put in order): line 11');
  assert.match(told, 'the last line is cut off (no line feed ends it): line 14');
  assert.not.match(told, '\u001b');
});

test('packed with gzip and by atrace -z; packed data that are cut off are read up to there', async () => {
  const line = ` zygote-100 [001] d..3 12.000000: ${FORK}\n`;
  for (const packed of [gzipSync(line), Buffer.concat([Buffer.from('TRACE:\n'), deflateSync(line)])]) {
    for (const size of [1, 1 << 16]) {
      const { forks, partial } = await parseFtrace(chunksOf(packed, size), 'trace.gz');
      assert.equal([forks.length, partial], [1, []]);
    }
  }
  const { path, chunks } = testFile('raw_gdet.ftrace.txt.gz');
  const half: Uint8Array[] = [];
  for await (const chunk of chunks) half.push(chunk);
  const all = Buffer.concat(half);
  const cut = await parseFtrace(chunksOf(all.subarray(0, all.length / 2)), path);
  assert.ok(cut.forks.length > 0);
  assert.match(cut.partial.join('\n'), /the gzip data (?:breaks off|is damaged) after \d+ bytes/);
});

test('a file without an event is an error that says what was expected', async () => {
  for (const text of ['', 'hello\n', '# tracer: nop\n#\n']) {
    try {
      await parseFtrace(chunksOf(text), 'notes.txt');
      assert.unreachable(text);
    } catch (thrown) {
      assert.instance(thrown, InputError);
      assert.match((thrown as Error).message, /^notes\.txt: no event of the kernel was found; expected/);
    }
  }
});

test('other files do not look like ftrace', () => {
  for (const text of ['MemTotal: 1 kB\n', '{"traceEvents":[]}', '<html><body>news</body></html>', '', '\u0000\u0001']) {
    assert.not(looksLikeFtrace(text), text);
  }
});

test.run();
