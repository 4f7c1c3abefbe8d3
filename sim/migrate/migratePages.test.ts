/** migrate_pages over a list, and one page's way through unmap_and_move, in 3.10 and 6.1. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCKED } from '../clock/actor.ts';
import { ScriptMachine } from '../litmus/scriptMachine.ts';
import type { LitmusTest } from '../litmus/types.ts';
import { KIND, NONE, PG } from '../memory/frames.ts';
import { PTE_SHIFT } from '../process/pageTables.ts';
import { ksmOutsideCma } from '../strategies/ksm-outside-cma.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { PageList } from './pageList.ts';

const CPU = 0;
const WHO = 3;
const AT = 16;

/** A process with that many anonymous pages on the LRU, which are isolated for a migration. */
function setUp(pages: number, config: LitmusTest['config'] = {}, strategies: readonly Strategy[] = []) {
  const script = new ScriptMachine(config, strategies);
  const { kernel } = script;
  const mm = kernel.spaces.create();
  kernel.spaces.mmap(mm, AT, pages, NONE, false);
  for (let i = 0; i < pages; i++) kernel.faults.write(mm, AT + i, i + 1, CPU, 1);
  script.drainAll();
  const page = (i: number) => kernel.tables.get(mm, AT + i) >> PTE_SHIFT;
  const isolated = Array.from({ length: pages }, (_, i) => page(i));
  for (const pfn of isolated) assert.ok(script.isolate(pfn));
  const list = PageList.of(isolated);
  const migrate = kernel.newMigration(script.pages);
  /** Steps to the end of the call, or to where it sleeps. */
  const run = () => {
    while (!migrate.isIdle) if (migrate.step(WHO, CPU) === BLOCKED) return;
  };
  return { script, kernel, mm, page, list, migrate, run };
}

/** Frames that migrations take as targets from now on. */
function targetsOf({ pages }: ScriptMachine): number[] {
  const targets: number[] = [];
  const allocTarget = pages.allocTarget.bind(pages);
  pages.allocTarget = (cpu) => {
    targets.push(allocTarget(cpu));
    return targets[targets.length - 1];
  };
  return targets;
}

/** Pages moved to that are added to the LRU from now on, whether they were mapped, and how often they are by then. */
function addedTo({ pages, kernel }: ScriptMachine): (readonly [number, boolean, number])[] {
  const added: (readonly [number, boolean, number])[] = [];
  const addTarget = pages.addTarget.bind(pages);
  pages.addTarget = (cpu, pfn, wasMapped) => {
    added.push([pfn, wasMapped, kernel.frames.mapcount[pfn]]);
    addTarget(cpu, pfn, wasMapped);
  };
  return added;
}

test('ten passes over what stays; what has moved has left the list', () => {
  const { script, kernel, page, list, migrate, run } = setUp(3);
  const [first, pinned, last] = list.toArray();
  script.pin(pinned);
  migrate.begin(list);
  run();
  assert.equal([migrate.result, migrate.passes, migrate.migrated], [1, 10, 2]);
  assert.equal(list.toArray(), [pinned]);
  assert.equal(kernel.migrateCounts, { calls: 1, migrated: 2, failed: 1 });
  assert.ok(page(0) !== first && page(2) !== last);
  assert.is(page(1), pinned);
});

test('a locked page is passed over three times, and waited for in the fourth pass', () => {
  const { script, list, migrate, run } = setUp(1);
  assert.ok(script.lock(list.at(0)));
  migrate.begin(list);
  run();
  assert.not(migrate.isIdle);
  assert.is(migrate.passes, 4);
  script.unlock(list.at(0));
  run();
  assert.equal([migrate.result, migrate.migrated], [0, 1]);
});

test('so is one under writeback', () => {
  const { kernel, list, migrate, run } = setUp(1);
  const { flags } = kernel.frames;
  flags[list.at(0)] |= PG.writeback;
  migrate.begin(list);
  run();
  assert.not(migrate.isIdle);
  assert.is(migrate.passes, 4);
  flags[list.at(0)] &= ~PG.writeback;
  run();
  assert.equal([migrate.result, migrate.migrated], [0, 1]);
});

test('an empty list takes no pass', () => {
  const { migrate, run } = setUp(0);
  migrate.begin(new PageList());
  run();
  assert.equal([migrate.result, migrate.passes], [0, 0]);
});

test('a page freed meanwhile: 3.10 takes a target first, and both go by a pagevec; 6.1 frees it at once', () => {
  for (const config of [{}, { kernel: 'linux-6.1' }] as const) {
    const { script, kernel, mm, list, migrate, run } = setUp(1, config);
    const page = list.at(0);
    kernel.spaces.exit(mm, CPU);
    script.drainAll();
    const targets = targetsOf(script);
    migrate.begin(list);
    run();
    assert.equal([migrate.result, migrate.migrated, list.length], [0, 0, 0], 'it has left the list, and not moved');
    assert.is(targets.length, config.kernel === undefined ? 1 : 0);
    assert.is(kernel.frames.kind[page] === KIND.free, config.kernel !== undefined);
    script.drainAll();
    for (const pfn of [page, ...targets]) assert.is(kernel.frames.kind[pfn], KIND.free);
  }
});

test('6.1: the new page is added to the LRU before its ptes are back, and the old one is free right after', () => {
  const { script, kernel, page, list, migrate, run } = setUp(1, { kernel: 'linux-6.1' });
  const old = list.at(0);
  const added = addedTo(script);
  migrate.begin(list);
  run();
  assert.equal(added, [[page(0), true, 0]], 'it was mapped, and is not yet');
  assert.is.not(page(0), old);
  assert.is(kernel.frames.kind[old], KIND.free);
});

test('6.1: what does not move is added nowhere', () => {
  const { script, list, migrate, run } = setUp(1, { kernel: 'linux-6.1' });
  const added = addedTo(script);
  script.pin(list.at(0));
  migrate.begin(list);
  run();
  assert.equal([migrate.result, added], [1, []]);
});

test('a file page moves with its reference of the cache, and of the buffers if it has any; nothing maps it', () => {
  for (const hasBuffers of [false, true]) {
    const { script, migrate, run } = setUp(0, { kernel: 'linux-6.1' });
    const { cache } = script.pages;
    const file = cache.addFile(1);
    const old = cache.add(CPU, file, 0, false, hasBuffers);
    script.drainAll();
    cache.bhLru.invalidate();
    assert.ok(script.isolate(old));
    const added = addedTo(script);
    migrate.begin(PageList.of([old]));
    run();
    const moved = cache.lookup(file, 0);
    assert.equal([migrate.result, migrate.migrated], [0, 1], hasBuffers ? 'with buffers' : 'without');
    assert.is.not(moved, old);
    assert.equal(added, [[moved, false, 0]]);
  }
});

test('a target that was not used goes by a pagevec in 3.10, and is free at once in 6.1', () => {
  for (const [kernelName, isFree] of [
    ['linux-3.10', false],
    ['linux-6.1', true],
  ] as const) {
    const { script, kernel, list, migrate } = setUp(1, { kernel: kernelName });
    const targets = targetsOf(script);
    assert.ok(script.lock(list.at(0)));
    migrate.begin(list);
    while (migrate.passes === 1) migrate.step(WHO, CPU);
    assert.is(targets.length, 1);
    assert.is(kernel.frames.kind[targets[0]] === KIND.free, isFree, kernelName);
    script.drainAll();
    assert.is(kernel.frames.kind[targets[0]], KIND.free);
  }
});

test('a strategy can have a target from outside CMA', () => {
  for (const isOutside of [false, true]) {
    const strategy = { ...ksmOutsideCma, attach: () => ({ targetOutsideCma: () => isOutside }) };
    const { script, list, migrate, run } = setUp(1, {}, [strategy]);
    const targets = targetsOf(script);
    let outside = 0;
    const { pages } = script;
    const allocOutsideCma = pages.allocOutsideCma.bind(pages);
    pages.allocOutsideCma = (cpu) => {
      outside++;
      return allocOutsideCma(cpu);
    };
    migrate.begin(list);
    run();
    assert.is(migrate.migrated, 1);
    assert.equal([outside, targets.length], isOutside ? [1, 0] : [0, 1]);
  }
});

test('nobody else can tell the end of a pass, and no other step is like that', () => {
  const { script, list, migrate } = setUp(2);
  const pinned = list.at(1);
  script.pin(pinned);
  assert.not(migrate.nextIsPrivate, 'no call is under way');
  migrate.begin(list);
  let page = NONE;
  while (!migrate.isIdle) {
    const { passes } = migrate;
    const isPrivate = migrate.nextIsPrivate;
    page = isPrivate ? page : migrate.page;
    assert.is(isPrivate, migrate.page === NONE, `page ${page} in pass ${passes}`);
    migrate.step(WHO, CPU);
    assert.is(migrate.passes > passes || migrate.isIdle, isPrivate);
  }
  assert.is(page, pinned);
  assert.not(migrate.nextIsPrivate, 'it is over');
});

test.run();
