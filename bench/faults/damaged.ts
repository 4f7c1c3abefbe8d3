/** One machine: the disk is full, or the journal has lines that are torn or damaged. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../errors.ts';
import { MAIN, startProgram, type Finished } from '../testing/command.ts';
import { momentOf, type Fault, type Toll, type Turn } from './fault.ts';
import { CELLS, planWords, type Site } from './site.ts';

const PLAN = planWords();
/** Of the uninterrupted results: where the disk is full at first, and how far later injections go. */
const FULL_AT = 0.2;
const FULL_RANGE = 0.6;

/** Kills a run at its moment and does something to its journal before it is continued. */
async function damaged(
  site: Site,
  turn: Turn,
  damage: (file: string) => void,
  check: (ended: Finished) => void,
): Promise<Toll> {
  const run = site.newRun();
  const started = site.local(...PLAN, '--out', run);
  await site.hasLines(run, momentOf(turn, CELLS) + 1, started);
  started.child.kill('SIGKILL');
  await started.finished;
  damage(join(site.path(run), 'cells.ndjson'));
  return site.continued(PLAN, run, () => site.local('run', '--resume', run, '--no-report'), check);
}

/** Bytes that a disk has when it is full at this turn. */
async function roomAt(site: Site, { index, of }: Turn): Promise<number> {
  const { bytes } = await site.reference(PLAN);
  return bytes.length * (FULL_AT + (FULL_RANGE * index) / of);
}

export const DAMAGED: readonly Fault[] = [
  {
    name: 'torn-line',
    done: '`kill -9`, and the last line of the journal torn',
    outcome: 'its cell is run again',
    inject: (site, turn) =>
      damaged(
        site,
        turn,
        (file) => {
          const bytes = readFileSync(file);
          const last = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
          // From one byte of it to all but its newline.
          truncateSync(file, last + 1 + Math.floor(((bytes.length - last - 2) * turn.index) / turn.of));
        },
        ({ stderr }) => assert.doesNotMatch(stderr, /damaged/),
      ),
  },
  {
    name: 'damaged-line',
    done: '`kill -9`, and a digit in the journal changed',
    outcome: 'found by its checksum; its cell is run again',
    inject: (site, turn) =>
      damaged(
        site,
        turn,
        (file) => {
          const text = readFileSync(file, 'utf8');
          const digits = [...text.slice(0, text.indexOf('\n')).matchAll(/\d/g)].map(({ index }) => index);
          const at = digits[Math.floor((digits.length * turn.index) / turn.of)];
          writeFileSync(file, `${text.slice(0, at)}${(Number(text[at]) + 1) % 10}${text.slice(at + 1)}`);
        },
        ({ stderr }) => assert.match(stderr, /1 line is damaged/),
      ),
  },
  {
    name: 'file-limit',
    done: 'no room for the journal (`ulimit -f`)',
    outcome: 'exit 130 and says so; continued with `--resume`',
    async inject(site, turn) {
      const run = site.newRun();
      const blocks = Math.ceil((await roomAt(site, turn)) / 1024);
      const words = [process.execPath, MAIN, ...PLAN, '--threads', '1', '--out', run];
      const shell = ['-c', `ulimit -f ${blocks}; exec "$@"`, 'bash', ...words];
      const { code, stderr } = await site.keep(startProgram('bash', shell, site.dir)).finished;
      assert.equal(code, EXIT.interrupted, stderr);
      assert.match(stderr, /cannot write .*: EFBIG/);
      return site.resumeHere(PLAN, run);
    },
  },
  {
    name: 'full-disk',
    done: 'the disk is full (a small tmpfs)',
    outcome: 'exit 130 and says so; continued with `--resume` once there is room',
    whyNot: () => (mounts() ? null : 'no right to mount a tmpfs'),
    async inject(site, turn) {
      const run = site.newRun();
      const path = site.path(run);
      mkdirSync(path);
      // What else lies there takes some pages, too.
      const room = Math.ceil((await roomAt(site, turn)) / 1024) + 32;
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${room}k`, 'tmpfs', path]);
      try {
        const { code, stderr } = await site.local(...PLAN, '--out', join(run, 'run')).finished;
        assert.equal(code, EXIT.interrupted, stderr);
        assert.match(stderr, /cannot write .*: ENOSPC/);
        execFileSync('mount', ['-o', 'remount,size=16m', path]);
        return await site.resumeHere(PLAN, join(run, 'run'));
      } finally {
        execFileSync('umount', ['-l', path]);
      }
    },
  },
];

function mounts(): boolean {
  const path = mkdtempSync(join(tmpdir(), 'cma-stress-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path], { stdio: 'ignore' });
    execFileSync('umount', [path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
