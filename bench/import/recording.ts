/**
 * Recorded runs of the test program (docs/reference/recordings.md) to a workload that runs the program, with the source
 * of each value.
 */
import { testbedKeys } from '../../sim/index.ts';
import type { TestbedRecord } from '../../sim/index.ts';
import { InputError, UsageError } from '../errors.ts';
import { LIMITS } from '../plan/limits.ts';
import { printable, quote } from '../plan/quote.ts';
import { loadDevice } from '../plan/resolve.ts';
import { decimal, PAGES_PER_MB } from '../plan/units.ts';
import { areaOf, DEVICE, groupRecordings, machineOf } from '../validate/groups.ts';
import { refuseSameNames, type Recording } from '../validate/recording.ts';
import { scenarioOf } from '../validate/recordCheck.ts';
import { Draft } from './draft.ts';

const { NUMBER_KEYS, BALLAST_MB, MOST_SIZES } = testbedKeys;

/** The kernel profile of the machine, and how names of its releases begin. */
const KERNEL = { name: 'linux-6.1', release: '6.1.' };
/** Names in a comment. */
const MOST_NAMES = 10;
/** Why it is this device. */
export const WHY_DEVICE = 'recordings do not name their machine; this is that of the recordings of the package';
/** What a workload says of ksmd, by the program's key. */
const KSM = {
  scan: { key: 'pages_to_scan', most: LIMITS.pagesToScan },
  sleep: { key: 'sleep_millisecs', most: LIMITS.sleepMillisecs },
} as const;

/**
 * The workload of one recording, or of several repeats of it, which differ in name and seed alone. Throws UsageError
 * for recordings that are no repeats of each other, InputError for one that the model has no room for.
 */
export function draftOfRecordings(recordings: readonly Recording[]): Draft {
  const groups = groupRecordings(recordings);
  if (groups.length !== 1)
    throw new UsageError(
      groups.length === 0
        ? 'no recording is given'
        : `a workload is made of one recording and its repeats; these are of ${groups.length} different runs: ${named(groups.map(({ name }) => name))}`,
      'import each of them by itself',
    );
  refuseSameNames(recordings);
  if (recordings.length > LIMITS.programSeeds)
    throw new UsageError(`${recordings.length} repeats are too many for a workload; at most ${LIMITS.programSeeds}`);
  // Complains of an area for which the machine has no room.
  machineOf(recordings[0]);
  const [{ record, file }] = recordings;
  const draft = new Draft();
  draft.form(['about'], aboutText(groups[0].name, recordings));
  draft.guess(['device'], DEVICE, WHY_DEVICE);
  putKernel(draft, record, file);
  putArea(draft, record, file);
  putParams(draft, record, file);
  putSeeds(draft, recordings);
  return draft;
}

function aboutText(name: string, recordings: readonly Recording[]): string {
  const runs = recordings.length === 1 ? 'The recorded run' : `The ${recordings.length} recorded runs`;
  return `${runs} ${printable(name)} of the test program, ${scenarioOf(recordings[0].record)}.`;
}

function putKernel(draft: Draft, record: TestbedRecord, file: string): void {
  const { kernel } = record as { readonly kernel?: unknown };
  if (typeof kernel !== 'string') {
    draft.guess(['kernel'], KERNEL.name, 'the recording does not say its kernel');
    return;
  }
  const source = { file, line: null, field: `kernel: ${printable(kernel.split(' ')[0])}` };
  if (kernel.startsWith(KERNEL.release)) draft.set(['kernel'], KERNEL.name, source);
  else draft.guess(['kernel'], KERNEL.name, 'there is no profile of it', source);
}

function putArea(draft: Draft, record: TestbedRecord, file: string): void {
  const { name, first, pages } = areaOf(record);
  const [own] = loadDevice(DEVICE).memory.cma;
  if (own.first === first && own.pages === pages) return;
  const path = ['memory', 'cma', name];
  draft.set([...path, 'size'], `${pages / PAGES_PER_MB} MB`, { file, line: null, field: 'cma.count' });
  draft.set([...path, 'at'], `${first / PAGES_PER_MB} MB`, { file, line: null, field: 'cma.base_pfn' });
}

function putSeeds(draft: Draft, recordings: readonly Recording[]): void {
  const seeds = recordings.map(({ record }) => record.params['seed'] ?? '1').map((seed) => String(Number(seed)));
  const of = recordings.length === 1 ? '' : ` of ${named(recordings.map(({ record }) => record.name))}`;
  draft.line(['program', 'seeds'], seeds, { file: recordings[0].file, line: null, field: `params.seed${of}` });
}

/** The first of the names, and how many there are besides. */
function named(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : '';
  return names.slice(0, MOST_NAMES).map(printable).join(', ') + more;
}

/** The keys of the program's command line; those of ksmd first, which stand in a section of their own. */
function putParams(draft: Draft, record: TestbedRecord, file: string): void {
  const values = new ProgramValues(file);
  const isPaced = testbedKeys.isSelfPaced(scenarioOf(record));
  const leftOut: string[] = [];
  const params = Object.entries(record.params).filter(([key]) => key !== 'name' && key !== 'seed');
  const ofKsm = ([key]: readonly [string, string]): boolean => key === 'scan' || key === 'sleep';
  for (const [key, text] of [...params.filter(ofKsm), ...params.filter((param) => !ofKsm(param))]) {
    const source = { file, line: null, field: `params.${key}` };
    if (key === 'scan' || key === 'sleep') {
      if (isPaced) draft.set(['ksm', KSM[key].key], values.number(key, text), source);
      else leftOut.push(key);
      continue;
    }
    const value = values.value(key, text);
    if (value === null) leftOut.push(key);
    else if (typeof value === 'string') draft.set(['program', key], value, source);
    else draft.line(['program', key], value, source);
  }
  if (leftOut.length > 0)
    draft.notes.push(
      `left out: ${named(leftOut.map((key) => `params.${key}`))}; what the model of the program does not take is guessed to change nothing`,
    );
}

/** Values of the program's command line as a workload has them. */
class ProgramValues {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** null for a key that the model does not know, such as those of tracing. */
  value(key: string, text: string): string | readonly string[] | null {
    if (key === 'scen') return text;
    if (key === 'sizes') return this.#sizes(text);
    if (key === 'ballast') return text === 'aged' || text === 'auto' ? text : this.#inRange(key, text, BALLAST_MB);
    return Object.hasOwn(NUMBER_KEYS, key) ? this.number(key as testbedKeys.NumberKey, text) : null;
  }

  number(key: testbedKeys.NumberKey, text: string): string {
    const range = NUMBER_KEYS[key];
    return this.#inRange(key, text, key === 'scan' || key === 'sleep' ? { ...range, most: KSM[key].most } : range);
  }

  #inRange(key: string, text: string, { least, most, whole }: testbedKeys.KeyRange): string {
    const given = Number(text);
    if (text.trim() === '' || !(given >= least && given <= most))
      this.#refuse(key, `expected a number from ${least} to ${most}, found ${quote(text)}`);
    const value = whole ? Math.trunc(given) : given;
    // No exponent: the longest fraction that a workload may have.
    return decimal(String(value)) === null ? value.toFixed(12) : String(value);
  }

  #sizes(text: string): readonly string[] {
    const words = text.split(',');
    if (words.length > MOST_SIZES)
      this.#refuse('sizes', `has ${words.length} entries; at most ${MOST_SIZES} are possible`);
    return words.map((word) =>
      word.startsWith('whole') ? 'whole' : this.#inRange('sizes', word, { least: 1, most: LIMITS.frames, whole: true }),
    );
  }

  #refuse(key: string, message: string): never {
    throw InputError.ofFile(this.#file, message, `params.${key}`);
  }
}
