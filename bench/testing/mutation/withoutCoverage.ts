/** Instrumented code that does not count the mutants that it comes by, from code that does. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A call as Stryker writes it, a statement or what stands before a comma. */
const COUNTING = /stryCov_9fa48\("\d+"(?:, "\d+")*\)/g;

/**
 * Copies a folder of compiled code that Stryker instrumented. The mutants have to be counted once, while none is
 * switched on; then a check takes less than half the time without.
 */
export function copyWithoutCoverage(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  for (const name of readdirSync(join(to, 'sim'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js')) continue;
    const file = join(to, 'sim', name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(COUNTING, '0'));
  }
}
