/** A test file of uvu as something that can be run again and again in one process. */
import type { URL } from 'node:url';

/** What a suite came to: what it says of its failures, true when there is none. */
type Suite = () => Promise<readonly [string | true, ...number[]]>;

/** The variables by which uvu's own command takes suites from files. */
const uvu = globalThis as typeof globalThis & { UVU_DEFER?: number; UVU_INDEX?: number; UVU_QUEUE?: Suite[][] };

/**
 * Imports the file; what is returned runs its suites up to the first that fails, and gives what that one says, or null.
 */
export async function suitesOf(file: URL): Promise<() => Promise<string | null>> {
  uvu.UVU_DEFER = 1;
  uvu.UVU_QUEUE ??= [];
  const suites: Suite[] = [];
  uvu.UVU_INDEX = uvu.UVU_QUEUE.push(suites) - 1;
  await import(file.href);
  return async () => {
    for (const suite of suites) {
      const [failures] = await suite();
      if (failures !== true) return failures;
    }
    return null;
  };
}
