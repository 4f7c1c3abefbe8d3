/** What every actor of the load can reach. Built once by the device; holds no behaviour. */
import type { Scheduler } from '../clock/scheduler.ts';
import type { CmaArea } from '../cma/cmaArea.ts';
import type { DeviceDescription } from '../description.ts';
import type { Kernel } from '../kernel.ts';
import type { KernelMemory } from '../kernelMemory.ts';
import type { Watch } from '../watch/watch.ts';
import type { Contents } from './contents.ts';
import type { GroupPlan } from './groupPlan.ts';
import type { HeldBuffers } from './heldBuffers.ts';
import type { LowMemory } from './lowMemory.ts';
import type { Measures } from './measures.ts';
import type { ProcessTable } from './processTable.ts';

export interface World {
  readonly description: DeviceDescription;
  readonly seed: number;
  readonly kernel: Kernel;
  readonly memory: KernelMemory;
  readonly scheduler: Scheduler;
  readonly contents: Contents;
  /** By group, in the order of the description. */
  readonly plans: readonly GroupPlan[];
  readonly processes: ProcessTable;
  readonly lowMemory: LowMemory;
  readonly measures: Measures;
  /** CMA areas by name, and the buffers of them that are held. */
  readonly areas: ReadonlyMap<string, CmaArea>;
  readonly held: HeldBuffers;
  /** Told of what happens; null where nobody watches. */
  readonly watch: Watch | null;
}
