/**
 * A test runner for Stryker: all checks in one process, in which one mutant after the other is switched on. Stryker
 * starts the process anew for mutants of what is evaluated when a module is loaded, and when one hangs.
 */
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  determineHitLimitReached,
  DryRunStatus,
  TestStatus,
  toMutantRunResult,
  type CompleteDryRunResult,
  type DryRunResult,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  type TestRunnerCapabilities,
  type TimeoutDryRunResult,
} from '@stryker-mutator/api/test-runner';
import { messageOf } from '../../errors.ts';
import { returnsWithin } from '../returnsWithin.ts';
import type { Check } from './checks.ts';
import { keepSuites } from './uvuFile.ts';
import { copyWithoutCoverage } from './withoutCoverage.ts';

/** What takes longer hangs, also on a machine with much else to do. */
const PATIENCE_MS = 60_000;
/**
 * For the first run, which has no mutant in it: on a busy machine a check that counts mutants may take longer than
 * that.
 */
const FIRST_PATIENCE_MS = 10 * PATIENCE_MS;
/**
 * Stryker ends a mutant that is come by 100 times as often as without it; where nothing is shrunk, 5 times is a loop.
 */
const FEWER_HITS = 20;

/** What instrumented code asks and tells. */
const context: InstrumenterContext = ((globalThis as Record<string, unknown>)[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});

/** Folders of a sandbox: the code as it was built, and what the first run makes of it for those with a mutant. */
const COUNTING = 'dist';
const FAST = 'dist-mutants';
/** undefined would have it looked up in the environment each time. */
const NO_MUTANT = '';

class CheckRunner implements TestRunner {
  readonly #checks = new Map<string, readonly Check[]>();

  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: false };
  }

  async dryRun(): Promise<DryRunResult> {
    const result = await this.#run(await this.#load(COUNTING), () => true, true);
    copyWithoutCoverage(COUNTING, FAST);
    return result.status === DryRunStatus.Complete ? { ...result, mutantCoverage: context.mutantCoverage! } : result;
  }

  async mutantRun({
    activeMutant,
    mutantActivation,
    testFilter,
    hitLimit,
  }: MutantRunOptions): Promise<MutantRunResult> {
    const limit = hitLimit === undefined ? undefined : hitLimit / FEWER_HITS;
    if (limit !== undefined) Object.assign(context, { hitLimit: limit, hitCount: 0 });
    if (mutantActivation === 'static') context.activeMutant = activeMutant.id;
    const checks = await this.#load(FAST);
    context.activeMutant = activeMutant.id;
    const asked = testFilter === undefined ? null : new Set(testFilter);
    const result = await this.#run(checks, (name) => asked?.has(name) ?? true, false);
    context.activeMutant = NO_MUTANT;
    return toMutantRunResult(determineHitLimitReached(context.hitCount, limit) ?? result);
  }

  /** From the sandbox, whose sources are instrumented; this module is that of the checkout. */
  async #load(folder: string): Promise<readonly Check[]> {
    let checks = this.#checks.get(folder);
    if (checks === undefined) {
      keepSuites();
      const { href } = pathToFileURL(join(folder, 'bench', 'testing', 'mutation', 'checks.js'));
      checks = await ((await import(href)) as typeof import('./checks.ts')).allChecks();
      this.#checks.set(folder, checks);
    }
    return checks;
  }

  /** Up to the first failure unless `all`. */
  async #run(
    checks: readonly Check[],
    isAsked: (name: string) => boolean,
    all: boolean,
  ): Promise<CompleteDryRunResult | TimeoutDryRunResult> {
    const tests: TestResult[] = [];
    for (const { name, file, run } of checks) {
      if (!isAsked(name)) continue;
      const begun = performance.now();
      context.currentTestId = name;
      const failure = await failureOf(run, all ? FIRST_PATIENCE_MS : PATIENCE_MS);
      context.currentTestId = '';
      if (failure === HANGS) return { status: DryRunStatus.Timeout, reason: name };
      const known = file === undefined ? {} : { fileName: resolve(file) };
      const about = { id: name, name, ...known, timeSpentMs: performance.now() - begun };
      if (failure === null) {
        tests.push({ ...about, status: TestStatus.Success });
        continue;
      }
      tests.push({ ...about, status: TestStatus.Failed, failureMessage: failure });
      if (!all) break;
    }
    return { status: DryRunStatus.Complete, tests };
  }
}

const HANGS = Symbol('hangs');

/** What a check says of its failure, null when there is none. */
async function failureOf(run: Check['run'], patienceMs: number): Promise<string | null | typeof HANGS> {
  let failure = Promise.resolve<string | null>(null);
  const begin = (): void => {
    failure = Promise.resolve(run());
  };
  try {
    return returnsWithin(patienceMs, begin) ? await failure : HANGS;
  } catch (error) {
    return messageOf(error);
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'checks', CheckRunner)];
