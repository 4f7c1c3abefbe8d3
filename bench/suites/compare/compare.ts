/**
 * `npm run bench -- --compare`: this version and another one in interleaved runs.
 *
 * Old, new, new, old, old, new ...: what a busy machine does to one of a pair it likely does to the other. Each run is
 * a process of its own. Suites that both have are compared one after the other, so that the two runs of a pair are
 * close in time; a version from before suites could be chosen runs all it has.
 */
import { UsageError } from '../../errors.ts';
import { MODEL_HASH, TOOL_VERSION } from '../../run/tool.ts';
import { describeMachine, warnIfBusy, type Machine } from '../machine.ts';
import type { Suite } from '../registry.ts';
import { commitOf, HERE, mainOf, otherCheckout, type Checkout, type Say } from './checkout.ts';
import { compareFigures, type Call, type Comparison, type Measured, type Pair } from './figures.ts';
import { run } from './runProgram.ts';

export interface CompareOptions {
  /** Revision or folder of the other version. */
  readonly other: string;
  readonly suites: readonly Suite[];
  readonly pairs: number;
  readonly iterations: number;
  readonly quick: boolean;
  readonly by: Call;
}

/** Schema cma-stress/bench-compare/1. */
export interface CompareDocument extends Comparison {
  readonly schema: 'cma-stress/bench-compare/1';
  readonly tool: string;
  readonly model: string;
  readonly machine: Machine;
  readonly old: Version;
  readonly new: Version;
  /** Suites asked for that the old version does not have. */
  readonly suitesOnlyNew: readonly string[];
  readonly pairs: number;
  /** Which call of a run was compared. */
  readonly by: Call;
}

export interface Version {
  readonly name: string;
  readonly commit: string | null;
  /** Hash of its model's behaviour. */
  readonly model: string;
}

type BenchRun = Measured & { readonly model: string };

/** Throws UsageError, Error when the other version cannot be built or a run fails, and the signal's reason. */
export async function compareVersions(
  options: CompareOptions,
  say: Say,
  signal: AbortSignal,
): Promise<CompareDocument> {
  const machine = describeMachine();
  const other = await otherCheckout(options.other, say, signal);
  try {
    warnIfBusy(machine, say);
    const known = await suitesOf(other, signal);
    const names = options.suites.map(({ name }) => name);
    const common = known === null ? names : names.filter((name) => known.includes(name));
    if (common.length === 0)
      throw new UsageError(`--compare: ${other.name} has none of the suites ${names.join(', ')}`);
    // Versions that cannot choose are run as a whole, in one go with all that is asked of this one.
    const turns = known === null ? [common] : common.map((name) => [name]);
    const compared: Comparison[] = [];
    let models = { old: '', new: '' };
    for (const words of turns) {
      const pairs: { old: BenchRun; new: BenchRun }[] = [];
      for (let pair = 0; pair < options.pairs; pair++) {
        say(`pair ${pair + 1} of ${options.pairs}: ${words.join(', ')}`);
        pairs.push(await runPair(pair, known === null ? [] : words, words, other, options, signal));
      }
      models = { old: pairs[0].old.model, new: pairs[0].new.model };
      compared.push(compareFigures(pairs satisfies Pair[], options.by));
    }
    return {
      schema: 'cma-stress/bench-compare/1',
      tool: TOOL_VERSION,
      model: MODEL_HASH,
      machine,
      old: { name: other.name, commit: other.commit, model: models.old },
      new: { name: 'this version', commit: await commitOf('HEAD', HERE, signal), model: models.new },
      pairs: options.pairs,
      by: options.by,
      figures: compared.flatMap(({ figures }) => figures),
      onlyOld: compared.flatMap(({ onlyOld }) => onlyOld),
      onlyNew: compared.flatMap(({ onlyNew }) => onlyNew),
      suitesOnlyNew: names.filter((name) => !common.includes(name)),
    };
  } finally {
    other.remove();
  }
}

/** Every second pair begins with the new version. */
async function runPair(
  pair: number,
  oldWords: readonly string[],
  newWords: readonly string[],
  other: Checkout,
  options: CompareOptions,
  signal: AbortSignal,
): Promise<{ old: BenchRun; new: BenchRun }> {
  const count = ['--iterations', String(options.iterations)];
  const quick = options.quick ? ['--quick'] : [];
  const runOld = () => bench(other.folder, [...oldWords, ...count, ...(oldWords.length === 0 ? [] : quick)], signal);
  const runNew = () => bench(HERE, [...newWords, ...count, ...quick], signal);
  if (pair % 2 === 0) return { old: await runOld(), new: await runNew() };
  const later = await runNew();
  return { old: await runOld(), new: later };
}

async function bench(folder: string, words: readonly string[], signal: AbortSignal): Promise<BenchRun> {
  const all = [mainOf(folder), ...words, '--json'];
  const { code, stdout, stderr } = await run(process.execPath, all, folder, signal);
  if (code !== 0) throw new Error(`measuring with ${all.join(' ')} ended with exit code ${code}:\n${stderr.trim()}`);
  return JSON.parse(stdout) as BenchRun;
}

/** Names of a version's suites; null for one from before they could be chosen. */
async function suitesOf({ folder }: Checkout, signal: AbortSignal): Promise<readonly string[] | null> {
  const { code, stdout } = await run(process.execPath, [mainOf(folder), '--list', '--json'], folder, signal);
  if (code !== 0) return null;
  return (JSON.parse(stdout) as { suites: readonly { name: string }[] }).suites.map(({ name }) => name);
}
