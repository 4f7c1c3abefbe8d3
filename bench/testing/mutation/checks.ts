/**
 * What may kill a mutant of the model: litmus tests with exact expectations, the tests of the rooms, every interleaving
 * of the small scripts, random scripts beside the reference, and golden cells. A mutant is done with at the first check
 * that fails, so those that see most for their time come first.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configureGlobal } from 'fast-check';
import * as assert from 'uvu/assert';
import { Explorer } from '../../../sim/index.ts';
import { SCRIPTS, STATES } from '../../../sim/litmus/explore/testing.ts';
import { runLitmus } from '../../../sim/litmus/interpreter.ts';
import type { LitmusTest } from '../../../sim/litmus/types.ts';
import { shippedScripts } from '../../cli/explore.ts';
import { readLitmusFile } from '../../litmus/parse.ts';
import { packageRoot } from '../../plan/packageRoot.ts';
import { CONFIG_3_10, CONFIG_6_1, fuzzBatch } from '../fuzz/run.ts';
import { goldenCells, goldenOf, readGoldens } from '../golden/golden.ts';
import { conformanceTests, shippedTests } from '../litmusTests.ts';
import { suitesOf } from './uvuFile.ts';

export interface Check {
  readonly name: string;
  /** Source of the check, if it has a file of its own: when that changes, mutants that lived are tried again. */
  readonly file?: string;
  /** Throws, or says what failed; null when nothing did. */
  readonly run: () => string | null | Promise<string | null>;
}

/** Tests of the rooms, and of what strategies change about them. Longer ones see nothing that golden cells do not. */
const UNIT_TESTS = [
  'sim/ksm/rbTree',
  'sim/ksm/slots',
  'sim/ksm/stableChains',
  'sim/ksm/control',
  'sim/ksm/ksmd',
  'sim/ksm/mergeItem',
  'sim/cma/cmaArea',
  'sim/cma/cmaAlloc',
  'sim/cma/contigRange',
  'sim/process/faults',
  'sim/strategies/covers',
  'sim/truth/ledger',
  'sim/migrate/migratePages',
  'sim/migrate/kcompactd',
  'sim/migrate/pageList',
  'sim/ksm/quietVisits.property',
  'sim/ksm/quietVisits',
];
/** Strategies under which every interleaving is explored; the number of states of each stands in docs/explore.md. */
const EXPLORED = ['stock', 'keep-until-rescanned', 'heir-items'];
const FIRST_SEED = 20150415;
/** Batches of random scripts: beside the reference, under Linux 6.1, and for each combination of strategies. */
const BATCHES = { reference: 6, later: 2, strategies: 1 };
const COMBINATIONS = [
  'keep-until-rescanned',
  'heir-items+smart-scan+defer-new-mm',
  'eager-fork-items+null-repair',
  'ksm-outside-cma',
];
/**
 * Cells of the shipped workloads take seconds each with mutants in them, and differ in their load, not in the rooms.
 */
const GOLDEN = /^small device|^recorded program/;

export async function allChecks(): Promise<Check[]> {
  // The smallest script that tells a mutant is of no interest here, and takes long to find.
  configureGlobal({ endOnFailure: true });
  const units: Check[] = [];
  // One after the other: uvu asks a global variable which file it is in.
  for (const name of UNIT_TESTS) {
    const file = `${name}.test.ts`;
    units.push({ name, file, run: await suitesOf(new URL(`../../../${name}.test.js`, import.meta.url)) });
  }
  return [...units, ...litmusChecks(), ...explorations(), ...(await goldens()), ...fuzzing()];
}

function litmusChecks(): Check[] {
  return [...conformanceTests(), ...shippedTests()].map((test) => ({
    name: `litmus ${test.id}`,
    run: () => {
      assert.equal(runLitmus(test, { strategies: ['stock'], step: false }).mismatches, []);
      return null;
    },
  }));
}

function explorations(): Check[] {
  const known = statesByScript();
  const shipped = shippedScripts().flatMap((file) => readLitmusFile(file));
  const small = SCRIPTS.map((script) => ({
    name: `explore ${script.id}`,
    run: () => {
      const [reduced, unreduced] = STATES[script.id];
      assert.is(statesOf(script, 'stock', reduced, true), reduced);
      assert.is(statesOf(script, 'stock', unreduced, false), unreduced);
      return null;
    },
  }));
  const others = EXPLORED.flatMap((strategy) =>
    shipped.map(({ test }) => ({
      name: `explore ${test.id} under ${strategy}`,
      run: () => {
        const states = Number(known.get(test.id)?.[strategy]?.replaceAll(/\D/g, ''));
        assert.is(statesOf(test, strategy, states, true), states);
        return null;
      },
    })),
  );
  return [...small, ...others];
}

/** How many states there are, `most` + 1 if there are more. */
function statesOf(test: LitmusTest, strategy: string, most: number, reduce: boolean): number {
  const explorer = new Explorer(test, { strategies: [strategy], plugins: [], maxStates: most, reduce, audit: false });
  while (!explorer.run(most));
  return explorer.report().states;
}

/** The table `States visited` of docs/explore.md, which its own test keeps true: strategy and count, by script. */
function statesByScript(): Map<string, Record<string, string>> {
  const page = readFileSync(join(packageRoot(), 'docs', 'explore.md'), 'utf8');
  const [names, , ...rows] = page
    .slice(page.indexOf('## States visited'))
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((text) => text.trim()));
  return new Map(rows.map((row) => [row[1], Object.fromEntries(row.map((text, i) => [names[i], text]))]));
}

function fuzzing(): Check[] {
  let next = FIRST_SEED;
  const batches = (count: number, strategy: string, configs = CONFIG_3_10): Check[] =>
    Array.from({ length: count }, () => {
      const seed = next++;
      const run = () => {
        const { disagreement } = fuzzBatch(seed, strategy.split('+'), null, configs, false);
        return disagreement?.differences.join('\n') ?? null;
      };
      return { name: `random scripts ${seed}`, run };
    });
  return [
    ...batches(BATCHES.reference, 'stock'),
    ...batches(BATCHES.later, 'stock', CONFIG_6_1),
    ...COMBINATIONS.flatMap((strategies) => batches(BATCHES.strategies, strategies)),
  ];
}

async function goldens(): Promise<Check[]> {
  const known = readGoldens();
  const cells = [...(await goldenCells())].filter(([name]) => GOLDEN.test(name));
  return cells.map(([name, cell]) => ({
    name: `golden ${name}`,
    run: () => {
      assert.equal(goldenOf(cell), known[name]);
      return null;
    },
  }));
}
