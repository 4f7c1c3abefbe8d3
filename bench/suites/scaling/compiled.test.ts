/** What V8 has compiled for the devices of some cells serves those that follow. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('compiled code');

const CELLS = fileURLToPath(new URL('cellsInTurn.js', import.meta.url));

test('the hidden classes of a device are those of the devices before it', () => {
  const printed = execFileSync(process.execPath, ['--trace-deopt', CELLS], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  const byCell = printed.split(/<cell over>/).map((lines) => lines.match(/reason: wrong map\): begin/g)?.length ?? 0);
  assert.is(byCell.length, 13);
  assert.ok(byCell[0] > 5, `the first cell teaches V8 nothing: ${byCell.join()}`);
  // Objects whose class is made anew for each device cost some 90 here, in Node 20.
  const last = byCell.slice(-4).reduce((sum, count) => sum + count, 0);
  assert.ok(last < 10, `code is thrown away and compiled again in the last cells: ${byCell.join()}`);
});

test.run();
