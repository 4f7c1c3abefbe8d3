/** Litmus files as JSON Schema for editors, made of the same tables that check them. */
import { SCRIPT_KERNEL_NAMES, THREAD_OPS, VERDICTS, WINDOW_CAUSES } from '../../sim/index.ts';
import { head } from '../plan/fileSchemas.ts';
import type { JsonSchema } from '../plan/jsonSchema.ts';
import { ACTIONS, COUNTERS, PAGE_KEYS, PAGE_KINDS, type ActionSpec, type ValueKind } from './actions.ts';
import { LITMUS_LIMITS } from './limits.ts';

const { actions, address, frame, nameLength, pages, repeats, tests, textLength, threadActions, threads } =
  LITMUS_LIMITS;

const text = (maxLength: number): JsonSchema => ({ type: 'string', maxLength });
const whole = (minimum: number, maximum: number): JsonSchema => ({ type: 'integer', minimum, maximum });
const texts: JsonSchema = { type: 'array', maxItems: actions, items: text(actions) };

/** A document of a litmus file: one test, or a suite of them. */
export function litmusJsonSchema(): JsonSchema {
  const suite = closed(
    { about: {}, scenarios: { type: 'array', maxItems: tests, items: { $ref: '#/definitions/test' } } },
    ['scenarios'],
  );
  return {
    ...head(
      'litmus',
      'A litmus test of cma-stress, or a suite: a script of kernel actions, and what each must come to.',
    ),
    type: 'object',
    if: { required: ['scenarios'] },
    then: suite,
    else: { $ref: '#/definitions/test' },
    definitions: {
      test: testSchema(),
      action: actionSchema(Object.keys(ACTIONS), true),
      threadAction: actionSchema(THREAD_OPS, false),
    },
  };
}

function testSchema(): JsonSchema {
  const list = (most: number, action: string): JsonSchema => ({
    type: 'array',
    maxItems: most,
    items: { $ref: `#/definitions/${action}` },
  });
  return closed(
    {
      id: text(nameLength),
      title: text(textLength),
      kind: text(textLength),
      config: { anyOf: [configSchema(), { type: 'null' }] },
      actions: list(actions, 'action'),
      why: text(textLength),
      threads: {
        type: 'object',
        minProperties: 1,
        maxProperties: threads,
        propertyNames: { minLength: 1, maxLength: nameLength },
        additionalProperties: { ...list(threadActions, 'threadAction'), minItems: 1 },
      },
      explore: closed({ cause: { enum: WINDOW_CAUSES }, verdict: { enum: VERDICTS } }, []),
    },
    ['id', 'actions'],
  );
}

function configSchema(): JsonSchema {
  return closed(
    {
      cma: { type: 'array', minItems: 2, maxItems: 2, items: whole(0, frame) },
      pagevec: { type: 'boolean' },
      kernel: { enum: SCRIPT_KERNEL_NAMES },
      max_page_sharing: whole(2, actions),
    },
    [],
  );
}

/** An action with one of these ops; `expects`: it may say who it is by, and what it must come to. */
function actionSchema(ops: readonly string[], expects: boolean): JsonSchema {
  return {
    type: 'object',
    required: ['op'],
    properties: { op: { enum: ops } },
    allOf: ops.map((op) => ({
      if: { required: ['op'], properties: { op: { const: op } } },
      then: opSchema(op, expects),
    })),
  };
}

/** An op that only threads have has no keys. */
function opSchema(op: string, expects: boolean): JsonSchema {
  const { keys, reports }: ActionSpec = Object.hasOwn(ACTIONS, op) ? ACTIONS[op] : { keys: {}, reports: [] };
  const allowed = Object.entries(keys).filter(([key]) => expects || key !== 'by');
  const schema = closed(
    {
      op: {},
      ...Object.fromEntries(allowed.map(([key, { kind }]) => [key, valueSchema(kind)])),
      ...(expects ? { expect: expectSchema(op, reports) } : {}),
    },
    allowed.filter(([, { required }]) => required).map(([key]) => key),
  );
  return op === 'check' ? { ...schema, anyOf: [{ required: ['expect'] }, { required: ['absent'] }] } : schema;
}

function valueSchema(kind: ValueKind): JsonSchema {
  if (typeof kind !== 'string') return { enum: kind };
  switch (kind) {
    case 'process':
    case 'name':
    case 'page label':
    case 'content':
      return text(nameLength);
    case 'virtual page number':
      return whole(0, address);
    case 'frame number':
      return whole(0, frame);
    case 'number of pages':
      return whole(1, pages);
    case 'repeat count':
      return whole(1, repeats);
    case 'truth value':
      return { type: 'boolean' };
    case 'list of page labels':
      return texts;
  }
}

function expectSchema(op: string, reports: readonly string[]): JsonSchema {
  const anything = (names: readonly string[]): Record<string, JsonSchema> =>
    Object.fromEntries(names.map((name) => [name, {}]));
  if (op !== 'check') return closed(anything(reports), []);
  return closed(
    {
      ...anything(reports),
      ptes: { type: 'object' },
      pages: {
        type: 'object',
        additionalProperties: closed({ ...anything(PAGE_KEYS), kind: { enum: PAGE_KINDS } }, []),
      },
      counters: closed(anything(COUNTERS), []),
      mm_slots: texts,
      cursor: { anyOf: [text(nameLength), { type: 'null' }] },
    },
    [],
  );
}

/** A map with no other keys than these. */
function closed(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema {
  return {
    type: 'object',
    properties,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}
