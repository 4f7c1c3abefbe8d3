/** The list of mutants that may live is about the code as it is now; whether they live, `npm run mutants` finds out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { schema } from '@stryker-mutator/api/core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../plan/packageRoot.ts';
import { KINDS, listed, readGroups, survivorsOf, without } from './survivors.ts';

test('each stands on a line of its file, for a reason', () => {
  const groups = readGroups();
  for (const { kind, why } of groups) {
    assert.ok(KINDS.includes(kind), `kind ${kind}`);
    assert.ok(why.length > 20, why);
  }
  for (const { file, line } of listed(groups)) {
    const lines = readFileSync(join(packageRoot(), file), 'utf8').split('\n');
    assert.ok(
      lines.some((text) => text.trim() === line),
      `${file} has no line '${line}' any more: npm run mutants`,
    );
  }
});

test('no mutant is listed twice', () => {
  const all = listed(readGroups()).map((one) => JSON.stringify(one));
  assert.equal(
    all.filter((one, i) => all.indexOf(one) < i),
    [],
  );
});

test('mutants of a report that live, by what they do', () => {
  const at = (line: number, column: number, end: number) => ({ start: { line, column }, end: { line, column: end } });
  const mutant = { id: '1', mutatorName: 'EqualityOperator', location: at(2, 7, 12), replacement: 'a <= b' };
  const mutants: schema.MutantResult[] = [
    { ...mutant, status: 'Survived' },
    { ...mutant, status: 'Killed', replacement: 'a >= b' },
    {
      ...mutant,
      status: 'NoCoverage',
      location: { start: { line: 2, column: 14 }, end: { line: 4, column: 4 } },
      replacement: '{}',
    },
  ];
  const source = 'first();\n  if (a < b) {\n    both();\n  }\n';
  const report = { files: { 'sim/x.ts': { language: 'ts', source, mutants } } } as unknown as schema.MutationTestResult;
  const alive = survivorsOf(report);
  assert.equal(alive, [
    { file: 'sim/x.ts', line: 'if (a < b) {', change: 'a < b => a <= b' },
    { file: 'sim/x.ts', line: 'if (a < b) {', change: '{ both(); } => {}' },
  ]);
  assert.equal(without(alive, [alive[1]]), [alive[0]]);
});

test.run();
