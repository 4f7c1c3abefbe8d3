/**
 * Somebody who writes to /sys/kernel/mm/ksm at recorded times, as init scripts do: run, pages_to_scan, sleep_millisecs
 * (mm/ksm.c: run_store, pages_to_scan_store, sleep_millisecs_store). run_store waits for the batch in work.
 */
import { FINISHED, sleepFor, type Actor } from '../clock/actor.ts';
import type { ReplayedSetting } from '../description.ts';
import { NONE } from '../memory/frames.ts';
import type { World } from './world.ts';

/** How soon a write to run looks again whether ksm_thread_mutex is free. */
const MUTEX_RETRY_NS = 100_000;

export class KsmWriter implements Actor {
  readonly name = 'ksm settings';
  #who = NONE;
  #done = 0;
  readonly #settings: readonly ReplayedSetting[];
  readonly #world: World;

  /** `settings`: in the order of time. */
  constructor(world: World, settings: readonly ReplayedSetting[]) {
    this.#world = world;
    this.#settings = settings;
  }

  /** Runs from its first write on. */
  begin(): void {
    this.#who = this.#world.scheduler.add(this, this.#due(this.#settings[0]));
  }

  step(cpu: number): number {
    if (this.#done === this.#settings.length) return FINISHED;
    const setting = this.#settings[this.#done];
    const due = this.#due(setting);
    const { now } = this.#world.scheduler;
    if (now < due) return sleepFor(due - now);
    const { ksmd } = this.#world.kernel;
    if (setting.run !== null && ksmd.isInBatch) return sleepFor(MUTEX_RETRY_NS);
    this.#done++;
    return this.#write(setting, cpu);
  }

  #due(setting: ReplayedSetting): number {
    return this.#world.description.warmupNs + setting.at;
  }

  #write({ run, pages_to_scan, sleep_millisecs }: ReplayedSetting, cpu: number): number {
    const { kernel, scheduler, description } = this.#world;
    const { ksmd, control } = kernel;
    let files = 0;
    if (pages_to_scan !== null) {
      files++;
      ksmd.pagesToScan = pages_to_scan;
    }
    if (sleep_millisecs !== null) {
      files++;
      if (ksmd.writeSleepMillisecs(sleep_millisecs)) scheduler.wake(ksmd.who);
    }
    if (run !== null) {
      files++;
      control.setRun(run, cpu, this.#who);
      if (run === 1 && ksmd.isIdle) scheduler.wake(ksmd.who);
    }
    return files * description.costs.syscall;
  }
}
