/** For the tests of this folder: workloads given as text, and the problems they are refused with. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { InputError, type Problem } from '../errors.ts';
import { loadWorkload, type LoadOptions } from './resolve.ts';
import type { ResolvedWorkload } from './types.ts';

export const AS_IS: LoadOptions = { set: [], durationNs: null, quick: false };

/** A small workload that is right; tests break it in one place. */
export const GOOD = `about: A test.
device: zx1800-512
population: own
groups:
  server:
    count: 2
    start: exec
    oom_score_adj: 0
    regions:
      heap:
        kind: anon
        size: 4 MB
        populated: 50 %
        mergeable: true
        contents: { zero: 5 %, pools: { common: { contents: 100, share: 20 % } } }
        writes: { rate: 10/s, hot_pages: 10 %, hot_writes: 90 % }
      code: { kind: shared-file, file: libc, size: 100 pages }
  job:
    count: 1
    start: fork
    parent: server
    oom_score_adj: 500
    regions: {}
spawners:
  jobs: { group: job, rate: 12/min, startup: 1 s, life: 4 s, max_live: 8 }
cma_clients:
  camera: { area: default, rate: 0.2/s, sizes: [{ size: 112 pages }], hold: 500 ms }
`;

/** Loads a workload from bytes or text put into a file of its own. */
export function loadText(content: string | Uint8Array, options: LoadOptions = AS_IS): ResolvedWorkload {
  const folder = mkdtempSync(join(tmpdir(), 'cma-stress-plan-'));
  try {
    const path = join(folder, 'test.yaml');
    writeFileSync(path, content);
    return loadWorkload(path, options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The problems an action is refused with; none when it is not refused. Other errors pass through. */
export function problemsOf(action: () => unknown): readonly Problem[] {
  try {
    action();
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

/** Line and column of the mark `▸` in a text, and the text without it. */
export function unmark(text: string): { text: string; line: number; column: number } {
  const at = text.indexOf('▸');
  if (at < 0 || text.indexOf('▸', at + 1) >= 0) throw new Error('a test text needs exactly one mark');
  const before = text.slice(0, at).split('\n');
  return { text: before.join('\n') + text.slice(at + 1), line: before.length, column: before.at(-1)!.length + 1 };
}

/** What stands in GOOD, what is put there (the mark is where the problem must be), the path, and the message. */
export type Case = readonly [title: string, from: string, to: string, path: string, message: RegExp | string];

/** Problems as lines, for the message of a failed assertion. */
export function show(problems: ReturnType<typeof problemsOf>): string {
  return problems.map((one) => `${one.line}:${one.column} ${one.path}: ${one.message}`).join('\n');
}

/** Asserts that the marked text has a problem at the mark, under that path, with that message. */
export function refused(marked: string, path: string, message: RegExp | string): void {
  const { text, line, column } = unmark(marked);
  const problems = problemsOf(() => loadText(text));
  const problem = problems.find((one) => one.path === path);
  assert.ok(problem, `no problem at path ${path}\n${show(problems)}`);
  assert.is(`${problem.line}:${problem.column}`, `${line}:${column}`, show(problems));
  assert.match(problem.message, message);
  assert.ok(problem.file.endsWith('test.yaml'));
}
