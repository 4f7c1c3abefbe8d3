/** The capture that comes with the package, for whoever has no device at hand. Its README says what was captured. */
import { copyFileSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, UsageError } from '../errors.ts';
import { packageRoot } from '../plan/packageRoot.ts';
import { makeDirectory } from '../report/writeFile.ts';

/** Where its files are. */
export function exampleFolder(): string {
  return join(packageRoot(), 'workloads', 'captures');
}

/**
 * Copies its files into `dir`, which is made. Throws UsageError when one of them is there already, or cannot be
 * written.
 */
export function copyExample(dir: string): void {
  makeDirectory(dir);
  const files = readdirSync(exampleFolder()).filter((name) => name.endsWith('.gz'));
  for (const name of files) {
    const copy = join(dir, name);
    try {
      copyFileSync(join(exampleFolder(), name), copy, constants.COPYFILE_EXCL);
    } catch (thrown) {
      const isThere = (thrown as NodeJS.ErrnoException).code === 'EEXIST';
      throw new UsageError(isThere ? `${copy} is there already` : `cannot write ${copy}: ${messageOf(thrown)}`);
    }
  }
}
