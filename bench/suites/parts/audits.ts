/** The auditor on a whole device: all invariants recounted. */
import { auditWorld, startCell } from '../../../sim/index.ts';
import { standardCell } from '../cells.ts';
import { measure, type SuiteResult } from '../wall.ts';

const WORKLOAD = 'zygote-launch';

/** ms per audit of a booted and settled device. */
export async function audits(iterations: number): Promise<{ suite: SuiteResult }> {
  const { input } = standardCell(WORKLOAD);
  const world = startCell(input);
  const about = `all invariants of ${WORKLOAD}'s device, booted and settled: ${input.description.memory.frames} frames`;
  // It throws when an invariant does not hold: that it returns is the check.
  const subjects = [{ name: 'audit', run: () => auditWorld(world, 'in a suite') }];
  return { suite: await measure('auditor', about, subjects, iterations) };
}
