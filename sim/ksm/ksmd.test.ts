/** ksmd by itself: how long a batch is, how long a sleep, and what it measures of itself. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sleepOf } from '../clock/actor.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import type { LitmusTest } from '../litmus/types.ts';
import { NONE } from '../memory/frames.ts';
import { LEAF_PAGES } from '../process/pageTables.ts';

const CPU = 0;
const TICK = 10_000_000;

/** One process with that many distinct mergeable pages. */
function withPages(pages: number, config: LitmusTest['config'] = {}) {
  const { kernel } = new ScriptMachine(config, []);
  const mm = kernel.spaces.create();
  kernel.spaces.mmap(mm, 16, pages, NONE, false);
  kernel.control.madviseMergeable(mm, 16, pages);
  for (let i = 0; i < pages; i++) kernel.faults.write(mm, 16 + i, i + 1, CPU, 1);
  return kernel;
}

/** Steps ksmd from `now` to its next sleep; returns the sleep, ns. */
function batch({ ksmd, clock }: ReturnType<typeof withPages>, now: number): number {
  clock.now = now;
  for (;;) {
    const result = ksmd.step(CPU);
    if (result < -2) return sleepOf(result);
  }
}

test('a batch is pages_to_scan items; the end of a pass ends it too', () => {
  const kernel = withPages(150);
  batch(kernel, 0);
  assert.equal([kernel.ksmd.measures.pagesScanned, kernel.cursor.seqnr], [100, 0]);
  batch(kernel, 0);
  assert.equal([kernel.ksmd.measures.pagesScanned, kernel.cursor.seqnr], [150, 1]);
  batch(kernel, 0);
  assert.is(kernel.ksmd.measures.pagesScanned, 250);
});

test('leaves of page tables that are not there are passed over', () => {
  const { kernel } = new ScriptMachine({}, []);
  const mm = kernel.spaces.create();
  const pages = 5 * LEAF_PAGES;
  kernel.spaces.mmap(mm, 16, pages, NONE, false);
  kernel.control.madviseMergeable(mm, 16, pages);
  const written = [LEAF_PAGES, 16 + pages - 1];
  for (const vpn of written) kernel.faults.write(mm, vpn, vpn, CPU, 1);
  batch(kernel, 0);
  const { itemAddress, itemNext } = kernel.objects;
  const first = kernel.slots.rmapList[mm];
  assert.equal([itemAddress[first], itemAddress[itemNext[first]], itemNext[itemNext[first]]], [...written, NONE]);
});

test('sleeps take 20 ms of jiffies, up to the next tick', () => {
  const kernel = withPages(10);
  for (const now of [0, 1, TICK - 1, 3 * TICK + 5]) {
    const end = now + batch(kernel, now);
    assert.is(end % TICK, 0);
    assert.ok(end - now > 20e6 && end - now <= 30e6, `${end - now} ns`);
  }
});

test('a full scan is measured from its start to its end, sleeps included, if it began after the reset', () => {
  const kernel = withPages(150);
  batch(kernel, 0);
  kernel.ksmd.resetMeasures();
  batch(kernel, 1000);
  assert.equal(kernel.ksmd.measures.fullScans.toArray(), new Float64Array(0), 'that one had begun before');
  batch(kernel, 5000);
  batch(kernel, 9000);
  assert.equal(kernel.ksmd.measures.fullScans.toArray(), Float64Array.of(4000));
});

test('with run = 0 nothing is scanned and nothing removed', () => {
  const kernel = withPages(10);
  batch(kernel, 0);
  kernel.control.setRun(0, CPU, 1);
  const items = kernel.objects.rmapItems;
  batch(kernel, 0);
  assert.equal([kernel.objects.rmapItems, kernel.cursor.seqnr], [items, 1]);
});

test('a short checksum lets a changed page pass for an unchanged one', () => {
  const { kernel } = new ScriptMachine({}, [], { checksumBits: 4 });
  const mm = kernel.spaces.create();
  kernel.spaces.mmap(mm, 16, 1, NONE, false);
  kernel.control.madviseMergeable(mm, 16, 1);
  const scan = () => {
    do kernel.ksmd.advance(CPU);
    while (kernel.ksmd.finished !== 'passEnd');
  };
  kernel.faults.write(mm, 16, 1, CPU, 1);
  scan();
  kernel.faults.write(mm, 16, 2, CPU, 1);
  scan();
  assert.is(kernel.objects.pagesUnshared, 0, 'other low bits: seen to have changed');
  kernel.faults.write(mm, 16, 2 + 16, CPU, 1);
  scan();
  assert.is(kernel.objects.pagesUnshared, 1, 'same low 4 bits: taken for unchanged');
});

test('pages_to_scan counts from the next batch, sleep_millisecs from the next sleep', () => {
  const kernel = withPages(150);
  const { ksmd } = kernel;
  ksmd.pagesToScan = 30;
  assert.not(ksmd.writeSleepMillisecs(100), '3.10 sleeps on');
  assert.is(batch(kernel, 0), 110e6);
  assert.is(ksmd.measures.pagesScanned, 30);
});

test('later: a write of another sleep_millisecs wakes ksmd between batches; sleeps are rounded up to the wheel', () => {
  const kernel = withPages(150, { kernel: 'linux-6.1' });
  const { ksmd } = kernel;
  batch(kernel, 0);
  assert.not(ksmd.writeSleepMillisecs(20), 'no change');
  assert.ok(ksmd.writeSleepMillisecs(2000));
  // 200 ticks at HZ=100 from tick 3: level 1, eight ticks.
  assert.is(batch(kernel, 3 * TICK), (208 - 3) * TICK);
  ksmd.run = 0;
  batch(kernel, 0);
  assert.ok(ksmd.isIdle);
  assert.not(ksmd.writeSleepMillisecs(20), 'it waits for work, not for the time');
});

test.run();
