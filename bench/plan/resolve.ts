/** A workload by name or path, merged over its device, overridden, checked: ready to be run. */
import { dirname } from 'node:path';
import { LATER_KSM_FILE_NAMES, testbedKeys, type DeviceDescription } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import { checkWorkload } from './checks.ts';
import { describe } from './describe.ts';
import { builtInNames, ON_DISK, readTree, type FileKind, type Files, type FoundFile } from './files.ts';
import { layOut } from './layout.ts';
import { LIMITS } from './limits.ts';
import { mergeTrees, without } from './merge.ts';
import { nodeAt, placeAt, type MapNode, type TreeNode } from './node.ts';
import { applyOverride, COMMAND_LINE, parseOverride, type Override } from './override.ts';
import { parseYaml } from './parseYaml.ts';
import { checkBesideProgram, idleDevice } from './programCheck.ts';
import { Problems } from './problems.ts';
import { costsSchema, kernelSchema, toCosts, toKernel } from './profileSchemas.ts';
import { quote } from './quote.ts';
import { isMapNode, object } from './schema.ts';
import { nearest, suggestion } from './suggest.ts';
import type { ResolvedWorkload } from './types.ts';
import { decimal, formatDuration } from './units.ts';
import type { ProgramFile } from './programSchema.ts';
import { choiceFields, DEFAULT_KERNEL, WORKLOAD_ONLY, workloadSchema, type WorkloadFile } from './workloadSchema.ts';

/** What the command line says about a workload. */
export interface LoadOptions {
  /** `path=value` texts, applied in order. */
  readonly set: readonly string[];
  /** Measured time, ns, over whatever the file and `set` say; null: as they say. */
  readonly durationNs: number | null;
  /** Short run: at most 20 s measured after at most 5 s of warm-up, unless given explicitly. */
  readonly quick: boolean;
}

const QUICK = { warmupNs: 5e9, durationNs: 20e9 };

/**
 * Reads a built-in workload by name, or a file when the text contains `/` or ends in .yaml, .yml or .json. Throws
 * UsageError for an unknown name, InputError with everything that is wrong with files and overrides.
 */
export function loadWorkload(nameOrPath: string, options: LoadOptions, files: Files = ON_DISK): ResolvedWorkload {
  const file = files.find('workload', nameOrPath, process.cwd());
  if (file === null) throw unknownWorkload(nameOrPath);
  return resolveTree(file.name, readTree(file, files), { files, from: dirname(file.path) }, options);
}

/** A workload given as text, called `shown`; paths in it start at the working directory. Throws InputError. */
export function loadWorkloadText(text: string, shown: string, options: LoadOptions): ResolvedWorkload {
  return resolveTree(shown, parseYaml(text, shown), { files: ON_DISK, from: process.cwd() }, options);
}

/** Where the files that a tree names are looked for: relative paths start at `from`. */
interface Place {
  readonly files: Files;
  readonly from: string;
}

function resolveTree(name: string, root: TreeNode, place: Place, options: LoadOptions): ResolvedWorkload {
  const overrides = options.set.map(parseOverride);
  const problems = new Problems();
  const tree = mergedTree(asMap(root, problems), place, overrides, problems);
  const workload = workloadSchema.read(tree, [], problems);
  problems.throwIfAny();
  return finish(name, timed(workload!, overrides, options), tree, overrides, place);
}

function unknownWorkload(name: string): UsageError {
  const names = builtInNames('workload');
  const near = nearest(name, names);
  const hint =
    near === null
      ? `there are: ${names.join(', ')}; a file of your own is named with its path, ./${name}.yaml`
      : `did you mean ${near}? (there are: ${names.join(', ')})`;
  return new UsageError(`unknown workload ${quote(name)}`, hint);
}

/** A built-in device with its own processes and nothing else going on. */
export function loadDevice(name: string): DeviceDescription {
  const problems = new Problems();
  const alone = asMap(parseYaml(`about: The device alone.\ndevice: ${name}\n`, `device ${name}`), problems);
  const place = { files: ON_DISK, from: '.' };
  const tree = mergedTree(alone, place, [], problems);
  const workload = workloadSchema.read(tree, [], problems);
  problems.throwIfAny();
  return finish(name, workload!, tree, [], place).description;
}

/** The workload's tree over its device's, with every override in it. */
function mergedTree(workload: MapNode, place: Place, overrides: readonly Override[], problems: Problems): TreeNode {
  const choices = object(choiceFields);
  let above = workload;
  for (const override of overrides.filter((one) => Object.hasOwn(choiceFields, one.path))) {
    above = applyOverride(above, override, choices) as MapNode;
  }
  const deviceFile = referenced('device', 'device', above, place, problems);
  let below = asMap(readTree(deviceFile, place.files), problems);
  refuseWorkloadKeys(below, problems);
  checkBesideProgram(above, overrides, problems);
  if (isText(nodeAt(above, ['population']), 'own')) below = without(below, ['groups']);
  if (above.entries.has('program')) below = idleDevice(below, workloadSchema);
  const kernel = { kind: 'scalar', place: below.place, text: DEFAULT_KERNEL, quoted: false } as const;
  if (!below.entries.has('kernel'))
    below = { ...below, entries: new Map(below.entries).set('kernel', { keyPlace: below.place, value: kernel }) };
  let merged = mergeTrees(without(below, ['about']), above, workloadSchema);
  for (const override of overrides) {
    if (!Object.hasOwn(choiceFields, override.path)) merged = applyOverride(merged, override, workloadSchema);
  }
  return merged;
}

function asMap(tree: TreeNode, problems: Problems): MapNode {
  if (isMapNode(tree, [], `a map of ${Object.keys(choiceFields).join(', ')}, ...`, problems)) return tree;
  problems.throwIfAny();
  throw new Error('unreachable');
}

function isText(node: TreeNode | null, text: string): boolean {
  return node?.kind === 'scalar' && node.text === text;
}

function refuseWorkloadKeys(device: MapNode, problems: Problems): void {
  for (const [name, entry] of device.entries) {
    if (WORKLOAD_ONLY.includes(name))
      problems.add(entry.keyPlace, [name], 'belongs into a workload file, not into a device file');
  }
}

/** The file a key of the tree names; throws InputError when there is none. */
function referenced(
  key: 'device' | 'kernel' | 'costs',
  kind: FileKind,
  tree: TreeNode,
  { files, from }: Place,
  problems: Problems,
): FoundFile {
  const node = nodeAt(tree, [key]) ?? { kind: 'scalar', place: tree.place, text: '', quoted: false };
  const name = choiceFields[key].schema.read(node, [key], problems);
  problems.throwIfAny();
  const file = files.find(kind, name!, node.place.file === COMMAND_LINE ? '.' : from);
  if (file === null)
    problems.add(
      placeAt(tree, [key]),
      [key],
      `unknown ${kind} ${quote(name!)}${suggestion(name!, builtInNames(kind))}`,
    );
  problems.throwIfAny();
  return file!;
}

/** Applies `quick` and the duration of the command line; `--set` is stronger than quick. */
function timed(file: WorkloadFile, overrides: readonly Override[], options: LoadOptions): WorkloadFile {
  const isSet = (path: string) => overrides.some((override) => override.path === path);
  if (file.program !== null) return { ...file, program: timedProgram(file.program, isSet('program.T'), options) };
  let { duration, warm_up: warmUp } = file;
  if (options.quick && !isSet('duration')) duration = Math.min(duration, QUICK.durationNs);
  if (options.quick && !isSet('warm_up')) warmUp = Math.min(warmUp, QUICK.warmupNs);
  if (options.durationNs !== null) {
    const ns = options.durationNs;
    if (!Number.isInteger(ns) || ns < 1e6 || ns > LIMITS.durationNs)
      throw new UsageError(`a duration lies between 1 ms and 24 h`);
    duration = ns;
  }
  return { ...file, duration, warm_up: warmUp };
}

/** A program says itself how long it measures: `T` seconds of requests and what comes before them. */
function timedProgram(program: ProgramFile, isSet: boolean, { quick, durationNs }: LoadOptions): ProgramFile {
  if (durationNs !== null)
    throw new UsageError(
      'a duration cannot be given for a workload that runs a program',
      'set its T: --set program.T=10',
    );
  const most = QUICK.durationNs / 1e9;
  return quick && !isSet && program.T !== null ? { ...program, T: Math.min(program.T, most) } : program;
}

function finish(
  name: string,
  file: WorkloadFile,
  tree: TreeNode,
  overrides: readonly Override[],
  place: Place,
): ResolvedWorkload {
  const problems = new Problems();
  const layout = layOut(file, tree, problems);
  checkWorkload(file, tree, problems);
  problems.throwIfAny();
  const kernelFile = referenced('kernel', 'kernel', tree, place, problems);
  const costsFile = referenced('costs', 'cost profile', tree, place, problems);
  const device = file.device.replace(/^.*\//, '').replace(/\.(?:ya?ml|json)$/, '');
  const kernel = toKernel(kernelFile.name, readProfile(kernelFile, kernelSchema, place.files));
  const costs = toCosts(costsFile.name, readProfile(costsFile, costsSchema, place.files)).profile;
  return {
    name,
    about: file.about,
    device,
    kernel: kernel.name,
    description: describe(file, { device, kernel, costs, layout }),
    seeds: file.seeds,
    settings: settingsOf(file, overrides),
  };
}

/** Reads a profile by its schema; throws InputError. */
export function readProfile<T>(
  file: FoundFile,
  schema: { read(node: TreeNode, path: readonly [], problems: Problems): T | undefined },
  files: Files = ON_DISK,
): T {
  const problems = new Problems();
  const value = schema.read(readTree(file, files), [], problems);
  problems.throwIfAny();
  return value!;
}

function settingsOf(file: WorkloadFile, overrides: readonly Override[]): ResolvedWorkload['settings'] {
  const set = overrides.map(({ path, value }) => [path, decimal(value.text) ?? truth(value.text)] as const);
  const said = LATER_KSM_FILE_NAMES.flatMap((name) => {
    const value = file.ksm[name];
    return value === null ? [] : [[`ksm.${name}`, value] as const];
  });
  const { run, pages_to_scan, sleep_millisecs } = file.ksm;
  const { program } = file;
  const pace = { 'ksm.pages_to_scan': pages_to_scan, 'ksm.sleep_millisecs': sleep_millisecs };
  return {
    ...Object.fromEntries(set),
    ...Object.fromEntries(said),
    'ksm.run': run,
    ...(program === null || testbedKeys.isSelfPaced(program.scen) ? pace : {}),
    ...(program === null
      ? { warm_up: formatDuration(file.warm_up), duration: formatDuration(file.duration) }
      : { 'program.scen': program.scen }),
    ...eventSettings(file),
  };
}

/** How many events are replayed, and of how many where the end of the measured time cuts some off. */
function eventSettings({ events, duration }: WorkloadFile): Record<string, string | number> {
  if (events.length === 0) return {};
  const happen = events.filter(({ at }) => at < duration).length;
  return { events: happen === events.length ? happen : `${happen}/${events.length}` };
}

function truth(text: string): string | boolean {
  return text === 'true' ? true : text === 'false' ? false : text;
}
