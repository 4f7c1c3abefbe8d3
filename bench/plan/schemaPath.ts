/** Where the JSON Schemas of files lie, and the line by which a file tells an editor of its own. */
import { isAbsolute, join, relative, sep } from 'node:path';
import { packageRoot } from './packageRoot.ts';

/** Files that have a schema, by its name. */
export const SCHEMA_KINDS = ['workload', 'device', 'kernel', 'costs', 'litmus'] as const;
export type SchemaKind = (typeof SCHEMA_KINDS)[number];

export function schemaPath(kind: SchemaKind): string {
  return join(packageRoot(), 'workloads', 'schema', `${kind}.json`);
}

/**
 * The comment at the top of a file in `folder` that names its schema, without the `#`. Null unless both this package
 * and the folder lie in the working directory: a path through the rest of a machine helps nobody who is sent the file.
 */
export function schemaComment(kind: SchemaKind, folder: string): string | null {
  const path = schemaPath(kind);
  if (!isBelow(process.cwd(), path) || !isBelow(process.cwd(), folder)) return null;
  return ` yaml-language-server: $schema=${relative(folder, path).split(sep).join('/')}`;
}

function isBelow(folder: string, path: string): boolean {
  const steps = relative(folder, path);
  return !isAbsolute(steps) && steps.split(sep)[0] !== '..';
}
