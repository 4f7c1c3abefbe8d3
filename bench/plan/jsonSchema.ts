/**
 * Schemas as JSON Schema, draft 7, for editors: the newest that the YAML language server reads whole. It says what one
 * value may be and which keys there are; whether values agree with each other is found out by reading the file.
 */
import type { Form } from './forms.ts';
import { written } from './forms.ts';
import { NAME, type Field, type Schema } from './schema.ts';
import { PATTERNS } from './units.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const JSON_SCHEMA_DRAFT = 'http://json-schema.org/draft-07/schema#';

/**
 * The part for `schema`. `isPartial`: of a file that is laid over another one, which may have said the rest. Maps need
 * not be complete then, and `none` takes a named entry away; entries of lists are complete all the same.
 */
export function jsonSchemaOf(schema: Schema<unknown>, isPartial: boolean): JsonSchema {
  const { shape } = schema;
  switch (shape.kind) {
    case 'scalar': {
      const json = ofForm(shape.form, schema.expected);
      return shape.orNone ? { anyOf: [{ const: 'none' }, json] } : json;
    }
    case 'object': {
      const { fields, exactlyOne } = shape;
      const missing = Object.keys(fields).filter((name) => fields[name].fallback === null);
      return {
        type: 'object',
        properties: propertiesOf(fields, () => isPartial),
        ...(isPartial || missing.length === 0 ? {} : { required: missing }),
        ...(exactlyOne.length === 0 ? {} : { oneOf: exactlyOne.map((name) => ({ required: [name] })) }),
        additionalProperties: false,
      };
    }
    case 'named': {
      const value = jsonSchemaOf(shape.value, isPartial);
      return {
        type: 'object',
        propertyNames: { pattern: NAME.source, maxLength: shape.nameLength },
        maxProperties: shape.most,
        additionalProperties: isPartial ? { anyOf: [value, { const: 'none' }] } : value,
      };
    }
    case 'list':
      return {
        type: 'array',
        minItems: shape.least,
        maxItems: shape.most,
        items: jsonSchemaOf(shape.item, false),
      };
  }
}

/** `properties` of a map with these fields. */
export function propertiesOf(
  fields: Readonly<Record<string, Field<unknown>>>,
  isPartial: (name: string) => boolean,
): JsonSchema {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      { description: descriptionOf(field), ...defaultOf(field), ...jsonSchemaOf(field.schema, isPartial(name)) },
    ]),
  );
}

/** Forms of which an editor has nothing to add: their words, or that it is a text. */
const SAID: readonly Form['of'][] = ['choice', 'truth', 'text', 'reference'];

/** What an editor shows beside a key. */
function descriptionOf({ about, otherwise, schema }: Field<unknown>): string {
  const { shape, expected } = schema;
  const whole = shape.kind === 'scalar' && !SAID.includes(shape.form.of) ? `${about}. ${capital(expected)}` : about;
  const left = otherwise === null || otherwise === '' ? '' : `. Left out: ${otherwise}`;
  return `${capital(whole)}${left}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function defaultOf({ schema, fallback, otherwise }: Field<unknown>): { readonly default?: unknown } {
  if (schema.shape.kind !== 'scalar' || fallback === null || otherwise !== null) return {};
  return { default: written(schema.shape.form, fallback.value) };
}

function ofForm(form: Form, expected: string): JsonSchema {
  switch (form.of) {
    case 'number': {
      const { min, max, whole, above = false, words = [] } = form;
      const number = {
        type: whole ? 'integer' : 'number',
        [above ? 'exclusiveMinimum' : 'minimum']: min,
        maximum: max,
      };
      return words.length === 0 ? number : { anyOf: [{ enum: words }, number] };
    }
    case 'choice':
      return { enum: form.choices };
    case 'truth':
      return { type: 'boolean' };
    case 'name':
      return { type: 'string', pattern: NAME.source, maxLength: form.longest };
    case 'reference':
    case 'text':
      return { type: 'string', minLength: 1, maxLength: form.longest };
    case 'share':
      return { anyOf: [{ type: 'number', minimum: 0, maximum: 1 }, pattern('share', expected)] };
    default:
      return pattern(form.of, expected);
  }
}

/** `patternErrorMessage` is what editors show in place of a regular expression. */
function pattern(of: keyof typeof PATTERNS, expected: string): JsonSchema {
  return { type: 'string', pattern: PATTERNS[of], patternErrorMessage: `expected ${expected}` };
}
