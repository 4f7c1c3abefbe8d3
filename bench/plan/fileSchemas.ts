/**
 * JSON Schemas of whole files: workloads and devices, which are laid over each other, and profiles, which are complete.
 */
import { JSON_SCHEMA_DRAFT, jsonSchemaOf, propertiesOf, type JsonSchema } from './jsonSchema.ts';
import { costsSchema, kernelSchema } from './profileSchemas.ts';
import { MEANINGFUL } from './programCheck.ts';
import type { Schema } from './schema.ts';
import { group, WORKLOAD_ONLY, workloadFields } from './workloadSchema.ts';

/** What a workload says that no device can say for it. */
const OWN = ['about', 'device'];

/** A map under its own name may be complete in itself: what only a workload has lies over nothing. */
const isPartial = (name: string): boolean => !WORKLOAD_ONLY.includes(name);

export function workloadJsonSchema(): JsonSchema {
  return {
    ...head('workload', 'A workload of cma-stress: what a device does while its contiguous allocations are measured.'),
    type: 'object',
    properties: propertiesOf(workloadFields, isPartial),
    required: OWN,
    additionalProperties: false,
    allOf: [
      {
        if: { required: ['population'], properties: { population: { const: 'own' } } },
        // Entries that stand for nothing, `none`, are those of the device: here there are none.
        then: { properties: { groups: { additionalProperties: jsonSchemaOf(group, false) } } },
      },
      { if: { required: ['program'] }, then: { propertyNames: { enum: MEANINGFUL } } },
    ],
  };
}

export function deviceJsonSchema(): JsonSchema {
  const fields = Object.fromEntries(Object.entries(workloadFields).filter(([name]) => !WORKLOAD_ONLY.includes(name)));
  return {
    ...head(
      'device',
      'A device of cma-stress: what a workload is laid over. What it leaves out, each workload has to say.',
    ),
    type: 'object',
    properties: propertiesOf(fields, isPartial),
    additionalProperties: false,
  };
}

export function kernelJsonSchema(): JsonSchema {
  return profile('kernel', 'A kernel profile of cma-stress: what a tree does differently.', kernelSchema);
}

export function costsJsonSchema(): JsonSchema {
  return profile('costs', 'A cost profile of cma-stress: the time of each step of the model.', costsSchema);
}

function profile(name: string, about: string, schema: Schema<unknown>): JsonSchema {
  return { ...head(name, about), ...jsonSchemaOf(schema, false) };
}

/** What every schema begins with. */
export function head(name: string, description: string): JsonSchema {
  return { $schema: JSON_SCHEMA_DRAFT, title: `cma-stress ${name}`, description };
}
