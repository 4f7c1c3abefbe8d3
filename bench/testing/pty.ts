/** A terminal for tests: `script` of util-linux runs a command on a pseudo-terminal, and hands on what it draws. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { INLINE_LESS, LIMIT_MS, MAIN } from './command.ts';

/** Whatever the tests themselves run in. */
const USUAL = { TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', SHELL: '/bin/sh', CI: undefined, NO_COLOR: undefined };

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: NodeJS.ProcessEnv;
}

export interface OnTerminal {
  /** What is written to its stdin is typed on the terminal. */
  readonly child: ChildProcess;
  /** What has been drawn so far. */
  readonly drawn: () => string;
  readonly finished: Promise<{ readonly code: number | null; readonly drawn: string }>;
}

/** Whether this machine has it. */
export function hasTerminal(): boolean {
  const { error, stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return error === undefined && stdout.includes('util-linux');
}

/** Runs `cma-stress ...words`, which must not need quoting, on a terminal of that size with block characters. */
export function onTerminal(
  words: readonly string[],
  cwd: string,
  { columns = 100, rows = 30, env = {} }: TerminalOptions = {},
): OnTerminal {
  const line = `stty cols ${columns} rows ${rows}; exec ${process.execPath} ${INLINE_LESS} ${MAIN} ${words.join(' ')}`;
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd,
    env: { ...process.env, ...USUAL, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const finished = new Promise<{ code: number | null; drawn: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, drawn: text }));
  });
  return { child, drawn: () => text, finished };
}
