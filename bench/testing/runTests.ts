/**
 * Runs every compiled test file, each in its own process, and counts tests; checks types and lints the sources beside
 * them. With words on the command line only the files whose names begin with one of them (`sim/ksm`), and neither types
 * nor lint.
 *
 * uvu by itself passes silently when a suite is never started or a folder is empty; here a file without a test, and a
 * tree without a test file, fail. The last line is always `N passed, N failed` (tests; a file that breaks down counts
 * as one failed test, and so do wrong types, and lint that finds something), with `, N skipped` behind it where tests
 * were skipped; a file that skips prints `skipped: <why>`, which is shown.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

/** One more than the processors of a machine that tests a change: many a test waits for what it started. */
const PARALLEL = 3;
/** Minutes each: begun first, so that none of them runs alone at the end. */
const LONGEST = ['bench/testing/fuzz/fuzz.test.js', 'bench/testing/docs/howTo.test.js', 'bench/faults/faults.test.js'];
/**
 * Commands that tests start take one thread unless a test says otherwise: enough of them run side by side, and each
 * thread has to get warm, so that four short cells take half as much CPU time again on two.
 */
const ENVIRONMENT = { ...process.env, CMA_STRESS_THREADS: '1' };
/** A file that runs longer than this hangs. */
const LIMIT_MS = 10 * 60_000;

interface Result {
  /** The test file, or what else was run. */
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** What the file printed, shown when it failed; why it failed when its tests do not say. */
  readonly output: string;
  readonly trouble: string | null;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `beginnings` of their names; none stands for all. */
function testFiles(beginnings: readonly string[]): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js'))
    .filter((path) => beginnings.length === 0 || beginnings.some((beginning) => path.startsWith(beginning)))
    .sort((a, b) => Number(LONGEST.includes(b)) - Number(LONGEST.includes(a)) || (a < b ? -1 : 1));
}

interface Ended {
  readonly output: string;
  readonly code: number | null;
  readonly signal: string | null;
  readonly seconds: number;
}

/** `timeout`: ms after which it is ended; 0 for never. */
function run(program: string, words: readonly string[], timeout: number): Promise<Ended> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      env: ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ output, code, signal, seconds: (performance.now() - start) / 1e3 }));
  });
}

async function runFile(file: string): Promise<Result> {
  const path = join(root, file);
  return judge(relative('.', path), await run(process.execPath, ['--enable-source-maps', path], LIMIT_MS));
}

/** A script of package.json. Fails as one test does; it passes none. */
async function runScript(name: string): Promise<Result> {
  const ended = await run('npm', ['run', '--silent', name], 0);
  const trouble = exitTrouble(ended);
  return { name, passed: 0, failed: trouble === null ? 0 : 1, skipped: 0, trouble, ...ended };
}

/** Counts from uvu's closing lines, and whether they can be believed. */
function judge(name: string, ended: Ended): Result {
  const total = lastCount(ended.output, 'Total');
  const passed = lastCount(ended.output, 'Passed');
  const failed = (total ?? 0) - (passed ?? 0);
  const skipped = lastCount(ended.output, 'Skipped') ?? 0;
  const base = { name, passed: passed ?? 0, skipped, seconds: ended.seconds, output: ended.output };
  const trouble = exitTrouble(ended);
  if (ended.signal !== null) return { ...base, failed: failed + 1, trouble };
  if (total === null || passed === null || total + skipped === 0)
    return { ...base, failed: 1, trouble: 'ran no tests' };
  if (failed === 0 && trouble !== null) return { ...base, failed: 1, trouble };
  return { ...base, failed, trouble: null };
}

function exitTrouble({ code, signal, seconds }: Ended): string | null {
  if (signal !== null) return `ended by ${signal} after ${seconds.toFixed(0)} s`;
  return code === 0 ? null : `ended with exit code ${code ?? 'none'}`;
}

function lastCount(output: string, name: string): number | null {
  // uvu colours these lines when it thinks that it should.
  const found = [...output.matchAll(new RegExp(`^\\W*(?:\\[[0-9;]*m)?\\s*${name}:\\s+(\\d+)`, 'gm'))].at(-1);
  return found === undefined ? null : Number(found[1]);
}

function totals({ passed, failed, skipped }: Pick<Result, 'passed' | 'failed' | 'skipped'>): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

function print(result: Result): void {
  const state = result.failed === 0 ? 'ok  ' : 'FAIL';
  console.log(`${state} ${result.name}: ${totals(result)} (${result.seconds.toFixed(1)} s)`);
  if (result.skipped > 0)
    console.log(`     ${/^skipped: .*$/m.exec(result.output)?.[0] ?? 'skipped: it does not say why'}`);
  if (result.failed === 0) return;
  if (result.trouble !== null) console.log(`     ${result.trouble}`);
  console.log(result.output.trimEnd());
}

const beginnings = process.argv.slice(2);
const files = testFiles(beginnings);
/** First: little takes longer than lint, and nothing is left to run beside what is last. */
const scripts = beginnings.length === 0 ? ['types', 'lint'] : [];
const queue = [...scripts.map((name) => () => runScript(name)), ...files.map((file) => () => runFile(file))].values();
let passed = 0;
let failed = 0;
let skipped = 0;

async function lane(): Promise<void> {
  for (const job of queue) {
    const result = await job();
    print(result);
    passed += result.passed;
    failed += result.failed;
    skipped += result.skipped;
  }
}

await Promise.all(Array.from({ length: PARALLEL }, lane));
if (files.length === 0) {
  console.log(beginnings.length === 0 ? 'no test files found: build first' : 'no test file has such a name');
  failed++;
}
console.log(totals({ passed, failed, skipped }));
process.exitCode = failed === 0 ? 0 : 1;
