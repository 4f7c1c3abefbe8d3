/** All invariants of a running device: those of the kernel rooms and those of physical memory. */
import { checkMemory } from '../memory/check.ts';
import { checkPageCache } from '../memory/checkCache.ts';
import { checkKernel, InvariantError } from '../truth/invariants.ts';
import type { World } from './world.ts';

/** What is checked. */
type Audited = Pick<World, 'kernel' | 'memory'>;

/** Throws InvariantError with everything that does not hold. */
export function auditWorld(world: Audited, when: string): void {
  const { memory, cache } = world.memory;
  const messages = [...checkKernel(world.kernel), ...checkMemory(memory), ...checkPageCache(memory, cache)];
  if (messages.length > 0) throw new InvariantError(messages, when);
}

/** Runs up to `until`, ns, and checks all invariants at every multiple of `everyNs` on the way; 0: never. */
export function runWithAudits(world: Audited & Pick<World, 'scheduler'>, until: number, everyNs: number): void {
  const { scheduler } = world;
  while (everyNs > 0) {
    const next = (Math.floor(scheduler.now / everyNs) + 1) * everyNs;
    if (next > until) break;
    scheduler.run(next);
    auditWorld(world, `at ${next} ns`);
  }
  scheduler.run(until);
}
