/**
 * Recorded runs of the test program (docs/reference/recordings.md) to a workload that runs the program: text with the
 * source of each line.
 */
import { testbedKeys } from '../../sim/index.ts';
import type { TestbedRecord } from '../../sim/index.ts';
import { InputError, UsageError } from '../errors.ts';
import { LIMITS } from '../plan/limits.ts';
import { printable, quote } from '../plan/quote.ts';
import { loadDevice } from '../plan/resolve.ts';
import { decimal } from '../plan/units.ts';
import { areaOf, DEVICE, groupRecordings, machineOf } from '../validate/groups.ts';
import type { Recording } from '../validate/recording.ts';
import { scenarioOf } from '../validate/recordCheck.ts';

const { NUMBER_KEYS, BALLAST_MB, MOST_SIZES } = testbedKeys;

/** The kernel profile of the machine, and how names of its releases begin. */
const KERNEL = { name: 'linux-6.1', release: '6.1.' };
const PAGES_PER_MB = 256;
/** Names in a comment. */
const MOST_NAMES = 10;
/** What a workload says of ksmd, by the program's key. */
const KSM = {
  scan: { key: 'pages_to_scan', most: LIMITS.pagesToScan },
  sleep: { key: 'sleep_millisecs', most: LIMITS.sleepMillisecs },
} as const;

/** Whether a parsed JSON file means to be a recording; `readRecording` says what is wrong with one. */
export function isRecording(json: unknown): boolean {
  const { params, series_cols: columns } = (json ?? {}) as Readonly<Record<string, unknown>>;
  const scenario = (params as Readonly<Record<string, unknown>> | null | undefined)?.['scen'];
  return typeof scenario === 'string' && Array.isArray(columns);
}

/**
 * The workload of one recording, or of several repeats of it, which differ in name and seed alone. Throws UsageError for
 * recordings that are no repeats of each other, InputError for one that the model has no room for.
 */
export function workloadOfRecordings(recordings: readonly Recording[]): string {
  const groups = groupRecordings(recordings);
  if (groups.length !== 1)
    throw new UsageError(
      groups.length === 0
        ? 'no recording is given'
        : `a workload is made of one recording and its repeats; these are of ${groups.length} different runs: ${groups.map(({ name }) => printable(name)).join(', ')}`,
      'import each of them by itself',
    );
  if (recordings.length > LIMITS.seeds)
    throw new UsageError(`${recordings.length} repeats are too many for a workload; at most ${LIMITS.seeds}`);
  // Complains of an area for which the machine has no room.
  machineOf(recordings[0]);
  const [{ record, file }] = recordings;
  const keys = new ProgramKeys(file, record);
  const left = named(keys.leftOut.map((key) => `params.${key}`));
  const lines = [
    '# The comment of a line names the field of the recording that it comes from.',
    ...(left === ''
      ? []
      : [`# Left out: ${left} (guess: what the model of the program does not take changes nothing)`]),
    '',
    `about: ${plainOrQuoted(aboutText(groups[0].name, recordings))}`,
    `device: ${DEVICE} # guess: recordings do not name their machine; this is that of the recordings of the package`,
    kernelLine(record),
    ...areaLines(record),
    ...section('ksm', keys.ksm),
    '',
    ...section('program', [...keys.program, seedsLine(recordings)]),
  ];
  return `${lines.join('\n')}\n`;
}

function section(name: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${name}:`, ...lines.map((line) => `  ${line}`)];
}

function aboutText(name: string, recordings: readonly Recording[]): string {
  const runs = recordings.length === 1 ? 'The recorded run' : `The ${recordings.length} recorded runs`;
  return `${runs} ${printable(name)} of the test program, ${scenarioOf(recordings[0].record)}.`;
}

function kernelLine(record: TestbedRecord): string {
  const { kernel } = record as { readonly kernel?: unknown };
  if (typeof kernel !== 'string') return `kernel: ${KERNEL.name} # guess: the recording does not say its kernel`;
  const release = printable(kernel.split(' ')[0]);
  const other = kernel.startsWith(KERNEL.release) ? '' : `guess: there is no profile of it; `;
  return `kernel: ${KERNEL.name} # ${other}kernel: ${release}`;
}

function areaLines(record: TestbedRecord): string[] {
  const { name, first, pages } = areaOf(record);
  const [own] = loadDevice(DEVICE).memory.cma;
  if (own.first === first && own.pages === pages) return [];
  const size = `${pages / PAGES_PER_MB} MB`;
  const at = `${first / PAGES_PER_MB} MB`;
  return ['memory:', `  cma: { ${name}: { size: ${size}, at: ${at} } } # cma.count, cma.base_pfn`];
}

function seedsLine(recordings: readonly Recording[]): string {
  const seeds = recordings.map(({ record }) => record.params['seed'] ?? '1').map(Number);
  const of = recordings.length === 1 ? '' : ` of ${named(recordings.map(({ record }) => record.name))}`;
  return `seeds: [${seeds.join(', ')}] # params.seed${of}`;
}

/** The first of the names, and how many there are besides. */
function named(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? `, and ${names.length - MOST_NAMES} more` : '';
  return names.slice(0, MOST_NAMES).map(printable).join(', ') + more;
}

/** What is not sure to be plain YAML text in quotes. */
function plainOrQuoted(text: string): string {
  return /^[A-Za-z][\w ,.()-]*$/.test(text) ? text : JSON.stringify(text);
}

/** The keys of the program's command line as lines of the sections of a workload. */
class ProgramKeys {
  readonly ksm: string[] = [];
  readonly program: string[] = [];
  readonly leftOut: string[] = [];
  readonly #file: string;

  constructor(file: string, record: TestbedRecord) {
    this.#file = file;
    const isPaced = testbedKeys.isSelfPaced(scenarioOf(record));
    for (const [key, text] of Object.entries(record.params)) {
      if (key === 'name' || key === 'seed') continue;
      if (key === 'scan' || key === 'sleep') {
        if (isPaced) this.ksm.push(`${KSM[key].key}: ${this.#number(key, text)} # params.${key}`);
        else this.leftOut.push(key);
      } else {
        const value = this.#value(key, text);
        if (value === null) this.leftOut.push(key);
        else this.program.push(`${key}: ${value} # params.${key}`);
      }
    }
  }

  /** As a workload has it; null for a key that the model does not know, such as those of tracing. */
  #value(key: string, text: string): string | null {
    if (key === 'scen') return text;
    if (key === 'sizes') return this.#sizes(text);
    if (key === 'ballast') return text === 'aged' || text === 'auto' ? text : this.#inRange(key, text, BALLAST_MB);
    return Object.hasOwn(NUMBER_KEYS, key) ? this.#number(key as testbedKeys.NumberKey, text) : null;
  }

  #number(key: testbedKeys.NumberKey, text: string): string {
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

  #sizes(text: string): string {
    const words = text.split(',');
    if (words.length > MOST_SIZES)
      this.#refuse('sizes', `has ${words.length} entries; at most ${MOST_SIZES} are possible`);
    const sizes = words.map((word) =>
      word.startsWith('whole') ? 'whole' : this.#inRange('sizes', word, { least: 1, most: LIMITS.frames, whole: true }),
    );
    return `[${sizes.join(', ')}]`;
  }

  #refuse(key: string, message: string): never {
    throw new InputError([{ file: this.#file, line: null, column: null, path: `params.${key}`, message }]);
  }
}
