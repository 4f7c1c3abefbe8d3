/** The conformance suites: scripts with expectations from the kernel's source, and from its KSM code in user space. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runLitmus } from './interpreter.ts';
import type { LitmusTest } from './types.ts';

const SUITES = ['kernel-3.10-named.json', 'kernel-3.10-random.json'];

for (const file of SUITES) {
  const test = suite(file);
  const path = new URL(`../../../workloads/litmus/conformance/${file}`, import.meta.url);
  const { scenarios } = JSON.parse(readFileSync(path, 'utf8')) as { scenarios: LitmusTest[] };
  test('has scenarios', () => {
    assert.ok(scenarios.length > 10);
  });
  for (const scenario of scenarios) {
    test(scenario.id, () => {
      assert.equal(runLitmus(scenario, { strategies: ['stock'], step: false }).mismatches, []);
    });
  }
  test.run();
}
