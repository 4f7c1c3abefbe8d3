import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alignmentOrder, CmaArea } from './cmaArea.ts';

test('the alignment order is get_order, limited to 256 pages', () => {
  assert.equal([1, 2, 3, 112, 256, 257, 4096].map(alignmentOrder), [0, 1, 2, 7, 8, 8, 8]);
});

test('the next zero area honours the mask and skips set bits', () => {
  const area = new CmaArea('default', 4096, 1024);
  area.set(0, 1);
  assert.is(area.findZeroArea(0, 1, 0), 1);
  assert.is(area.findZeroArea(0, 112, 127), 128);
  area.set(300, 1);
  assert.is(area.findZeroArea(128, 256, 255), 512);
  assert.is(area.findZeroArea(0, 1024, 255), -1, 'a request as large as the area needs all of it');
  area.clear(300, 1);
  area.clear(0, 1);
  assert.is(area.findZeroArea(0, 1024, 255), 0);
  assert.is(area.findZeroArea(256, 1024, 255), -1, 'one candidate only');
});

test('pages given out are counted, and so is the longest run of others', () => {
  const area = new CmaArea('default', 4096, 64);
  assert.equal([area.used, area.longestFree], [0, 64]);
  area.set(8, 2);
  area.set(63, 1);
  assert.equal([area.used, area.longestFree], [3, 53]);
  area.release(4104, 1);
  area.set(20, 10);
  assert.equal([area.used, area.longestFree], [12, 33]);
});

test.run();
