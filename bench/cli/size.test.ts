/** `cma-stress size` from outside. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { command, suiteInScratch } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';

const test = suiteInScratch('size');

const SHORT = ['size', './tiny.yaml', '--budget', '1s', '--duration', '1s'];

interface Point {
  readonly size: string;
  readonly bytes: number;
  readonly success: { readonly mean: number; readonly low: number; readonly high: number };
  readonly attempts: number;
  readonly failures: number;
}

interface Document {
  readonly schema: string;
  readonly smallest: Point | null;
  readonly nearest: Point;
  readonly checked: readonly Point[];
  readonly tried: readonly Point[];
  readonly isSure: boolean;
  readonly apply: readonly string[];
}

test.before(({ dir }) => {
  writeTinyWorkload(dir);
});

test('the smallest of the sizes that meet it on fresh seeds; the same on any number of threads and after --resume', async ({
  dir,
}) => {
  const documents: Document[] = [];
  for (const words of [
    [...SHORT, '--success', '60%', '--threads', '1', '--out', 'one'],
    [...SHORT, '--success', '60%', '--threads', '2', '--out', 'two'],
    ['size', '--resume', 'one'],
  ]) {
    const { code, stdout, stderr } = await command([...words, '--json'], dir);
    assert.is(code, 0, stderr);
    documents.push(JSON.parse(stdout) as Document);
  }
  const [found, again, resumed] = documents;
  assert.equal(again, found);
  assert.equal(resumed, found);
  assert.is(found.schema, 'cma-stress/size/1');
  const { smallest, checked } = found;
  assert.ok(smallest !== null && smallest.success.mean >= 0.6);
  for (const one of checked) if (one.bytes < smallest.bytes) assert.ok(one.success.mean < 0.6, one.size);
  assert.equal(found.apply, [`cma=${smallest.size.replace(' MB', 'M')}`]);
  for (const { bytes } of found.tried) assert.is(bytes % (4 << 20), 0);
});

test('a target that no size meets: exit 1, the nearest, and why', async ({ dir }) => {
  const words = [...SHORT, '--max', '4MB', '--success', '100%', '--out', 'never', '--seed', '3'];
  const { code, stdout, stderr } = await command(words, dir);
  assert.is(code, 1, stderr);
  assert.match(stdout, /No size up to 4 MB lets 100 % of the requests succeed\. Nearest: 4 MB/);
  assert.match(stdout, /requests failed, mostly because/);
  assert.not.match(stdout, /cma=/);
  assert.is(readFileSync(join(dir, 'never', 'summary.txt'), 'utf8').split('\n')[0], stdout.split('\n')[0]);
});

test('refused', async ({ dir }) => {
  const { code, stderr } = await command(['size', './tiny.yaml', '--success', '999'], dir);
  assert.is(code, 2, stderr);
  assert.match(stderr, /--success: a share lies between 0 and 1/);
});

test.run();
