/** The kernel of a device on its memory, and the scheduler whose time is its time. */
import { Clock } from './clock/clock.ts';
import type { Stream } from './clock/random.ts';
import { Scheduler } from './clock/scheduler.ts';
import type { DeviceDescription } from './description.ts';
import { Kernel, type KernelOptions, type Limits } from './kernel.ts';
import type { KernelMemory } from './kernelMemory.ts';
import type { Strategy } from './strategies/strategy.ts';

export interface ScheduledKernel {
  readonly kernel: Kernel;
  readonly scheduler: Scheduler;
}

export interface ScheduledKernelParts {
  readonly description: Omit<DeviceDescription, 'load'>;
  readonly memory: KernelMemory;
  readonly limits: Limits;
  readonly strategies: readonly Strategy[];
  /** Actors there can be at a time. */
  readonly actors: number;
  /** Of wake-up times (`Scheduler`). */
  readonly jitter: Stream | null;
  /** Another ledger than the truth room's own. */
  readonly ledger?: KernelOptions['ledger'];
}

export function scheduledKernel(parts: ScheduledKernelParts): ScheduledKernel {
  const { description, memory, limits, strategies, actors, jitter, ledger } = parts;
  const { costs } = description;
  const clock = new Clock();
  const kernel: Kernel = new Kernel({
    limits,
    frames: memory.memory.frames,
    userPages: memory,
    migrationPages: memory,
    contigMemory: memory,
    profile: description.kernel,
    costs,
    ksm: description.ksm,
    hz: description.hz,
    strategies,
    clock,
    aloneFor: (who) => scheduler.aloneFor(who),
    wake: (who) => {
      scheduler.wake(who);
    },
    ...(ledger === undefined ? {} : { ledger }),
  });
  memory.unmapFile = (pfn) => {
    kernel.rmap.unmapFile(pfn);
  };
  const scheduler = new Scheduler(description.cpus, kernel.locks, costs.wakeup, actors, jitter, clock);
  return { kernel, scheduler };
}
