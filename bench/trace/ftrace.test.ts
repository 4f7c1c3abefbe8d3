/** Formats are those of the kernels' own `format` files and of recorded traces, as the regular expressions say. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { comm } from './ftraceLines.ts';
import { failingCell, traceText } from './testing.ts';

/** A line as Perfetto's systrace_line_tokenizer.cc takes it apart. */
const LINE = /^ *(.+)-(\d+)\s+\[(\d+)\]\s*[a-zA-Z0-9.]{0,4}\s+(\d+\.\d{6}):\s+(\S+): (.*)$/;

const PFN = '0x[0-9a-f]+';
const POINTER = '[0-9a-f]{8}';
const COMM = '[\\w.:/<>-]{1,15}';
const FORMATS: Readonly<Record<string, RegExp>> = {
  tracing_mark_write: /^(?:B\|\d+\|[^|]+|E\|\d+|C\|\d+\|\w+\|\d+)$/,
  sched_switch: new RegExp(
    `^prev_comm=${COMM} prev_pid=\\d+ prev_prio=\\d+ prev_state=[RSx] ==> next_comm=${COMM} next_pid=\\d+ next_prio=\\d+$`,
  ),
  sched_process_fork: new RegExp(`^comm=${COMM} pid=\\d+ child_comm=${COMM} child_pid=\\d+$`),
  sched_process_exec: /^filename=\S+ pid=\d+ old_pid=\d+$/,
  sched_process_exit: new RegExp(`^comm=${COMM} pid=\\d+ prio=\\d+$`),
  cma_alloc_start: /^name=\S+ count=\d+ align=\d+$/,
  cma_alloc_finish: new RegExp(`^name=\\S+ pfn=${PFN} page=${POINTER} count=\\d+ align=\\d+$`),
  cma_alloc_busy_retry: new RegExp(`^name=\\S+ pfn=${PFN} page=${POINTER} count=\\d+ align=\\d+$`),
  cma_release: new RegExp(`^name=\\S+ pfn=${PFN} page=${POINTER} count=\\d+$`),
  dma_alloc_contiguous_retry: /^tries=\d+$/,
  migrate_retry: /^tries=\d+$/,
  migrate_pages_start: /^mode=2$/,
  migrate_pages_end: /^mode=2$/,
  mm_migrate_pages_start: /^mode=MIGRATE_SYNC reason=cma$/,
  mm_migrate_pages: /^nr_succeeded=\d+ nr_failed=\d+ mode=MIGRATE_SYNC reason=cma$/,
  test_pages_isolated: new RegExp(`^start_pfn=${PFN} end_pfn=${PFN} fin_pfn=${PFN} ret=(?:success|fail)$`),
  ksm_start_scan: /^seq \d+ rmap size \d+$/,
  ksm_stop_scan: /^seq \d+ rmap size \d+$/,
  ksm_enter: new RegExp(`^mm ${POINTER}$`),
  ksm_exit: new RegExp(`^mm ${POINTER}$`),
  ksm_merge_with_ksm_page: new RegExp(`^ksm pfn \\d+ rmap_item ${POINTER} mm ${POINTER} error 0$`),
  ksm_remove_rmap_item: new RegExp(`^pfn \\d+ rmap_item ${POINTER} mm ${POINTER}$`),
  lowmemory_kill: /^.+ \(\d+\), page cache \d+kB \(limit \d+kB\), free \d+Kb$/,
  mark_victim: /^pid=\d+$/,
};
/** Rare ones, which this cell has none of. */
const RARE = ['lowmemory_kill', 'mark_victim', 'sched_process_exec'];

interface Line {
  readonly comm: string;
  readonly pid: number;
  readonly cpu: number;
  readonly seconds: number;
  readonly name: string;
  readonly args: string;
}

const test = suite<{ text: string; lines: readonly Line[]; failures: number; requests: number }>('ftrace');

test.before(async (context) => {
  const { text, traced } = await traceText(failingCell(), 'ftrace');
  context.text = text;
  context.failures = traced.failures;
  context.requests = traced.requests;
  context.lines = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseLine);
});

function parseLine(text: string): Line {
  const match = LINE.exec(text);
  if (match === null) throw new Error(`not a line of ftrace: ${text}`);
  const [, who, pid, cpu, seconds, name, args] = match;
  return { comm: who, pid: Number(pid), cpu: Number(cpu), seconds: Number(seconds), name, args };
}

test('the header is that of Linux 3.10 and counts the lines', ({ text, lines }) => {
  const head = text.split('\n').slice(0, 11);
  assert.is(head[0], '# tracer: nop');
  assert.match(head[2], new RegExp(`^# entries-in-buffer/entries-written: ${lines.length}/${lines.length} +#P:4$`));
  assert.is(head[9], '#           TASK-PID   CPU#  ||||    TIMESTAMP  FUNCTION');
  assert.ok(head.every((line) => line.startsWith('#')));
});

test('every event has the format of its kernel', ({ lines }) => {
  for (const { name, args } of lines) {
    assert.ok(name in FORMATS, `unknown event ${name}`);
    assert.match(args, FORMATS[name], name);
  }
  const met = new Set(lines.map(({ name }) => name));
  for (const name of Object.keys(FORMATS)) assert.ok(met.has(name) || RARE.includes(name), `no ${name}`);
});

test('time goes on', ({ lines }) => {
  for (let i = 1; i < lines.length; i++) assert.ok(lines[i].seconds >= lines[i - 1].seconds, `line ${i}`);
});

test('marks begin and end on the thread that writes them', ({ lines }) => {
  const depth = new Map<number, number>();
  for (const { name, args, pid } of lines) {
    if (name !== 'tracing_mark_write' || args.startsWith('C')) continue;
    const [kind, tgid] = args.split('|');
    assert.is(Number(tgid), pid);
    const now = (depth.get(pid) ?? 0) + (kind === 'B' ? 1 : -1);
    assert.ok(now >= 0, `pid ${pid} ends what it has not begun`);
    depth.set(pid, now);
  }
  for (const [pid, left] of depth) assert.is(left, 0, `pid ${pid}`);
});

test('a CPU switches from the task that it switched to, which writes the lines between', ({ lines }) => {
  const running = new Map<number, number>();
  for (const { name, args, cpu, pid } of lines) {
    if (name === 'sched_switch') {
      assert.is(pid, running.get(cpu) ?? 0);
      assert.match(args, `prev_pid=${pid} `);
      running.set(cpu, Number(/next_pid=(\d+)/.exec(args)![1]));
    }
  }
});

test('as many calls finish as start, and failed ones have no page', ({ lines, requests, failures }) => {
  const finished = lines.filter(({ name }) => name === 'cma_alloc_finish');
  assert.is(finished.length, requests);
  assert.is(finished.filter(({ args }) => args.includes('page=00000000')).length, failures);
  assert.ok(failures > 0);
});

test('a comm has no blanks and fits into task_struct', () => {
  assert.equal(['cma client camera', 'app 17', 'ksmd', 'a very long name indeed'].map(comm), [
    'cma/camera',
    'app-17',
    'ksmd',
    'a-very-long-nam',
  ]);
});

test.run();
