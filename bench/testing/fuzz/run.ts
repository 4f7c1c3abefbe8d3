/** A batch of random scripts from one seed, shrunk by fast-check when one fails. */
import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { compareDraws, type Disagreement, type Setup } from './compare.ts';
import type { Coverage } from './coverage.ts';
import { shorten } from './report.ts';
import { PROLOGUES } from './prologues.ts';
import { draw } from './script.ts';

const BATCH_SCRIPTS = 16;
const LENGTHS = { minLength: 20, maxLength: 160, size: 'max' } as const;
/** fast-check shrinks for that long, then what it has is shortened action by action. */
const SHRINK_MS = 15_000;

export interface Batch {
  readonly scripts: number;
  readonly compared: number;
  readonly disagreement: Disagreement | null;
}

/** Mostly with pagevecs, as the kernel has them. */
export const CONFIG_3_10: fc.Arbitrary<Setup['config']> = fc.oneof(
  { weight: 7, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ pagevec: false }) },
);

/** Linux 6.1 with its limit of sharers, and with limits that scripts reach. */
export const CONFIG_6_1: fc.Arbitrary<Setup['config']> = fc.constantFrom(
  { kernel: 'linux-6.1' } as const,
  { kernel: 'linux-6.1', max_page_sharing: 2 } as const,
  { kernel: 'linux-6.1', max_page_sharing: 3 } as const,
);

/**
 * `coverage` counts what the scripts came to, those of the shrinking left out. `shrinks`: a script that fails is made
 * as short as it can be.
 */
export function fuzzBatch(
  seed: number,
  strategies: readonly string[],
  coverage: Coverage | null = null,
  configs = CONFIG_3_10,
  shrinks = true,
): Batch {
  let compared = 0;
  let scripts = 0;
  let firstFailure = 0;
  let found: Disagreement | null = null;
  const property = fc.property(
    configs,
    fc.constantFrom(...PROLOGUES),
    fc.array(draw, LENGTHS),
    (chosen, prologue, draws) => {
      // Out of time: nothing smaller fails any more, so the shrinking ends.
      if (found !== null && performance.now() - firstFailure > SHRINK_MS) return true;
      const result = compareDraws({ strategies, config: chosen }, prologue, draws, found === null ? coverage : null);
      compared += result.compared;
      scripts++;
      if (result.disagreement === null) return true;
      if (found === null) firstFailure = performance.now();
      found = result.disagreement;
      return false;
    },
  );
  const details = fc.check(property, { seed, numRuns: BATCH_SCRIPTS, endOnFailure: !shrinks });
  const disagreement = shortest(found, shrinks);
  if (details.failed && disagreement === null)
    throw new Error('the comparison broke down', { cause: details.errorInstance });
  return { scripts, compared, disagreement };
}

/** A call, so that the compiler does not think that a variable which a callback sets is still null. */
function shortest(found: Disagreement | null, shrinks: boolean): Disagreement | null {
  return found === null || !shrinks ? found : shorten(found);
}
