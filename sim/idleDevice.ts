/**
 * A device on which nothing happens by itself: the kernel rooms over the memory of a description, and ksmd.
 *
 * For measuring a part of the model alone. Whoever has one starts processes, writes and migrates by calling the
 * rooms, as the actors of a load do. Differences from a device with a load: no process, no kernel memory taken at
 * boot, no kswapd.
 */
import type { DeviceDescription } from './description.ts';
import { deviceMemory } from './deviceMemory.ts';
import type { Limits } from './kernel.ts';
import type { KernelMemory } from './kernelMemory.ts';
import { scheduledKernel, type ScheduledKernel } from './scheduledKernel.ts';
import { strategiesNamed } from './strategies/index.ts';

/** The scheduler runs ksmd. */
export interface IdleDevice extends ScheduledKernel {
  readonly memory: KernelMemory;
}

/** Actors besides ksmd that may be added. */
const MORE_ACTORS = 255;

/** `description`: its load is left out. `limits`: of the pools. Throws Error for an unknown strategy. */
export function idleDevice(
  description: Omit<DeviceDescription, 'load'>,
  limits: Limits,
  strategies: readonly string[] = ['stock'],
): IdleDevice {
  const memory = deviceMemory(description);
  const { kernel, scheduler } = scheduledKernel({
    description,
    memory,
    limits,
    strategies: strategiesNamed(strategies),
    actors: 1 + MORE_ACTORS,
    jitter: null,
  });
  kernel.ksmd.who = scheduler.add(kernel.ksmd, 0);
  return { kernel, memory, scheduler };
}
