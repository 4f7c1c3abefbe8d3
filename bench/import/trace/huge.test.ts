/** Traces that are too large to hold: read in bounded memory, and in bounded time. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MOST_KEPT } from './collect.ts';
import { parseFtrace } from './ftraceText.ts';
import type { Chunks } from './unpack.ts';

const MB = 1e6;
/** As a phone's trace is made up: mostly scheduling, and now and then something of interest. */
const NOISE = 40;

/** `count` of blocks of lines, a ms each; the same text each time. */
async function* generated(count: number, seen: () => void): Chunks {
  let text = '# tracer: nop\n';
  for (let i = 0; i < count; i++) {
    const at = (us: number): string => (i / 1000 + us / 1e6).toFixed(6).padStart(12);
    const pid = 1000 + (i % 30_000);
    text += `          zygote-100   [001] d..3 ${at(1)}: sched_process_fork: comm=zygote pid=100 child_comm=zygote child_pid=${pid}\n`;
    text += `             cam-77    [000] .... ${at(2)}: cma_alloc_start: name=reserved count=112 align=7\n`;
    text += `             cam-77    [000] .... ${at(9)}: cma_alloc_finish: name=reserved pfn=0x17c00 page=00000000f1234567 count=112 align=7\n`;
    for (let k = 0; k < NOISE; k++) {
      text += `          <idle>-0     [00${k % 4}] d..2 ${at(20 + k)}: sched_switch: prev_comm=swapper prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=app-${pid} next_pid=${pid} next_prio=120\n`;
    }
    text += `          app-${pid} [002] d..3 ${at(900)}: sched_process_exit: comm=app-${pid} pid=${pid} prio=120\n`;
    if (text.length < 1 << 17) continue;
    const chunk = Buffer.from(text);
    text = '';
    seen();
    yield await Promise.resolve(chunk);
  }
  yield Buffer.from(text);
}

test('130 MB in a heap that holds a fraction of it, and all events are counted', async () => {
  const blocks = 20_000;
  let [peak, bytes] = [0, 0];
  const before = process.memoryUsage().heapUsed;
  const watch = (): void => {
    peak = Math.max(peak, process.memoryUsage().heapUsed - before);
  };
  const measured = (async function* (): Chunks {
    for await (const chunk of generated(blocks, watch)) {
      bytes += chunk.length;
      yield chunk;
    }
  })();
  const start = process.cpuUsage();
  const { counts, forks, requests, exits, partial } = await parseFtrace(measured, 'big.txt');
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  assert.ok(bytes > 120 * MB, `${bytes}`);
  assert.equal([forks.length, requests.length, exits.length], [blocks, blocks, blocks]);
  assert.is(counts['sched_switch'], NOISE * blocks);
  assert.equal(partial, []);
  assert.ok(peak < 150 * MB, `${peak / MB} MB of heap`);
  // Of CPU time, making the text included: about four times what an idle machine takes.
  assert.ok(seconds < 10, `${seconds} s`);
});

test('more events of a kind than are kept: all kinds end at the same time, and that is told', async () => {
  const lines = MOST_KEPT + 5000;
  async function* forks(): Chunks {
    for (let first = 0; first < lines; first += 5000) {
      let text = '';
      for (let i = first; i < Math.min(lines, first + 5000); i++) {
        const at = (i / 1000).toFixed(6);
        text += ` z-100 [000] .... ${at}: sched_process_fork: comm=z pid=100 child_comm=z child_pid=${1000 + (i % 30_000)}\n`;
        if (i % 1000 === 0) text += ` z-100 [000] .... ${at}: oom_score_adj_update: pid=100 comm=z oom_score_adj=0\n`;
      }
      yield await Promise.resolve(Buffer.from(text));
    }
  }
  const facts = await parseFtrace(forks(), 'big.txt');
  // The event at the very time of the first one that is not kept is kept where its own list has room.
  assert.is(facts.forks.length, MOST_KEPT);
  assert.is(facts.oomScoreAdj.length, MOST_KEPT / 1000 + 1);
  assert.is(facts.counts['sched_process_fork'], lines);
  assert.is(facts.seconds, MOST_KEPT / 1000);
  assert.match(
    facts.partial.join('\n'),
    'more than 200000 events of one kind (fork): everything after 200.000 s is only counted',
  );
});

test.run();
