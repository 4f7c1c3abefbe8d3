/** The event loop by itself: actors that do nothing but sleep or run. */
import { Scheduler, sleepFor, type Actor } from '../../../sim/index.ts';
import { mustHold } from '../mustHold.ts';
import { measure, type Subject, type SuiteResult } from '../wall.ts';
import { partDevice } from './device.ts';

const CPUS = 4;
const WAKEUP_NS = 50_000;
/** About as many as there are processes on the standard workloads' device. */
const SLEEPERS = 60;
const EVENTS = 100_000;
const QUICK_EVENTS = 10_000;
/** Mean sleep of a sleeper, and by how much two of them differ so that they do not keep step, ns. */
const SLEEP = 1_000_000;
const APART = 1000;

function scheduler(): Scheduler {
  return new Scheduler(CPUS, partDevice().kernel.locks, WAKEUP_NS);
}

/** Runs until `events` steps have been made. */
function running(name: string, actors: readonly Actor[], events: number, nsPerEvent: number): Subject {
  const clock = scheduler();
  for (const actor of actors) clock.add(actor, 0);
  let before = 0;
  return {
    name,
    work: { unit: 'event', count: events },
    before: () => (before = clock.steps),
    run: () => clock.run(clock.now + events * nsPerEvent),
    after: () => {
      const made = clock.steps - before;
      // Sleeps of several lengths do not come to a whole number.
      mustHold(Math.abs(made - events) <= events / 100, `${events} events, not ${made}`);
    },
  };
}

function sleeper(index: number): Actor {
  const ns = sleepFor(SLEEP + (index - (SLEEPERS - 1) / 2) * APART);
  return { name: `sleeper ${index}`, step: () => ns };
}

/** ns per event: a step that ends in a sleep, and one of an actor that runs alone. */
export async function events(iterations: number, quick: boolean): Promise<{ suite: SuiteResult }> {
  const count = quick ? QUICK_EVENTS : EVENTS;
  const about = `${count} steps of actors that do nothing, on ${CPUS} CPUs`;
  const sleepers = Array.from({ length: SLEEPERS }, (_, index) => sleeper(index));
  const alone: Actor = { name: 'alone', step: () => 1000 };
  const subjects = [
    running(`${SLEEPERS} sleepers`, sleepers, count, SLEEP / SLEEPERS),
    running('one actor that runs', [alone], count, 1000),
  ];
  return { suite: await measure('event loop', about, subjects, iterations) };
}
