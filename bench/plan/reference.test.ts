/** The example of the reference of workload files; bench/handbook tests its tables. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadText } from './testing.ts';

const page = readFileSync(new URL('../../../docs/reference/workload-file.md', import.meta.url), 'utf8');

test('the example is a workload', () => {
  const example = /```yaml\n([^]*?)```/.exec(page)?.[1] ?? '';
  const { description } = loadText(example);
  assert.is(description.ksm.sleep_millisecs, 500);
  assert.is(description.load.groups.find((group) => group.name === 'app')!.count, 10);
  assert.equal(description.load.pins, []);
  assert.is(description.durationNs, 60e9);
});

test.run();
