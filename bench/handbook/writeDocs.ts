/**
 * `npm run handbook`: writes the JSON Schemas, and what docs/reference says of things that code and profiles declare.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SCHEMA_KINDS, schemaPath } from '../plan/schemaPath.ts';
import { rewriteDocs } from '../report/generatedPart.ts';
import { PARTS } from './parts.ts';
import { schemaText } from './schemaFiles.ts';

for (const kind of SCHEMA_KINDS) {
  mkdirSync(dirname(schemaPath(kind)), { recursive: true });
  writeFileSync(schemaPath(kind), schemaText(kind));
}
for (const { file, name, text } of PARTS) rewriteDocs(file, name, text());
