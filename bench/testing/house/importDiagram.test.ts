/** The map of the code: its diagram is what the sources say, and it names every room and no file that is not there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../plan/packageRoot.ts';
import { DIAGRAM_PAGE, importDiagram } from './importDiagram.ts';
import { importsOfHouse, type Import } from './imports.ts';

const page = readFileSync(join(packageRoot(), DIAGRAM_PAGE), 'utf8');

function arrowsOf(pairs: readonly (readonly [from: string, to: string, isType?: true])[]): readonly string[] {
  const imports = pairs.map(([from, to, isType = false]): Import => ({ from, to, isType }));
  return importDiagram(imports)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.includes('-->'));
}

test('the diagram is that of the sources', async () => {
  assert.ok(page.includes(importDiagram(await importsOfHouse())), 'stale: npm run architecture');
});

test('an arrow that a longer way stands for is left out, one that goes both ways has two heads', () => {
  const arrows = arrowsOf([
    ['bench/cli/main.ts', 'bench/run/execute.ts'],
    ['bench/run/execute.ts', 'sim/index.ts'],
    ['bench/cli/list.ts', 'sim/index.ts'],
    ['sim/index.ts', 'sim/load/world.ts'],
    ['sim/load/world.ts', 'sim/watch/watch.ts'],
    ['sim/watch/watch.ts', 'sim/load/limits.ts'],
  ]);
  assert.equal(arrows, [
    'bench_cli --> bench_run',
    'bench_run --> sim_index_ts',
    'sim_index_ts --> sim_load',
    'sim_load <--> sim_watch',
  ]);
});

test('types, tests and files that all may use are no arrows', () => {
  const arrows = arrowsOf([
    ['bench/cli/main.ts', 'bench/run/execute.ts'],
    ['bench/run/execute.ts', 'bench/plan/types.ts', true],
    ['bench/run/execute.test.ts', 'bench/report/table.ts'],
    ['bench/run/execute.ts', 'bench/errors.ts'],
    ['sim/memory/frames.ts', 'sim/arena.ts'],
  ]);
  assert.equal(arrows, ['bench_cli --> bench_run']);
});

test('every room has its row', () => {
  for (const folder of ['sim', 'bench'])
    for (const entry of readdirSync(join(packageRoot(), folder), { withFileTypes: true }))
      if (entry.isDirectory())
        assert.ok(
          page.includes(`| \`${folder}/${entry.name}/\``),
          `${folder}/${entry.name}/ is not in ${DIAGRAM_PAGE}`,
        );
});

test('what it points to is there', () => {
  const named = [...page.matchAll(/`((?:sim|bench|workloads)\/[\w./-]*)`/g)].map(([, path]) => path);
  assert.ok(named.length > 40);
  for (const path of named) assert.ok(existsSync(join(packageRoot(), path)), `${path} is not there`);
});

test.run();
