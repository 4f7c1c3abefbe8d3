/** Small plug-ins for tests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The text of a plug-in; `fields`: what differs, as it is to be written. */
export function pluginText(name: string, fields: Readonly<Record<string, string>> = {}): string {
  const all = {
    name: `'${name}'`,
    group: "'ksm'",
    about: "'about it'",
    origin: "'a test'",
    claims: '[]',
    costs: "'nothing'",
    ...fields,
  };
  const lines = Object.entries(all).map(([key, text]) => `  ${key}: ${text},`);
  return ["import { defineStrategy } from 'cma-stress';", 'export default defineStrategy({', ...lines, '});', ''].join(
    '\n',
  );
}

/** Writes a file, and the folders above it. Returns its path. */
export function write(folder: string, file: string, text: string): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}
