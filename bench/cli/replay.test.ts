/**
 * A workload that replays a recording, from outside: its results, and that other commands know its processes and
 * requests.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { CellDocument } from '../run/cell.ts';
import { command, suiteInScratch } from '../testing/command.ts';

const test = suiteInScratch('replay');

/** One request in the whole area, full of pinned pages: it fails. */
const REPLAY = `about: A recording with a request that failed.
device: zx1800-512
groups:
  job: { count: 0, start: fork, parent: app, oom_score_adj: 600, regions: { own: { kind: anon, size: 1 MB } } }
pins: { gup: { rate: 500/s, size: 64 pages, hold: 10 s, target: anon } }
settle_scans: 1
warm_up: 1 s
duration: 3 s
events:
  - { at: 0.1 s, fork: app, name: p1042 }
  - { at: 0.2 s, fork: job, from: p1042, name: p1050 }
  - { at: 1.25 s, cma: { client: recorded, size: 16 MB, hold: 500 ms } }
  - { at: 1.5 s, ksm: { pages_to_scan: 256, sleep_millisecs: 500 } }
  - { at: 2.5 s, exit: p1042 }
  - { at: 2.6 s, kill: p1050 }
  - { at: 3 s, exit: app }
`;

const RUN = ['run', './replay.yaml', '--strategy', 'stock,root-search', '--seeds', '1', '--no-report', '--json'];

test.before(async ({ dir }) => {
  writeFileSync(join(dir, 'replay.yaml'), REPLAY);
  const { code, stdout, stderr } = await command([...RUN, '--out', 'run'], dir);
  assert.is(code, 0, stderr);
  writeFileSync(join(dir, 'run.json'), stdout);
});

function documentIn(dir: string, name: string): { digest: string; cells: readonly CellDocument[] } {
  return JSON.parse(readFileSync(join(dir, name), 'utf8')) as { digest: string; cells: CellDocument[] };
}

test('every strategy meets the same requests; what happens is said', ({ dir }) => {
  const { cells } = documentIn(dir, 'run.json');
  assert.is(cells.length, 2);
  for (const { cma, replay, settings, counts } of cells) {
    assert.equal(Object.keys(cma.byClient), ['recorded']);
    assert.is(cma.attempts, 1);
    assert.is(cma.failures, 1);
    assert.equal(replay, { events: 6, missed: 0 });
    assert.is(settings['events'], '6/7');
    assert.is(counts.forks, 2);
    assert.is(counts.exits, 2);
  }
});

test('the same again from its folder and on one thread', async ({ dir }) => {
  const { code, stdout } = await command([...RUN, '--threads', '1', '--out', 'again'], dir);
  assert.is(code, 0);
  const again = JSON.parse(stdout) as { digest: string };
  assert.is(again.digest, documentIn(dir, 'run.json').digest);
  const resumed = await command(['run', '--resume', 'run', '--json'], dir);
  assert.is((JSON.parse(resumed.stdout) as { digest: string }).digest, again.digest);
});

test('explain knows the request and the processes by their names', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['explain', 'run'], dir);
  assert.is(code, 0, stderr);
  assert.match(stdout, 'recorded asked for 4,096 pages (16.0 MB) at 1.250 s and got -EBUSY');
  assert.match(stdout, /pin \d+/);
  const whole = await command(['explain', 'run', '--json'], dir);
  assert.match(whole.stdout, '"app p1042"');
});

test('trace shows forks, exits and the request', async ({ dir }) => {
  const { code, stdout, stderr } = await command(['trace', 'run', '--format', 'ftrace', '-o', 'out.ftrace'], dir);
  assert.is(code, 0, stderr + stdout);
  const text = readFileSync(join(dir, 'out.ftrace'), 'utf8');
  assert.match(text, /1\.1\d+: sched_process_fork: comm=zygote-0 pid=\d+ child_comm=app-p1042/);
  assert.match(text, /sched_process_fork: comm=app-p1042 pid=\d+ child_comm=job-p1050/);
  assert.match(text, /3\.5\d+: sched_process_exit: comm=app-p1042/);
});

test('reports and comparisons', async ({ dir }) => {
  const mail = await command(['report', 'run'], dir);
  assert.is(mail.code, 0, mail.stderr);
  assert.match(mail.stdout, 'Amean recorded');
  assert.match(mail.stdout, 'events=6/7');
  const html = await command(['report', 'run', '-o', 'report.html'], dir);
  assert.is(html.code, 0, html.stderr);
  assert.is((await command([...RUN, '--set', 'events[5].at=2.7 s', '--out', 'other'], dir)).code, 0);
  const compared = await command(['compare', 'run:stock', 'other:stock'], dir);
  assert.is(compared.code, 0, compared.stderr);
  assert.match(compared.stdout, 'what differs: events');
});

test('a slip is refused with its place', async ({ dir }) => {
  writeFileSync(join(dir, 'slip.yaml'), REPLAY.replace('from: p1042', 'from: p1024'));
  const { code, stderr } = await command(['run', './slip.yaml', '--no-report'], dir);
  assert.is(code, 2);
  assert.match(stderr, /slip\.yaml:11:\d+/);
  assert.match(stderr, 'events[1].from');
  assert.match(stderr, 'unknown process or group `p1024`');
});

test.run();
