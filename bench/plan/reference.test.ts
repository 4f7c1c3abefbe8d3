/** The reference of workload files says what the schema says. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Schema } from './schema.ts';
import { loadText } from './testing.ts';
import { workloadSchema } from './workloadSchema.ts';

const page = readFileSync(new URL('../../../docs/reference/workload-file.md', import.meta.url), 'utf8');

/** Every key a schema knows, at any depth. */
function keysOf(schema: Schema<unknown>): string[] {
  const { shape } = schema;
  if (shape.kind === 'object')
    return Object.entries(shape.fields).flatMap(([key, field]) => [key, ...keysOf(field.schema)]);
  if (shape.kind === 'named') return keysOf(shape.value);
  return shape.kind === 'list' ? keysOf(shape.item) : [];
}

test('every key is described', () => {
  // As `key`, or inside a shape such as `{ size, weight }` or `pools.<name>: { contents, share }`.
  const described = (key: string) =>
    page.includes('`' + key) || new RegExp('`[^`]*[{, .]' + key + '[,:. ][^`]*`').test(page);
  const missing = keysOf(workloadSchema).filter((key) => !described(key));
  assert.equal(missing, []);
  assert.ok(keysOf(workloadSchema).length > 60);
});

test('the example is a workload', () => {
  const example = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? '';
  const { description } = loadText(example);
  assert.is(description.ksm.sleep_millisecs, 500);
  assert.is(description.load.groups.find((group) => group.name === 'app')!.count, 10);
  assert.equal(description.load.pins, []);
  assert.is(description.durationNs, 60e9);
});

test.run();
