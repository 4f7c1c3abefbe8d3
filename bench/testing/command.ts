/** Starts the real command as its user would, for tests. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import type { Test } from 'uvu';

/** The compiled command. */
export const MAIN = fileURLToPath(new URL('../cli/main.js', import.meta.url));
/**
 * V8 inlines less in commands that tests start: most run for a second or two, a third and more of which goes into
 * compiling, and take 0.8 of the CPU time with it (medians of five, three times in turn, for two and for four cells).
 * A run of half a minute takes longer by as much.
 */
export const INLINE_LESS = '--max-inlined-bytecode-size-cumulative=200';
/** Longer than any command of a test may take, on a slow and busy machine. */
export const LIMIT_MS = 180_000;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves as soon as its stderr matches; rejects when it ends and that never did. */
  readonly says: (pattern: RegExp) => Promise<void>;
}

/** Starts `cma-stress ...words`; the working directory is `cwd`. */
export function start(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Started {
  return startProgram(process.execPath, [INLINE_LESS, MAIN, ...words], cwd, env);
}

/** Starts any other program in the same way: for what has to be set before the command starts. */
export function startProgram(
  program: string,
  words: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Started {
  const child = spawn(program, words, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const says = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(stderr)) resolve();
      };
      // Behind the listener that adds to it.
      child.stderr.on('data', look);
      look();
      void finished.then(() => reject(new Error(`it ended and never said ${pattern.source}: ${stderr}`)), reject);
    });
  return { child, finished, says };
}

/** Runs `cma-stress ...words` to its end. */
export function command(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return start(words, cwd, env).finished;
}

/** Ctrl-C as soon as `file` is there and `isEnough` of its text. Resolves when the command has ended. */
export async function interruptWhen(
  { child, finished }: Started,
  file: string,
  isEnough: (text: string) => boolean,
): Promise<Finished> {
  const poll = setInterval(() => {
    if (!existsSync(file) || !isEnough(readFileSync(file, 'utf8'))) return;
    clearInterval(poll);
    child.kill('SIGINT');
  }, 3);
  return finished.finally(() => clearInterval(poll));
}

/** A directory of its own for a test; `remove` it afterwards. */
export function scratchDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'cma-stress-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A suite whose tests share an empty directory of their own, `dir`, which goes when they are over. */
export function suiteInScratch(name: string): Test<{ dir: string }> {
  const scratch = scratchDirectory();
  const made = suite<{ dir: string }>(name, { dir: scratch.path });
  made.after(() => {
    scratch.remove();
  });
  return made;
}
