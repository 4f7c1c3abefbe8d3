/** An input of hundreds of MB goes through in bounded memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mapping } from './testing.ts';

const MAIN = fileURLToPath(new URL('../cli/main.js', import.meta.url));
const INPUT_BYTES = 200 * 1024 ** 2;
/** Old space of the importer, MB: less than the input. */
const HEAP_MB = 150;

test('200 MB of smaps from stdin, with a heap of 150 MB', async () => {
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, MAIN, 'import', '-', '--json'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  // Broken off when the child ends early; its exit code says so below.
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close');
  const amounts = { Rss: 8, Pss: 4, Private_Dirty: 8, Anonymous: 8, mg: 1 };
  // Names differ, so that each must be kept; the rest of a piece is the same.
  const piece = Array.from({ length: 500 }, (_, at) =>
    mapping(0x1000 + at * 0x10_000, 16, `/data/app/name-${at}-@`, amounts),
  ).join('');
  for (let sent = 0, at = 0; sent < INPUT_BYTES && child.exitCode === null; sent += piece.length, at++)
    if (!child.stdin.write(piece.replaceAll('@', String(at)))) await Promise.race([once(child.stdin, 'drain'), ended]);
  child.stdin.end();
  await ended;
  assert.is(child.exitCode, 0, stderr);
  const document = JSON.parse(stdout) as { partial: string[] };
  assert.ok(
    document.partial.some((sentence) => sentence.includes('mappings are left out') || sentence.includes('more than')),
    'what is beyond the limits is said',
  );
});

test.run();
