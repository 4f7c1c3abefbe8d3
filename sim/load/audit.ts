/** All invariants of a running device: those of the kernel rooms and those of physical memory. */
import { checkMemory } from '../memory/check.ts';
import { checkPageCache } from '../memory/checkCache.ts';
import { checkKernel, InvariantError } from '../truth/invariants.ts';
import type { World } from './world.ts';

/** Throws InvariantError with everything that does not hold. */
export function auditWorld(world: World, when: string): void {
  const { memory, cache } = world.memory;
  const messages = [...checkKernel(world.kernel), ...checkMemory(memory), ...checkPageCache(memory, cache)];
  if (messages.length > 0) throw new InvariantError(messages, when);
}
