/** Runs the shell blocks of a page as its reader would: one after the other, in a folder of their own, with bash. */
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INLINE_LESS, MAIN } from '../command.ts';
import type { TestRedis } from '../redis.ts';
import { missingLine } from './page.ts';
import type { Page, ShellBlock } from './page.ts';

/** Longer than any block may take, on a slow and busy machine. */
const LIMIT_MS = 240_000;
/** The repository that this was built in. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
/** The server that pages name. */
const SERVER = /rediss:\/\/\w+@queue\.example:6380/g;

/** How a block ended that does not do what the page says. */
export interface Trouble {
  readonly line: number;
  readonly what: string;
}

/** Runs the blocks of a page in `dir`, which is empty, until one is not as the page says. */
export async function runPage(page: Page, dir: string, redis: TestRedis | null): Promise<Trouble | null> {
  const session = makeSession(dir, redis);
  try {
    for (const block of page.blocks) {
      if (block.kind === 'file') {
        const path = join(session.home, block.name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, block.text);
      } else if (block.notRun === null) {
        const trouble = await runBlock(block, session);
        if (trouble !== null) return { line: block.line, what: trouble };
      }
    }
    return null;
  } finally {
    for (const group of session.groups) endGroup(group);
  }
}

interface Session {
  /** Where the reader works. */
  readonly home: string;
  /** What belongs to the session and not to the reader. */
  readonly aside: string;
  readonly redis: TestRedis | null;
  /** Process groups of the blocks so far: a block may leave jobs in the background. */
  readonly groups: number[];
}

function makeSession(dir: string, redis: TestRedis | null): Session {
  const home = join(dir, 'home');
  const aside = join(dir, 'aside');
  const bin = join(aside, 'bin');
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(home, 'node_modules'), { recursive: true });
  // What `npm install` would leave: strategies and scripts import it by its name.
  symlinkSync(ROOT, join(home, 'node_modules', 'cma-stress'));
  program(join(bin, 'cma-stress'), `exec node ${INLINE_LESS} '${MAIN}' "$@"`);
  // npx would find the same command, half a second later.
  program(join(bin, 'npx'), `[ "$1" = cma-stress ] || { echo "npx $1: not here" >&2; exit 127; }\nexec "$@"`);
  return { home, aside, redis, groups: [] };
}

function program(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** What is wrong with it; null when all is as the page says. */
async function runBlock(block: ShellBlock, session: Session): Promise<string | null> {
  const { aside, redis } = session;
  const script = redis === null ? block.script : block.script.replaceAll(SERVER, redis.url);
  writeFileSync(join(aside, 'block.sh'), script);
  const code = await bash(block.atCheckout ? checkout(aside) : null, session);
  const stdout = readFileSync(join(aside, 'stdout'), 'utf8');
  const said = `${stdout}${readFileSync(join(aside, 'stderr'), 'utf8')}`;
  if (code !== block.exit) return `ended with ${code ?? 'a signal'}, not ${block.exit}; it printed:\n${said}`;
  const missing = block.output === null ? null : missingLine(block.output, linesOf(stdout, redis));
  return missing === null ? null : `does not print this line, or not here: ${missing}\nit printed:\n${said}`;
}

function linesOf(stdout: string, redis: TestRedis | null): string[] {
  const text = stdout.replaceAll(/node \S*main\.js/g, 'cma-stress');
  return (redis === null ? text : text.replaceAll(`127.0.0.1:${redis.port}`, 'queue.example:6380')).split('\n');
}

/** Sources the block: what it exports, and where it goes, is there for the next. `at`: where it runs; null to go on. */
function bash(at: string | null, { home, aside, redis, groups }: Session): Promise<number | null> {
  const state = join(aside, 'state.sh');
  const go = at ?? (existsSync(state) ? null : home);
  const lines = [
    existsSync(state) ? `. '${state}'` : '',
    go === null ? '' : `cd '${go}'`,
    at === null ? `trap '{ export -p; echo "cd \\"$PWD\\""; } > ${state}' EXIT` : '',
    'set -e -o pipefail',
    `. '${join(aside, 'block.sh')}'`,
  ];
  const stdout = openSync(join(aside, 'stdout'), 'w');
  const stderr = openSync(join(aside, 'stderr'), 'w');
  const child = spawn('bash', ['-c', lines.join('\n')], {
    // A group of its own: what it leaves in the background is ended with the page.
    detached: true,
    stdio: ['ignore', stdout, stderr],
    env: {
      ...process.env,
      ...redis?.env,
      PATH: `${join(aside, 'bin')}:${process.env['PATH'] ?? ''}`,
      NO_COLOR: '1',
      LC_ALL: 'C.UTF-8',
    },
  });
  closeSync(stdout);
  closeSync(stderr);
  if (child.pid !== undefined) groups.push(child.pid);
  const timer = setTimeout(() => child.pid !== undefined && endGroup(child.pid), LIMIT_MS);
  return new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  }).finally(() => clearTimeout(timer));
}

/**
 * A copy of what the repository tracks, with links to its dependencies and to what was built of it: a build in the copy
 * takes the link away and makes a dist/ of the copy's own. Made when the first block wants it.
 */
function checkout(aside: string): string {
  const copy = join(aside, 'checkout');
  if (existsSync(copy)) return copy;
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of tracked) cpSync(join(ROOT, file), join(copy, file));
  for (const folder of ['dist', 'node_modules']) symlinkSync(join(ROOT, folder), join(copy, folder));
  return copy;
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (thrown) {
    // Nothing of it is left.
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}
