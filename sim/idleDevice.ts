/**
 * A device on which nothing happens by itself: the kernel rooms over the memory of a description, and ksmd.
 *
 * For measuring a part of the model alone. Whoever has one starts processes, writes and migrates by calling the rooms, as the
 * actors of a load do. Differences from a device with a load: no process, no kernel memory taken at boot, no kswapd.
 */
import { Scheduler } from './clock/scheduler.ts';
import type { DeviceDescription } from './description.ts';
import { deviceMemory } from './deviceMemory.ts';
import { Kernel, type Limits } from './kernel.ts';
import type { KernelMemory } from './kernelMemory.ts';
import { NO_LOAD } from './load/noLoad.ts';
import { strategiesNamed } from './strategies/index.ts';

export interface IdleDevice {
  readonly kernel: Kernel;
  readonly memory: KernelMemory;
  /** Runs ksmd; its time is the device's. */
  readonly scheduler: Scheduler;
}

/** Actors besides ksmd that may be added. */
const MORE_ACTORS = 255;

/** `description`: its load is left out. `limits`: of the pools. Throws Error for an unknown strategy. */
export function idleDevice(
  description: Omit<DeviceDescription, 'load'>,
  limits: Limits,
  strategies: readonly string[] = ['stock'],
): IdleDevice {
  const memory = deviceMemory({ ...description, load: NO_LOAD });
  const kernel: Kernel = new Kernel({
    limits,
    frames: memory.memory.frames,
    userPages: memory,
    migrationPages: memory,
    contigMemory: memory,
    profile: description.kernel,
    costs: description.costs,
    ksm: description.ksm,
    hz: description.hz,
    strategies: strategiesNamed(strategies),
    now: () => scheduler.now,
    aloneUntil: (who) => scheduler.aloneUntil(who),
    wake: (who) => {
      scheduler.wake(who);
    },
  });
  memory.unmapFile = (pfn) => {
    kernel.rmap.unmapFile(pfn);
  };
  const scheduler = new Scheduler(description.cpus, kernel.locks, description.costs.wakeup, 1 + MORE_ACTORS);
  kernel.ksmd.who = scheduler.add(kernel.ksmd, 0);
  return { kernel, memory, scheduler };
}
