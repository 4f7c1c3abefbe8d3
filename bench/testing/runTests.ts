/**
 * Runs every compiled test file, each in its own process, and counts tests.
 *
 * uvu by itself passes silently when a suite is never started or a folder is empty; here a file without a test, and a
 * tree without a test file, fail. The last line is always `N passed, N failed` (tests; a file that breaks down counts
 * as one failed test), with `, N skipped` behind it where tests were skipped; a file that skips prints
 * `skipped: <why>`, which is shown.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const PARALLEL = 2;
/** A file that runs longer than this hangs. */
const LIMIT_MS = 10 * 60_000;

interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** What the file printed, shown when it failed; why it failed when its tests do not say. */
  readonly output: string;
  readonly trouble: string | null;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

function testFiles(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js'))
    .sort();
}

function runFile(file: string): Promise<FileResult> {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', join(root, file)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (code, signal) => {
      resolve(judge(file, output, code, signal, (performance.now() - start) / 1e3));
    });
  });
}

/** Counts from uvu's closing lines, and whether they can be believed. */
function judge(file: string, output: string, code: number | null, signal: string | null, seconds: number): FileResult {
  const total = lastCount(output, 'Total');
  const passed = lastCount(output, 'Passed');
  const failed = (total ?? 0) - (passed ?? 0);
  const skipped = lastCount(output, 'Skipped') ?? 0;
  const base = { file, passed: passed ?? 0, skipped, seconds, output };
  if (signal !== null)
    return { ...base, failed: failed + 1, trouble: `ended by ${signal} after ${seconds.toFixed(0)} s` };
  if (total === null || passed === null || total + skipped === 0)
    return { ...base, failed: 1, trouble: 'ran no tests' };
  if (failed === 0 && code !== 0) return { ...base, failed: 1, trouble: `ended with exit code ${code ?? 'none'}` };
  return { ...base, failed, trouble: null };
}

function lastCount(output: string, name: string): number | null {
  // uvu colours these lines when it thinks that it should.
  const found = [...output.matchAll(new RegExp(`^\\W*(?:\\[[0-9;]*m)?\\s*${name}:\\s+(\\d+)`, 'gm'))].at(-1);
  return found === undefined ? null : Number(found[1]);
}

function totals({ passed, failed, skipped }: Pick<FileResult, 'passed' | 'failed' | 'skipped'>): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

function print(result: FileResult): void {
  const state = result.failed === 0 ? 'ok  ' : 'FAIL';
  const counts = totals(result);
  console.log(`${state} ${relative('.', join(root, result.file))}: ${counts} (${result.seconds.toFixed(1)} s)`);
  if (result.skipped > 0)
    console.log(`     ${/^skipped: .*$/m.exec(result.output)?.[0] ?? 'skipped: it does not say why'}`);
  if (result.failed === 0) return;
  if (result.trouble !== null) console.log(`     ${result.trouble}`);
  console.log(result.output.trimEnd());
}

const files = testFiles();
const queue = files.values();
let passed = 0;
let failed = 0;
let skipped = 0;

async function lane(): Promise<void> {
  for (const file of queue) {
    const result = await runFile(file);
    print(result);
    passed += result.passed;
    failed += result.failed;
    skipped += result.skipped;
  }
}

await Promise.all(Array.from({ length: PARALLEL }, lane));
if (files.length === 0) {
  console.log('no test files found: build first');
  failed++;
}
console.log(totals({ passed, failed, skipped }));
process.exitCode = failed === 0 ? 0 : 1;
