/** From the words and options of `size` to what is searched, checked. */
import type { ResolvedWorkload } from '../plan/types.ts';
import { UsageError } from '../errors.ts';
import { readShare, readSize } from '../plan/units.ts';
import type { Plugin } from '../plugin/index.ts';
import { commandLine } from '../report/commandLine.ts';
import { BLOCK, megabytes, sizesFor } from './areas.ts';
import type { AreaSizes } from './areas.ts';
import { budgetOf, loadOptions, onlyStrategy, reproducingWords, seedOf } from './begin.ts';
import type { Ask, AskedSearch, CommonOptions } from './begin.ts';
import { overridesOf } from './setting.ts';
import type { Setting } from './setting.ts';
import { hashOf, loadAll } from './workloads.ts';

/** Options of `size` that decide what it finds. */
export interface SizeOptions extends CommonOptions {
  readonly success?: string;
  readonly max?: string;
}

export interface SizeQuestion {
  readonly workloads: readonly string[];
  readonly device: string;
  readonly kernel: string;
  readonly strategy: string;
  /** Share of the requests that shall succeed. */
  readonly success: number;
  readonly area: AreaSizes;
  /** s of the reference machine. */
  readonly budget: number;
  readonly seed: number;
  /** The command line that searches the same. */
  readonly reproduce: string;
}

export interface SizeSearch extends AskedSearch {
  readonly question: SizeQuestion;
  readonly plugins: readonly Plugin[];
  readonly load: (setting: Setting) => ResolvedWorkload[];
}

export const DEFAULT_SUCCESS = '99.9%';

/** `invoked`: how the tool was called. */
export function askSize(invoked: string): Ask<SizeOptions, SizeSearch> {
  return (names, options, chosen) => {
    const load = (set: readonly string[]) => loadAll(names, loadOptions(options, set));
    const workloads = load([]);
    const [{ device, kernel }] = workloads;
    const area = sizesFor(workloads);
    const question: SizeQuestion = {
      workloads: workloads.map(({ name }) => name),
      device,
      kernel,
      strategy: onlyStrategy(chosen),
      success: successOf(options.success ?? DEFAULT_SUCCESS),
      area: options.max === undefined ? area : { ...area, most: mostOf(options.max, area, workloads) },
      budget: budgetOf(options),
      seed: seedOf(options),
      reproduce: commandLine(invoked, reproducingWords('size', names, options)),
    };
    return {
      question,
      name: question.workloads.join('+'),
      inputs: hashOf(workloads),
      plugins: chosen.plugins,
      load: (setting) => load(overridesOf(setting)),
    };
  };
}

function successOf(text: string): number {
  const reading = readShare(text.trim().replace(/\s*%$/, ' %'));
  if ('wrong' in reading) throw new UsageError(`--success: ${reading.wrong}`);
  if (reading.value === 0) throw new UsageError('--success expects a share above 0, for example 99.9%');
  return reading.value;
}

function mostOf(text: string, { least }: AreaSizes, workloads: readonly ResolvedWorkload[]): number {
  const reading = readSize(text.trim());
  if ('wrong' in reading) throw new UsageError(`--max: ${reading.wrong}`);
  const frames = Math.min(...workloads.map(({ description }) => description.memory.frames));
  if (reading.value % BLOCK !== 0 || reading.value < least || reading.value >= frames)
    throw new UsageError(
      `--max expects a multiple of 4 MB from ${megabytes(least)}, which holds the largest request, to less than the memory of ${megabytes(frames)}, not '${text}'`,
    );
  return reading.value;
}
