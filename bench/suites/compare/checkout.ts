/**
 * The other version: a folder with a built checkout, or a revision that is checked out and built in a folder of its
 * own.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../errors.ts';
import { quote } from '../../plan/quote.ts';
import { run } from './runProgram.ts';

/** The checkout that this file belongs to. */
export const HERE = fileURLToPath(new URL('../../../..', import.meta.url));

export interface Checkout {
  /** Folder that package.json is in. */
  readonly folder: string;
  /** What was asked for, and the commit it was; null where nobody knows. */
  readonly name: string;
  readonly commit: string | null;
  /** Removes what was made for it. Never throws. */
  readonly remove: () => void;
}

export type Say = (text: string) => void;

/**
 * A revision goes before a folder of the same name; `./name` is never a revision. Throws UsageError when it is neither,
 * or a folder that is not built; Error with what npm or the compiler said when it cannot be built.
 */
export async function otherCheckout(asked: string, say: Say, signal: AbortSignal): Promise<Checkout> {
  const commit = await commitOf(asked, HERE, signal);
  if (commit !== null) return checkOut(asked, commit, say, signal);
  const folder = resolve(asked);
  if (!existsSync(join(folder, 'package.json'))) {
    const hint =
      'a revision is what git rev-parse knows: main, HEAD~1, v0.1.0, 4f9c2e1; a folder is one with a package.json';
    throw new UsageError(`--compare: ${quote(asked)} is neither a revision of this repository nor a checkout`, hint);
  }
  if (!existsSync(mainOf(folder))) {
    throw new UsageError(`--compare: the checkout in ${quote(asked)} is not built`, `(cd ${asked} && npm run build)`);
  }
  return { folder, name: asked, commit: await commitOf('HEAD', folder, signal), remove: () => undefined };
}

/** What to start with Node to measure that version. */
export function mainOf(folder: string): string {
  return join(folder, 'dist/bench/suites/main.js');
}

/** null when `revision` is none, when there is no repository, and when there is no git. */
export async function commitOf(revision: string, folder: string, signal: AbortSignal): Promise<string | null> {
  const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  try {
    const { code, stdout } = await run('git', words, folder, signal);
    return code === 0 ? stdout.trim() : null;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
}

async function checkOut(name: string, commit: string, say: Say, signal: AbortSignal): Promise<Checkout> {
  const scratch = mkdtempSync(join(tmpdir(), 'cma-stress-compare-'));
  const folder = join(scratch, 'checkout');
  const remove = (): void => {
    rmSync(scratch, { recursive: true, force: true });
    spawnSync('git', ['worktree', 'prune'], { cwd: HERE, stdio: 'ignore' });
  };
  try {
    say(`checking out ${name} (${commit.slice(0, 12)})`);
    await must('git', ['worktree', 'add', '--detach', '--force', folder, commit], HERE, signal);
    if (isSameLock(folder)) {
      symlinkSync(realpathSync(join(HERE, 'node_modules')), join(folder, 'node_modules'));
    } else {
      say(`installing the packages of ${name}, which has another package-lock.json`);
      await must('npm', ['ci', '--no-audit', '--no-fund'], folder, signal);
    }
    say(`building ${name}`);
    await must('npm', ['run', '--silent', 'build'], folder, signal);
    if (!existsSync(mainOf(folder))) throw new UsageError(`--compare: ${name} has no npm run bench yet`);
    return { folder, name, commit, remove };
  } catch (thrown) {
    remove();
    throw thrown;
  }
}

function isSameLock(folder: string): boolean {
  const lock = (of: string): string => readFileSync(join(of, 'package-lock.json'), 'utf8');
  return lock(folder) === lock(HERE);
}

async function must(program: string, words: readonly string[], folder: string, signal: AbortSignal): Promise<void> {
  const { code, stdout, stderr } = await run(program, words, folder, signal);
  if (code === 0) return;
  throw new Error(`${program} ${words.join(' ')} ended with exit code ${code}:\n${(stderr + stdout).trim()}`);
}
