/** Inputs to a workload that is known to run. */
import { InputError } from '../errors.ts';
import { loadWorkloadText } from '../plan/index.ts';
import type { Draft } from './draft.ts';
import { derive, type Derived } from './derive/derive.ts';
import type { Facts } from './facts.ts';
import { readInputs } from './read/inputs.ts';
import { workloadYaml } from './workloadYaml.ts';

export interface ImportOptions {
  /** Kind of all inputs; null: by their content. */
  readonly as: string | null;
  /** Built-in device for what is not known; null: the nearest. */
  readonly device: string | null;
}

export interface Imported extends Derived {
  readonly facts: Facts;
  /** The workload file. */
  readonly yaml: string;
}

/** Throws UsageError for bad options, InputError for inputs that nothing can be made of. */
export async function importWorkload(paths: readonly string[], options: ImportOptions): Promise<Imported> {
  const facts = await readInputs(paths, { as: options.as });
  refuseNothing(facts);
  const derived = derive(facts, paths, options.device);
  return { ...derived, facts, yaml: checked(derived.draft) };
}

/** The workload file, which the plan takes. Areas are placed by the model where their own places leave no room. */
function checked(draft: Draft): string {
  const yaml = workloadYaml(draft);
  try {
    check(yaml);
    return yaml;
  } catch (thrown) {
    const placed = draft.names(['memory', 'cma']).filter((name) => draft.text(['memory', 'cma', name, 'at']) !== null);
    const isAboutPlaces =
      thrown instanceof InputError && thrown.problems.every(({ path }) => /^memory\.(?:cma|reserved)\./.test(path));
    if (!isAboutPlaces || placed.length === 0) throw thrown;
    for (const name of placed) draft.remove(['memory', 'cma', name, 'at']);
    draft.notes.push(
      'memory.cma: with the areas where they are, the carve-outs do not fit; they are placed by the model',
    );
    const without = workloadYaml(draft);
    check(without);
    return without;
  }
}

/** Something must have been read that a workload depends on. */
function refuseNothing(facts: Facts): void {
  const known = facts.snapshots.some(
    (one) =>
      one.meminfo.size + one.vmstat.size + one.ksm.size + one.pageblocks.size + one.system.size > 0 ||
      one.zones.length + one.areas.length + one.processes.length > 0,
  );
  if (known || facts.traces.length > 0 || facts.version !== null || facts.commandLine !== null) return;
  if (facts.properties.size > 0 || facts.busy.count > 0) return;
  const { path, kind } = facts.inputs[0];
  const why = facts.partial.length > 0 ? `: ${facts.partial.slice(0, 5).join('; ')}` : '';
  const message = `read as ${kind}, but there is nothing in it that a workload could be made of${why}`;
  throw new InputError([{ file: path, line: null, column: null, path: '', message }]);
}

/** What messages call the workload before it has a file. */
const NAME = 'the imported workload';

/** The plan has the last word on what a workload may be. */
function check(yaml: string): void {
  try {
    loadWorkloadText(yaml, NAME, { set: [], durationNs: null, quick: false });
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown;
    const lines = yaml.split('\n');
    const problems = thrown.problems.map((problem) => {
      const line = problem.line === null || problem.file !== NAME ? '' : (lines[problem.line - 1] ?? '').trim();
      return line === '' ? problem : { ...problem, message: `${problem.message} (the line: ${line})` };
    });
    throw new InputError(problems);
  }
}
