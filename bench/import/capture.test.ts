/** The capture script in a stock busybox shell, with no tools but busybox's; what it writes is imported and runs. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { x } from 'tar';
import * as assert from 'uvu/assert';
import { packageRoot } from '../plan/packageRoot.ts';
import { command, suiteInScratch } from '../testing/command.ts';
import { testdata, write } from './testing.ts';

const test = suiteInScratch('capture script');
const SCRIPT = join(packageRoot(), 'bench', 'import', 'capture.sh');
const busybox = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));
const check = (name: string, body: (context: { dir: string }) => Promise<void>): void => {
  if (busybox === undefined) test.skip(name, body);
  else test(name, body);
};
if (busybox === undefined) console.log('skipped: there is no busybox (Debian: apt-get install busybox)');

/** A directory with busybox under the names of all its applets. */
function applets(dir: string): string {
  const bin = join(dir, 'bin');
  if (existsSync(bin)) return bin;
  mkdirSync(bin);
  spawnSync(busybox!, ['--install', '-s', bin]);
  return bin;
}

interface Ran {
  readonly code: number | null;
  readonly stderr: string;
}

function start(dir: string, words: readonly string[]): { pid: number; ended: Promise<Ran> } {
  const bin = applets(dir);
  const child = spawn(join(bin, 'sh'), [SCRIPT, ...words], {
    cwd: dir,
    env: { PATH: bin },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code, stderr })));
  return { pid: child.pid!, ended };
}

/** A tree to read instead of the system, with tracing that nobody uses. */
async function fakeRoot(dir: string, name: string): Promise<string> {
  const root = join(dir, name);
  mkdirSync(root, { recursive: true });
  await x({ file: testdata('recordings', 'raw_free_s20_p1000.tar.gz'), cwd: root });
  const from = join(root, 'raw_free_s20_p1000.before');
  const proc = Object.fromEntries(
    ['meminfo', 'vmstat', 'zoneinfo', 'buddyinfo', 'pagetypeinfo', 'cmdline'].map((file) => [
      `proc/${file}`,
      readFileSync(join(from, file)),
    ]),
  );
  const ksm = Object.fromEntries(
    readFileSync(join(from, 'ksm.txt'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => [`sys/kernel/mm/ksm/${line.split(' ')[0]}`, `${line.split(' ')[1]}\n`]),
  );
  return write(root, {
    ...proc,
    ...ksm,
    'proc/uptime': '100.00 50.00\n',
    'proc/164/smaps': readFileSync(join(from, 'worker0_pid164.smaps')),
    'proc/164/stat': readFileSync(join(from, 'worker0_pid164.stat')),
    'proc/164/status': 'Name:\tworker\nPid:\t164\nPPid:\t1\nVmSize:\t 13196 kB\n',
    'proc/164/cmdline': '/data/secret/worker\0--password=hunter2\0',
    ...TRACING,
  });
}

const TRACING = {
  'sys/kernel/tracing/current_tracer': 'nop\n',
  'sys/kernel/tracing/set_event': '',
  'sys/kernel/tracing/tracing_on': '1\n',
  'sys/kernel/tracing/buffer_size_kb': '7 (expanded: 1408)\n',
  'sys/kernel/tracing/trace': '# tracer: nop\n',
  'sys/kernel/tracing/events/sched/sched_process_fork/enable': '0\n',
  'sys/kernel/tracing/events/cma/cma_alloc_start/enable': '0\n',
};

const setting = (root: string, file: string): string =>
  readFileSync(join(root, 'sys/kernel/tracing', file), 'utf8').trim();

function isAsItWas(root: string): void {
  assert.is(setting(root, 'tracing_on'), '1');
  assert.is(setting(root, 'buffer_size_kb'), '7');
  assert.is(setting(root, 'events/cma/cma_alloc_start/enable'), '0');
  assert.is(setting(root, 'events/sched/sched_process_fork/enable'), '0');
}

check('this machine: the archive imports, and the workload runs', async ({ dir }) => {
  const ran = await start(dir, ['-t', '1', '-n', '40', '-o', 'here.tar.gz']).ended;
  assert.is(ran.code, 0, ran.stderr);
  const made = await command(['import', 'here.tar.gz', '-o', 'here.yaml'], dir);
  assert.is(made.code, 0, made.stderr);
  assert.match(made.stderr, /\d+ processes in \d+ groups/);
  const run = await command(
    ['run', './here.yaml', '--strategy', 'stock', '--seeds', '1', '--quick', '--duration', '2s', '--no-report'],
    dir,
  );
  assert.is(run.code, 0, run.stderr);
});

check('a prepared tree: what is in it is in the workload, and tracing is put back', async ({ dir }) => {
  const root = await fakeRoot(dir, 'root');
  const ran = await start(dir, ['-p', root, '-t', '1', '-o', 'fake.tar.gz']).ended;
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, 'tracing for 1 s: sched/sched_process_fork cma/cma_alloc_start');
  isAsItWas(root);
  const { code, stderr, stdout } = await command(['import', 'fake.tar.gz'], dir);
  assert.is(code, 0, stderr);
  assert.match(stdout, 'size: 32768 pages # from');
  assert.match(stdout, /^ {2}worker:$/m);
  assert.not.match(stdout, 'hunter2');
});

check('ended in the middle of the window: nothing is left, and tracing is put back', async ({ dir }) => {
  const root = await fakeRoot(dir, 'ended');
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const) {
    const { ended, pid } = start(dir, ['-p', root, '-t', '100', '-o', 'never.tar.gz']);
    while (setting(root, 'events/cma/cma_alloc_start/enable') !== '1' || setting(root, 'tracing_on') !== '1')
      await pause(50);
    await pause(200);
    process.kill(pid, signal);
    const ran = await ended;
    assert.is(ran.code, code, `${signal}: ${ran.stderr}`);
    isAsItWas(root);
  }
  assert.not.ok(readdirSync(dir).some((name) => name.includes('never') || name.startsWith('.cma')));
});

check('tracing that somebody uses is left alone, unless forced', async ({ dir }) => {
  const root = await fakeRoot(dir, 'used');
  write(root, { 'sys/kernel/tracing/set_event': 'sched:sched_switch\n' });
  const ran = await start(dir, ['-p', root, '-t', '1', '-o', 'used.tar.gz']).ended;
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, 'tracing is in use');
  assert.is(setting(root, 'buffer_size_kb'), '7 (expanded: 1408)', 'not even touched');
  const forced = await start(dir, ['-p', root, '-t', '1', '-f', '-o', 'forced.tar.gz']).ended;
  assert.match(forced.stderr, 'tracing for 1 s');
  isAsItWas(root);
});

check('-a: no names of processes or files', async ({ dir }) => {
  const root = await fakeRoot(dir, 'anonymous');
  const ran = await start(dir, ['-p', root, '-t', '0', '-a', '-o', 'anonymous.tar.gz']).ended;
  assert.is(ran.code, 0, ran.stderr);
  mkdirSync(join(dir, 'unpacked'));
  await x({ file: join(dir, 'anonymous.tar.gz'), cwd: join(dir, 'unpacked') });
  const files = readdirSync(join(dir, 'unpacked'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const all = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')).join('\n');
  assert.not.match(all, /ksmlab|hunter2|worker|\(exe\)/);
  const { code, stderr } = await command(['import', 'anonymous.tar.gz'], dir);
  assert.is(code, 0, stderr);
});

check('bad usage is refused', async ({ dir }) => {
  assert.is((await start(dir, ['-t', 'soon']).ended).code, 2);
  assert.is((await start(dir, ['-x']).ended).code, 2);
  assert.is((await start(dir, ['-o', 'nowhere/c.tar.gz']).ended).code, 2);
  assert.is((await start(dir, ['-p', join(dir, 'nothing')]).ended).code, 2);
});

test.run();
