/** `npm run handbook`: writes the JSON Schemas, and what the handbook's reference says of things that code declares. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SCHEMA_KINDS, schemaPath } from '../plan/schemaPath.ts';
import { schemaText } from './schemaFiles.ts';

for (const kind of SCHEMA_KINDS) {
  mkdirSync(dirname(schemaPath(kind)), { recursive: true });
  writeFileSync(schemaPath(kind), schemaText(kind));
}
