/** A test file of uvu as something that can be run again and again in one process. */
import type { URL } from 'node:url';

/** What a suite came to: what it says of its failures, true when there is none. */
type Suite = () => Promise<readonly [string | true, ...number[]]>;

/** The variables by which uvu's own command takes suites from files. */
const uvu = globalThis as typeof globalThis & { UVU_DEFER?: number; UVU_INDEX?: number; UVU_QUEUE?: Suite[][] };

/** To be called before anything loads uvu, which asks only once whether somebody else runs the suites. */
export function keepSuites(): void {
  if (uvu.UVU_DEFER === undefined && uvu.UVU_QUEUE !== undefined) throw new Error('uvu was loaded before');
  uvu.UVU_DEFER = 1;
  uvu.UVU_QUEUE ??= [];
}

/**
 * Imports the file; what is returned runs its suites up to the first that fails, and gives what that one says, or null.
 * Throws where the file has none, or `keepSuites` was not called.
 */
export async function suitesOf(file: URL): Promise<() => Promise<string | null>> {
  const suites: Suite[] = [];
  if (uvu.UVU_DEFER === undefined || uvu.UVU_QUEUE === undefined) throw new Error('keepSuites was not called');
  uvu.UVU_INDEX = uvu.UVU_QUEUE.push(suites) - 1;
  await import(file.href);
  if (suites.length === 0) throw new Error(`${file.href} gave no suite`);
  return async () => {
    for (const suite of suites) {
      const [failures] = await suite();
      if (failures !== true) return failures;
    }
    return null;
  };
}
