/** The JSON Schemas that come with the package, in workloads/schema: one for each kind of file a user may write. */
import { litmusJsonSchema } from '../litmus/jsonSchema.ts';
import { costsJsonSchema, deviceJsonSchema, kernelJsonSchema, workloadJsonSchema } from '../plan/fileSchemas.ts';
import type { JsonSchema } from '../plan/jsonSchema.ts';
import type { SchemaKind } from '../plan/schemaPath.ts';

const SCHEMAS: Readonly<Record<SchemaKind, () => JsonSchema>> = {
  workload: workloadJsonSchema,
  device: deviceJsonSchema,
  kernel: kernelJsonSchema,
  costs: costsJsonSchema,
  litmus: litmusJsonSchema,
};

/** The text of `workloads/schema/<kind>.json`. */
export function schemaText(kind: SchemaKind): string {
  return `${JSON.stringify(SCHEMAS[kind](), null, 2)}\n`;
}
