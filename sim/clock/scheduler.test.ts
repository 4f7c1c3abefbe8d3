import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Frames } from '../memory/frames.ts';
import { BLOCKED, FINISHED, sleepDeferrably, sleepFor, type Actor } from './actor.ts';
import { Locks } from './locks.ts';
import { Stream } from './random.ts';
import { Scheduler, TIME_SLICE } from './scheduler.ts';

interface World {
  readonly scheduler: Scheduler;
  readonly locks: Locks;
  readonly log: string[];
  /** Adds an actor that performs these steps, one function or result each, and then finishes. */
  readonly play: (name: string, at: number, ...steps: (number | ((id: number) => number))[]) => number;
}

const WAKEUP = 50;

function world(cpus: number): World {
  const locks = new Locks(new Frames(8), 4);
  const scheduler = new Scheduler(cpus, locks, WAKEUP, 16);
  const log: string[] = [];
  const play: World['play'] = (name, at, ...steps) => {
    let next = 0;
    const actor: Actor = {
      name,
      step(cpu) {
        log.push(`${name} ${scheduler.now} cpu${cpu}`);
        if (next === steps.length) return FINISHED;
        const step = steps[next++];
        return typeof step === 'number' ? step : step(id);
      },
    };
    const id = scheduler.add(actor, at);
    return id;
  };
  return { scheduler, locks, log, play };
}

test('one actor: its steps follow at their cost, the end of the span is not part of it', () => {
  const { scheduler, log, play } = world(1);
  play('a', 10, 5, 5, sleepFor(100), 1);
  scheduler.run(20);
  assert.equal(log, ['a 10 cpu0', 'a 15 cpu0']);
  assert.is(scheduler.now, 20);
  scheduler.run(1000);
  assert.equal(log.slice(2), ['a 20 cpu0', 'a 120 cpu0', 'a 121 cpu0']);
  assert.is(scheduler.peekNextTime(), Infinity);
  assert.is(scheduler.now, 1000);
});

test('ties: who came first goes first', () => {
  const { scheduler, log, play } = world(4);
  play('a', 10, 5);
  play('b', 10, 5);
  play('c', 5, 5, 5);
  scheduler.run(100);
  assert.equal(
    log.map((line) => line.slice(0, 4)),
    ['c 5 ', 'a 10', 'b 10', 'c 10', 'a 15', 'b 15', 'c 15'],
  );
});

test('running ahead changes nothing: steps before the next event need no queue, a step at its time waits', () => {
  const { scheduler, log, play } = world(2);
  play('slow', 0, 30);
  play('fast', 1, 10, 10, 9, 10);
  scheduler.run(100);
  assert.equal(log, [
    'slow 0 cpu0',
    'fast 1 cpu1',
    'fast 11 cpu1',
    'fast 21 cpu1',
    'slow 30 cpu0',
    'fast 30 cpu1',
    'fast 40 cpu1',
  ]);
});

test('CPUs: the last one if idle, else the lowest idle one, else first come first served', () => {
  const { scheduler, log, play } = world(2);
  play('a', 0, 100);
  play('b', 1, 10, sleepFor(5), 10);
  play('c', 2, 1, 1);
  play('d', 3, 1);
  scheduler.run(1000);
  assert.equal(log, [
    'a 0 cpu0',
    'b 1 cpu1',
    'b 11 cpu1', // Falls asleep: c takes CPU 1 and keeps it over its steps.
    'c 11 cpu1',
    'c 12 cpu1',
    'c 13 cpu1',
    'd 13 cpu1',
    'd 14 cpu1',
    'b 16 cpu1',
    'b 26 cpu1',
    'a 100 cpu0',
  ]);
});

test('a time slice: who has run for 10 ms goes behind the others', () => {
  const { scheduler, log, play } = world(1);
  play('hog', 0, TIME_SLICE - 1, 1, 1, 1);
  play('a', 10, 3);
  play('b', 20, 3);
  scheduler.run(1e9);
  assert.equal(
    log.map((line) => line.split(' ')[0]),
    ['hog', 'hog', 'a', 'a', 'b', 'b', 'hog', 'hog', 'hog'],
  );
  assert.is(log[6], `hog ${TIME_SLICE + 6} cpu0`);
});

test('alone, nobody is preempted', () => {
  const { scheduler, log, play } = world(1);
  play('hog', 0, TIME_SLICE, TIME_SLICE);
  scheduler.run(1e9);
  assert.is(log.length, 3);
});

test('an unlock wakes who waits, wakeupNs later; others have the CPU meanwhile', () => {
  const { scheduler, locks, log, play } = world(1);
  assert.ok(locks.tryLockPage(3));
  play('waiter', 0, (id) => {
    locks.waitOnPage(3, id);
    return BLOCKED;
  });
  play('owner', 1, 10, () => {
    locks.unlockPage(3);
    return 20;
  });
  scheduler.run(1000);
  assert.equal(log, ['waiter 0 cpu0', 'owner 1 cpu0', 'owner 11 cpu0', 'owner 31 cpu0', `waiter ${11 + WAKEUP} cpu0`]);
});

test('with jitter a wake-up takes between half and one and a half of its time', () => {
  const locks = new Locks(new Frames(8), 4);
  const scheduler = new Scheduler(1, locks, 1000, 16, new Stream(1, 'wakeups'));
  const delays = new Set<number>();
  for (let i = 0; i < 100; i++) {
    const start = scheduler.now;
    let isWoken = false;
    const id = scheduler.add(
      {
        name: 'waiter',
        step() {
          if (isWoken) {
            delays.add(scheduler.now - start);
            return FINISHED;
          }
          isWoken = true;
          locks.waitOnPage(1, id);
          locks.wakePage(1);
          return BLOCKED;
        },
      },
      start,
    );
    scheduler.run(start + 2000);
  }
  assert.ok(delays.size > 50);
  for (const delay of delays) assert.ok(delay >= 500 && delay <= 1500);
});

test('registered and unlocked in one step: the wake-up is not lost', () => {
  const { scheduler, locks, log, play } = world(1);
  play('a', 0, (id) => {
    locks.waitOnPage(3, id);
    locks.wakePage(3);
    return BLOCKED;
  });
  scheduler.run(1000);
  assert.equal(log, ['a 0 cpu0', `a ${WAKEUP} cpu0`]);
});

test('wake: sleepers come earlier, never later; runners and finished ones do not care', () => {
  const { scheduler, log, play } = world(2);
  const sleeper = play('sleeper', 0, sleepFor(500), sleepFor(500));
  play('waker', 10, () => {
    scheduler.wake(sleeper);
    return 90;
  });
  scheduler.run(200);
  scheduler.wake(sleeper, 900);
  scheduler.run(1000);
  scheduler.wake(sleeper);
  scheduler.run(2000);
  assert.equal(log, ['sleeper 0 cpu0', 'waker 10 cpu0', 'sleeper 10 cpu1', 'waker 100 cpu0', 'sleeper 510 cpu1']);
});

test('remove: on a CPU, queued, asleep or blocked, it never runs again', () => {
  const { scheduler, locks, log, play } = world(1);
  const running = play('running', 0, 100);
  const queued = play('queued', 1, 100);
  const asleep = play('asleep', 300);
  play('next', 2, 5);
  scheduler.run(10);
  scheduler.remove(running);
  scheduler.remove(queued);
  scheduler.remove(asleep);
  scheduler.remove(asleep);
  const blocked = play('blocked', 20, (id) => {
    locks.waitOnPage(1, id);
    return BLOCKED;
  });
  scheduler.run(30);
  scheduler.remove(blocked);
  locks.wakePage(1);
  scheduler.run(1000);
  assert.equal(log, ['running 0 cpu0', 'next 10 cpu0', 'next 15 cpu0', 'blocked 20 cpu0']);
});

test('an actor may remove itself and others within its step, and ids are used again', () => {
  const { scheduler, log, play } = world(1);
  for (let round = 0; round < 40; round++) {
    const at = scheduler.now;
    play('a', at, (id) => {
      scheduler.remove(id);
      return 5;
    });
    scheduler.run(at + 10);
  }
  assert.is(log.length, 40);
});

test('more actors than there is room for', () => {
  const { play } = world(1);
  for (let i = 0; i < 16; i++) play('a', 0);
  assert.throws(() => play('b', 0), /more than 16 actors/);
});

test('a deferrable timer of an idle CPU waits until it has something to do, and then behind that', () => {
  const { scheduler, log, play } = world(2);
  const id = play('lazy', 0, 5, sleepDeferrably(100), 5, sleepFor(5000));
  scheduler.run(1000);
  assert.equal(log, ['lazy 0 cpu0', 'lazy 5 cpu0']);
  assert.is(scheduler.peekNextTime(), Infinity);
  play('other', 2000, 30);
  scheduler.run(3000);
  assert.equal(log.slice(2), ['other 2000 cpu0', 'other 2030 cpu0', 'lazy 2030 cpu0', 'lazy 2035 cpu0']);
  assert.equal([scheduler.wakeups(id), scheduler.idleWakeups(id)], [2, 1]);
});

test('a deferrable timer of a busy CPU expires in time; nobody takes an idle CPU for it', () => {
  const { scheduler, log, play } = world(2);
  const id = play('lazy', 0, 5, sleepDeferrably(100), 5, sleepFor(1000));
  play('busy', 50, 200, 10);
  scheduler.run(600);
  assert.equal(log.slice(2), ['busy 50 cpu0', 'busy 250 cpu0', 'busy 260 cpu0', 'lazy 260 cpu0', 'lazy 265 cpu0']);
  assert.equal([scheduler.wakeups(id), scheduler.idleWakeups(id)], [2, 1]);
});

test('whoever is woken or removed waits for no CPU any more', () => {
  const { scheduler, log, play } = world(2);
  const woken = play('woken', 0, sleepDeferrably(100), 5, 5);
  const early = play('early', 0, sleepDeferrably(500), 5);
  const gone = play('gone', 0, sleepDeferrably(100), 5);
  scheduler.run(200);
  scheduler.wake(woken, 300);
  scheduler.wake(early, 310);
  scheduler.remove(gone);
  scheduler.run(1000);
  assert.equal(
    log.slice(3).map((line) => line.slice(0, 10)),
    ['woken 300 ', 'woken 305 ', 'early 310 ', 'woken 310 ', 'early 315 '],
  );
  assert.is(scheduler.peekNextTime(), Infinity);
});

test.run();
