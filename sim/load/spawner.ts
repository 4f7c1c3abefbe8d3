/** Starts processes of a group while the device runs, at Poisson times, each with its whole life drawn in advance. */
import { sleepFor, type Actor } from '../clock/actor.ts';
import { Stream } from '../clock/random.ts';
import { SECOND } from '../clock/units.ts';
import type { Spawner as SpawnerDescription } from '../description.ts';
import { NONE } from '../memory/frames.ts';
import type { GroupPlan } from './groupPlan.ts';
import { drawLife, type LifePlan } from './life.ts';
import { Process } from './process.ts';
import type { World } from './world.ts';

export class Spawner implements Actor {
  readonly name: string;
  #nextAt: number;
  #owner: number;
  readonly #ownerStep: number;
  readonly #spawner: SpawnerDescription;
  readonly #plan: GroupPlan;
  readonly #stream: Stream;
  readonly #world: World;

  /** Owners of its processes are `firstOwner`, `firstOwner + ownerStep` ... */
  constructor(world: World, spawner: SpawnerDescription, plan: GroupPlan, firstOwner: number, ownerStep: number) {
    this.name = `spawner ${spawner.name}`;
    this.#world = world;
    this.#spawner = spawner;
    this.#plan = plan;
    this.#stream = new Stream(world.seed, this.name);
    this.#owner = firstOwner;
    this.#ownerStep = ownerStep;
    this.#nextAt = this.#interval();
  }

  /** Runs from its first start on. */
  begin(): void {
    this.#world.scheduler.add(this, this.#nextAt);
  }

  step(): number {
    const { now } = this.#world.scheduler;
    while (this.#nextAt <= now) {
      this.#start(drawLife(this.#spawner, this.#stream, this.#owner, this.#nextAt));
      this.#owner += this.#ownerStep;
      this.#nextAt += this.#interval();
    }
    return sleepFor(this.#nextAt - now);
  }

  #start(life: LifePlan): void {
    const { processes, scheduler } = this.#world;
    const group = this.#plan.layout.index;
    if (processes.countLiving(group) >= this.#spawner.maxLive) processes.oldest(group)?.kill();
    if (this.#plan.layout.parent === NONE) {
      const process = new Process(this.#world, this.#plan, life, NONE);
      processes.add(process);
      process.begin(scheduler.now);
      return;
    }
    // Without a living parent nothing can be started: the start is lost.
    processes.oldest(this.#plan.layout.parent)?.requestFork({ plan: this.#plan, life });
  }

  #interval(): number {
    return this.#stream.interval(SECOND / this.#spawner.perSecond);
  }
}
