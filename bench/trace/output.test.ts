/** Where a trace goes: a file or a slow reader, with little held in memory. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { suiteInScratch } from '../testing/command.ts';
import { FileOutput, StreamOutput } from './output.ts';

const test = suiteInScratch('trace output');
const LINE = `${'x'.repeat(99)}\n`;

test('a file gets everything, while little is held back', ({ dir }) => {
  const path = join(dir, 'long.txt');
  const output = new FileOutput(path);
  for (let i = 0; i < 50_000; i++) output.write(LINE);
  assert.ok(output.bytes > 4_900_000, 'what was written long ago is on disk');
  output.patch(0, 'head');
  output.close();
  const text = readFileSync(path, 'utf8');
  assert.is(text.length, 5_000_000);
  assert.is(text.slice(0, 6), 'headxx');
  assert.is(output.bytes, 5_000_000);
  assert.ok(output.peak <= (1 << 16) + LINE.length, `held back ${output.peak}`);
});

test('what is not ASCII is UTF-8, in a file and for a reader', async ({ dir }) => {
  const pieces = ['before é', `${'→'.repeat(70_000)}\n`, 'after', 'ß'.repeat(70_000)];
  const path = join(dir, 'words.txt');
  const read: Buffer[] = [];
  const reader = new Writable({
    write(chunk: Buffer, _encoding, done) {
      // Kept longer than the next is waited for.
      read.push(chunk);
      done();
    },
  });
  for (const output of [new FileOutput(path), new StreamOutput(reader)]) {
    for (const piece of pieces) output.write(piece);
    await output.drained();
    output.close();
  }
  assert.is(readFileSync(path, 'utf8'), pieces.join(''));
  assert.is(Buffer.concat(read).toString(), pieces.join(''));
});

test('pieces and numbers stand where they were written, among text', ({ dir }) => {
  const path = join(dir, 'numbers.txt');
  const text = fc.string({ unit: 'grapheme', maxLength: 30 });
  const decimal = fc.oneof(fc.nat(12), fc.nat(2e9), fc.maxSafeNat());
  const hex = fc.oneof(fc.nat(20), fc.nat(0x1ffff), fc.nat(2 ** 32 - 1));
  // What is written, and as what it is to be read.
  const part = fc.oneof(
    text.map((value) => ({ write: (output: FileOutput) => output.write(value), shown: value })),
    text.map((value) => ({ write: (output: FileOutput) => output.piece(Buffer.from(value)), shown: value })),
    decimal.map((value) => ({ write: (output: FileOutput) => output.decimal(value), shown: `${value}` })),
    hex.map((value) => ({ write: (output: FileOutput) => output.hex(value), shown: value.toString(16) })),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 3000 }), (parts, times) => {
      const output = new FileOutput(path);
      for (let i = 0; i < times; i++) {
        for (const { write } of parts) write(output);
      }
      output.close();
      const line = parts.map(({ shown }) => shown).join('');
      assert.ok(readFileSync(path, 'utf8') === Buffer.from(line).toString().repeat(times), line);
    }),
    { seed: 20261127, numRuns: 60 },
  );
});

test("a file that cannot be written is the user's to mend", ({ dir }) => {
  assert.throws(() => new FileOutput(join(dir, 'no', 'such', 'folder')), /cannot write .*ENOENT/);
});

test('a slow reader is waited for', async () => {
  let got = 0;
  const slow = new Writable({
    highWaterMark: 1000,
    write(chunk: Buffer, _encoding, done) {
      got += chunk.length;
      setTimeout(done, 5);
    },
  });
  const output = new StreamOutput(slow);
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 1000; i++) output.write(LINE);
    await output.drained();
    assert.is(slow.writableLength, 0);
  }
  output.close();
  await new Promise<void>((resolve) => slow.end(resolve));
  assert.is(got, 500_000);
});

test.run();
