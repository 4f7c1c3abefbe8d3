/** The litmus files that come with the tool hold under stock. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runLitmus } from '../../sim/index.ts';
import { readLitmusFile } from './parse.ts';

const folder = fileURLToPath(new URL('../../../workloads/litmus/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

test('there are some', () => {
  assert.ok(files.length > 0);
});

for (const file of files) {
  for (const located of readLitmusFile(folder + file)) {
    test(`${file}: ${located.test.id}`, () => {
      assert.equal(runLitmus(located.test, { strategies: ['stock'], step: false }).mismatches, []);
    });
  }
}

test.run();
