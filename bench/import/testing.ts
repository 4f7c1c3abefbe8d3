/** For the tests of this folder: imports of test data and of texts, and what came of them. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadWorkloadText } from '../plan/index.ts';
import { pathText } from '../plan/node.ts';
import { packageRoot } from '../plan/packageRoot.ts';
import type { DeviceDescription } from '../../sim/index.ts';
import { exampleFolder } from './example.ts';
import { importWorkload, type Imported } from './importWorkload.ts';

/** A file of bench/import/testdata, or of the capture that comes with the package. */
export function testdata(...steps: readonly string[]): string {
  const own = join(packageRoot(), 'bench', 'import', 'testdata', ...steps);
  return existsSync(own) ? own : join(exampleFolder(), ...steps);
}

/** Imports with the default options. */
export function importOf(...paths: readonly string[]): Promise<Imported> {
  return importWorkload(paths, { as: null, device: null, replay: false });
}

/** Every value of the workload by its path. */
export function valuesOf({ draft }: Imported): Map<string, string | null> {
  return new Map(draft.entries().map(({ steps, text }) => [pathText(steps), text]));
}

/** What the plan makes of it. */
export function descriptionOf({ yaml }: Imported): DeviceDescription {
  return loadWorkloadText(yaml, 'imported', { set: [], durationNs: null, quick: false }).description;
}

/** Writes files below a directory; returns it. */
export function write(dir: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
  return dir;
}

/** A mapping as smaps has it; amounts in kB. */
export function mapping(start: number, pages: number, name: string, amounts: Readonly<Record<string, number>>): string {
  const hex = (address: number): string => address.toString(16).padStart(8, '0');
  const flags = amounts['mg'] === 1 ? 'rd wr mr mw me ac mg ' : 'rd wr mr mw me ac ';
  const lines = ['Rss', 'Pss', 'Private_Clean', 'Private_Dirty', 'Anonymous'].map(
    (field) => `${`${field}:`.padEnd(20)}${amounts[field] ?? 0} kB`,
  );
  return [
    `${hex(start)}-${hex(start + pages * 4096)} rw-p 00000000 00:00 0          ${name}`,
    `Size:               ${pages * 4} kB`,
    ...lines,
    `VmFlags: ${flags}`,
    '',
  ].join('\n');
}
