/** Inputs to a workload that is known to run. */
import { InputError, UsageError } from '../errors.ts';
import { loadWorkloadText } from '../plan/index.ts';
import type { Draft } from './draft.ts';
import { derive, type Derived } from './derive/derive.ts';
import type { Facts } from './facts.ts';
import { DEVICE } from '../validate/groups.ts';
import { readInputs } from './read/inputs.ts';
import { draftOfRecordings, WHY_DEVICE } from './recording.ts';
import { workloadYaml } from './workloadYaml.ts';

export interface ImportOptions {
  /** Kind of all inputs; null: by their content. */
  readonly as: string | null;
  /** Built-in device for what is not known; null: the nearest. */
  readonly device: string | null;
  /** Whether what a trace recorded is replayed at its times, not at its rates. */
  readonly replay: boolean;
}

export interface Imported extends Derived {
  readonly facts: Facts;
  /** The workload file. */
  readonly yaml: string;
}

/** Throws UsageError for bad options, InputError for inputs that nothing can be made of. */
export async function importWorkload(paths: readonly string[], options: ImportOptions): Promise<Imported> {
  const facts = await readInputs(paths, { as: options.as });
  const derived = facts.recordings.length > 0 ? ofRecordings(facts, options) : ofCapture(facts, paths, options);
  return { ...derived, facts, yaml: checked(derived.draft) };
}

function ofCapture(facts: Facts, paths: readonly string[], options: ImportOptions): Derived {
  refuseNothing(facts);
  return derive(facts, paths, options);
}

/** A recording names its machine's kernel, its settings and its load: nothing else has a say. */
function ofRecordings(facts: Facts, { device, replay }: ImportOptions): Derived {
  const other = facts.inputs.find(({ kind }) => kind !== 'recording');
  if (other !== undefined)
    throw new UsageError(
      `${facts.recordings[0].file} is a recording of the test program, ${other.path} is ${other.kind}: they make no workload together`,
      'a recording says everything itself; import it, or it and its repeats, alone',
    );
  if (device !== null || replay)
    throw new UsageError(`--${replay ? 'replay' : 'device'} is for captures; a recording says everything itself`);
  return { draft: draftOfRecordings(facts.recordings), base: { name: DEVICE, why: WHY_DEVICE }, traces: [] };
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
  throw InputError.ofFile(path, message);
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
