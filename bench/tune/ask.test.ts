/** What `tune` and `size` refuse before anything is run or written. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { InputError, UsageError } from '../errors.ts';
import { suiteInScratch } from '../testing/command.ts';
import { writeTinyWorkload } from '../testing/smallWorkloads.ts';
import { askTuning } from './ask.ts';
import type { TuneOptions } from './ask.ts';
import { askSize } from './askSize.ts';
import type { SizeOptions } from './askSize.ts';
import { beginSearch } from './begin.ts';

const test = suiteInScratch('ask');
let tiny = '';

test.before(({ dir }) => {
  tiny = writeTinyWorkload(dir);
});

async function refused(begin: Promise<unknown>, message: RegExp): Promise<void> {
  try {
    await begin;
  } catch (error) {
    assert.ok(error instanceof UsageError || error instanceof InputError, String(error));
    assert.match(`${error.message} ${error instanceof UsageError ? (error.hint ?? '') : ''}`, message);
    return;
  }
  assert.unreachable('was not refused');
}

const TUNINGS: readonly (readonly [words: readonly string[] | null, options: TuneOptions, message: RegExp])[] = [
  [['nowhere'], {}, /unknown workload `?'?nowhere/],
  [['testbed-512'], {}, /no built-in workload runs on testbed-512/],
  [['fork-heavy', 'camera-burst'], {}, /one search is about one device/],
  [['fork-heavy', 'fork-heavy'], {}, /given twice/],
  [null, { budget: '0s' }, /--budget expects a time from 1 s/],
  [null, { objective: 'luck' }, /--objective: unknown measure 'luck'/],
  [null, { target: 'failure_rate ~ 1%' }, /--target 'failure_rate ~ 1%' is not of the form/],
  [null, { target: 'failure_rate < 1%', objective: 'cpu_share' }, /one of them/],
  [null, { knobs: 'volume' }, /unknown knob 'volume'/],
  [null, { knobs: 'retry', strategy: 'retry-100ms' }, /--strategy names already/],
  [null, { range: ['ksm.run=0..1'] }, /KEY is ksm\.pages_to_scan or ksm\.sleep_millisecs/],
  [null, { range: ['ksm.sleep_millisecs=9..3'] }, /--range/],
  [null, { maxKsmdCpu: '2' }, /--max-ksmd-cpu: a share lies between 0 and 1/],
  [null, { minSaved: '20' }, /--min-saved: expected a size/],
  [null, { maxWakeups: 'few' }, /--max-wakeups expects/],
  [null, { grid: '1' }, /--grid expects 2 to/],
  [null, { grid: '24', knobs: 'all' }, /more than 2000/],
  [null, { seed: '-1' }, /--seed expects/],
  [null, { strategy: 'stock,heir-items' }, /one strategy/],
  [null, { set: ['ksm.sleep=3'] }, /unknown key `sleep`/],
];

for (const [words, options, message] of TUNINGS) {
  test(`tune ${words?.join(' ') ?? ''} ${JSON.stringify(options)}`, async ({ dir }) => {
    const out = join(dir, 'out');
    await refused(beginSearch('tune', words ?? [tiny], options, out, askTuning('cma-stress')), message);
    assert.not(existsSync(out));
  });
}

const SIZES: readonly (readonly [options: SizeOptions, message: RegExp])[] = [
  [{ success: '999' }, /--success: a share lies between 0 and 1/],
  [{ success: '0%' }, /--success expects a share above 0/],
  [{ max: '5MB' }, /--max expects a multiple of 4 MB/],
  [{ max: '4GB' }, /--max expects a multiple of 4 MB/],
];

for (const [options, message] of SIZES) {
  test(`size ${JSON.stringify(options)}`, async ({ dir }) => {
    await refused(beginSearch('size', [tiny], options, join(dir, 'out'), askSize('cma-stress')), message);
  });
}

test('a device stands for the workload that shows the failure on it', async ({ dir }) => {
  const { asked } = await beginSearch('tune', ['zx1800-512'], {}, join(dir, 'device'), askTuning('cma-stress'));
  assert.equal(asked.question.workloads, ['fork-heavy']);
  assert.is(asked.question.reproduce, 'cma-stress tune fork-heavy');
});

test.run();
