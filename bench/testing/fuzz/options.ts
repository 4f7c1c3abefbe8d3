/** The command line of `npm run fuzz`. */
import { parseArgs } from 'node:util';
import { parseCombination } from '../../plan/index.ts';

export const USAGE = `usage: npm run fuzz -- [options]

Random litmus scripts on the model and on the reference, compared after every action.

  --seed N         seed of the first batch of scripts, 1 unless given; the next batches count on
  --runs N         how many batches of 16 scripts: the same ones on every machine
  --seconds N      how long instead, 60 unless given
  --strategy NAME  under a fix strategy, several joined with +: invariants only, without the reference
  --coverage       show what the scripts came to, and how often
  --out FILE       where the script of a disagreement goes, else to the directory for temporary files
  --help           show this

Exit codes: 0 no disagreement, 1 one was found, 2 wrong options.
`;

export interface FuzzOptions {
  readonly seed: number;
  /** Batches; Infinity when only the time bounds them. */
  readonly runs: number;
  /** Infinity when only the batches bound it. */
  readonly seconds: number;
  readonly strategies: readonly string[];
  readonly coverage: boolean;
  readonly out: string | null;
}

/** Null for `--help`. Throws an Error that says which option is wrong. */
export function fuzzOptions(args: readonly string[]): FuzzOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      runs: { type: 'string' },
      seconds: { type: 'string' },
      strategy: { type: 'string', default: 'stock' },
      coverage: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed wants a whole number, not '${values.seed}'`);
  const runs = positive('--runs', values.runs);
  if (runs !== null && !Number.isInteger(runs)) throw new Error('--runs wants a whole number');
  const seconds = positive('--seconds', values.seconds);
  return {
    seed,
    runs: runs ?? Infinity,
    seconds: seconds ?? (runs === null ? 60 : Infinity),
    strategies: parseCombination(values.strategy),
    coverage: values.coverage,
    out: values.out ?? null,
  };
}

function positive(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new Error(`${name} wants a number above 0, not '${text}'`);
  return value;
}
