/** Starts processes of a group while the device runs: a Poisson process of starts, each with its whole life drawn in advance. */
import { sleepFor, type Actor } from '../clock/actor.ts';
import { Stream } from '../clock/random.ts';
import { SECOND } from '../clock/units.ts';
import type { Spawner as SpawnerDescription } from '../description.ts';
import { NONE } from '../memory/frames.ts';
import type { GroupPlan } from './groupPlan.ts';
import { Process, type LifePlan } from './process.ts';
import type { World } from './world.ts';

/** A child of its own comes after this share of a life. */
const GRANDCHILD_AFTER = 0.25;

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

  get nextAt(): number {
    return this.#nextAt;
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

/** The life of a process born at `bornAt`: always the same number of draws, whatever comes of them. */
export function drawLife(spawner: SpawnerDescription, stream: Stream, owner: number, bornAt: number): LifePlan {
  const life = drawLength(spawner, stream);
  const childLife = drawLength(spawner, stream);
  const hasGrandchild = stream.chance(spawner.grandchildren) && life < Infinity;
  const forksAt = hasGrandchild ? bornAt + Math.floor(life * GRANDCHILD_AFTER) : Infinity;
  return {
    owner,
    bornAt,
    startupNs: spawner.startupNs,
    diesAt: hasGrandchild ? Infinity : bornAt + life,
    forksAt,
    grandchildDiesAt: forksAt + childLife,
  };
}

function drawLength(spawner: SpawnerDescription, stream: Stream): number {
  const drawn = stream.exponential(1);
  if (spawner.lifeNs === null) return Infinity;
  return spawner.lifeKind === 'fixed' ? spawner.lifeNs : Math.ceil(drawn * spawner.lifeNs);
}
