/**
 * Whether a parsed JSON value is a record of the testbed (sim/testbed/record.ts): fields, types, ranges, and lists and
 * indexes that fit each other. Fields that nobody reads may be missing or anything; more fields are welcome.
 */
import { testbedKeys } from '../../sim/index.ts';
import type { TestbedRecord } from '../../sim/index.ts';
import { suggestion } from '../plan/suggest.ts';
import { quote } from '../plan/quote.ts';
import type { JsonPath } from './jsonPlace.ts';
import { INDEXES, LISTS, PARTS, SERIES, SYSFS, WORKLOAD } from './recordFields.ts';

export interface Fault {
  readonly path: JsonPath;
  readonly message: string;
}

const { SCENARIOS } = testbedKeys;
type Scenario = testbedKeys.ScenarioName;

/** Reported at most; a file of another kind would have thousands. */
const MAX_FAULTS = 8;
/** Entries of one list, and of notes; the longest recorded ones have 627 and 57. */
const MAX_ENTRIES = 20_000;
const MAX_NOTES = 1_000;
const MAX_TEXT = 200;
/** Counts of pages, events, microseconds: far above anything real, far below where sums lose units. */
const MAX_COUNT = 1e12;
/** Frames of a CMA area: 4 GB. */
const MAX_AREA = 2 ** 20;
/** Seconds: a week. */
const MAX_SECONDS = 7 * 24 * 3600;

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with `value`, at most a few faults; none: it is a record. */
export function faultsOf(value: unknown): readonly Fault[] {
  const checker = new Checker();
  checker.record(value);
  return checker.faults;
}

/** `value`, once `faultsOf` found nothing. */
export function asRecord(value: unknown): TestbedRecord {
  return value as TestbedRecord;
}

export function scenarioOf(record: TestbedRecord): Scenario {
  return record.params['scen'] as Scenario;
}

class Checker {
  readonly faults: Fault[] = [];

  record(value: unknown): void {
    const record = this.#fields(value, []);
    if (record === null) return;
    this.#text(record['name'], ['name']);
    this.#params(record['params']);
    this.#area(record['cma']);
    this.#counts(record['settle'], ['settle'], ['ok']);
    this.#number(record['t_measure'], ['t_measure'], MAX_SECONDS);
    if (record['ksm_before'] !== null) this.#counts(record['ksm_before'], ['ksm_before'], SYSFS);
    this.#counts(record['ksm_after'], ['ksm_after'], SYSFS);
    this.#counts(record['workload'], ['workload'], WORKLOAD);
    for (const [name, fields] of Object.entries(LISTS)) this.#entries(record[name], name, fields);
    this.#requests(record['attempts']);
    this.#series(record['series_cols'], record['series']);
    this.#notes(record);
    if (this.faults.length === 0) this.#areaIsFull(record);
  }

  #fault(path: JsonPath, message: string): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push({ path, message });
  }

  #fields(value: unknown, path: JsonPath): Fields | null {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
    this.#fault(
      path,
      value === undefined ? 'is missing; expected an object' : `expected an object, found ${shown(value)}`,
    );
    return null;
  }

  #list(value: unknown, path: JsonPath, most = MAX_ENTRIES): readonly unknown[] {
    if (Array.isArray(value)) {
      if (value.length <= most) return value;
      this.#fault(path, `has ${value.length} entries; at most ${most} are read`);
    } else
      this.#fault(path, value === undefined ? 'is missing; expected a list' : `expected a list, found ${shown(value)}`);
    return [];
  }

  #text(value: unknown, path: JsonPath, least = 1): void {
    if (typeof value === 'string' && value.length >= least && value.length <= MAX_TEXT && !/\p{C}/u.test(value)) return;
    this.#fault(path, `expected a text of ${least} to ${MAX_TEXT} printable letters, found ${shown(value)}`);
  }

  #number(value: unknown, path: JsonPath, most: number): void {
    if (typeof value === 'number' && value >= 0 && value <= most) return;
    const wanted = `expected a number from 0 to ${most}`;
    this.#fault(path, value === undefined ? `is missing; ${wanted}` : `${wanted}, found ${shown(value)}`);
  }

  #count(value: unknown, path: JsonPath, most: number = MAX_COUNT): void {
    if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return;
    const wanted = `expected a whole number from 0 to ${most}`;
    this.#fault(path, value === undefined ? `is missing; ${wanted}` : `${wanted}, found ${shown(value)}`);
  }

  #counts(value: unknown, path: JsonPath, names: readonly string[]): void {
    const fields = this.#fields(value, path);
    if (fields === null) return;
    for (const name of names) this.#count(fields[name], [...path, name]);
  }

  #params(value: unknown): void {
    const params = this.#fields(value, ['params']);
    if (params === null) return;
    for (const [key, text] of Object.entries(params)) this.#text(text, ['params', key], 0);
    const scenario = params['scen'];
    if (!SCENARIOS.includes(scenario as Scenario)) {
      const found = typeof scenario === 'string' ? quote(scenario) + suggestion(scenario, SCENARIOS) : shown(scenario);
      this.#fault(['params', 'scen'], `expected one of ${SCENARIOS.join(', ')}, found ${found}`);
    }
    const seed = params['seed'];
    if (seed !== undefined && !(typeof seed === 'string' && /^\d{1,9}$/.test(seed)))
      this.#fault(
        ['params', 'seed'],
        `expected a text that is a whole number of at most 9 digits, found ${shown(seed)}`,
      );
  }

  #area(value: unknown): void {
    const area = this.#fields(value, ['cma']);
    if (area === null) return;
    this.#count(area['base_pfn'], ['cma', 'base_pfn'], MAX_AREA);
    this.#count(area['count'], ['cma', 'count'], MAX_AREA);
    for (const key of ['base_pfn', 'count']) {
      const pages = area[key];
      if (typeof pages === 'number' && pages % 1024 !== 0)
        this.#fault(['cma', key], `expected a multiple of a pageblock, 1024 pages, found ${pages}`);
    }
    if (area['count'] === 0) this.#fault(['cma', 'count'], 'expected an area of at least 1024 pages');
  }

  #entries(value: unknown, name: string, fields: readonly string[]): void {
    let before = 0;
    for (const [index, entry] of this.#list(value, [name]).entries()) {
      const path = [name, index];
      const held = this.#fields(entry, path);
      if (held === null) continue;
      this.#number(held['t'], [...path, 't'], MAX_SECONDS);
      for (const field of fields) this.#count(held[field], [...path, field]);
      for (const [part, whole] of PARTS[name]) {
        if ((held[part] as number) > (held[whole] as number))
          this.#fault(
            [...path, part],
            `is a part of ${whole}, but larger: ${shown(held[part])} of ${shown(held[whole])}`,
          );
      }
      if ((held['t'] as number) < before) this.#fault([...path, 't'], 'is earlier than the entry before it');
      before = held['t'] as number;
    }
  }

  #requests(value: unknown): void {
    for (const [index, entry] of (Array.isArray(value) ? value : []).entries()) {
      const fields = (entry ?? {}) as Fields;
      this.#number(fields['lat_us'], ['attempts', index, 'lat_us'], MAX_COUNT);
      const outcome = fields['outcome'];
      if (outcome !== 'ok' && outcome !== 'fail' && outcome !== 'timeout')
        this.#fault(['attempts', index, 'outcome'], `expected ok, fail or timeout, found ${shown(outcome)}`);
    }
  }

  #series(columns: unknown, rows: unknown): void {
    const names = this.#list(columns, ['series_cols']);
    for (const name of SERIES) {
      if (!names.includes(name)) this.#fault(['series_cols'], `expected a column ${quote(name)}`);
    }
    for (const [index, row] of this.#list(rows, ['series']).entries()) {
      const values = this.#list(row, ['series', index]);
      if (values.length !== names.length)
        this.#fault(['series', index], `has ${values.length} values, but series_cols names ${names.length} columns`);
      for (const [column, held] of values.entries()) this.#number(held, ['series', index, column], MAX_COUNT);
    }
  }

  #notes(record: Fields): void {
    const length = (name: string): number => (Array.isArray(record[name]) ? record[name].length : 0);
    for (const [index, note] of this.#list(record['notes'], ['notes'], MAX_NOTES).entries()) {
      const path = ['notes', index];
      const fields = this.#fields(note, path);
      if (fields?.['stage'] === undefined) continue;
      this.#text(fields['stage'], [...path, 'stage']);
      this.#counts(fields, path, ['full_scans', 'pages_shared', 'pages_sharing', 'attempt_idx', 'occ_idx']);
      // -1: a kernel without the instrumentation has no census.
      if (fields['census_idx'] !== -1) this.#count(fields['census_idx'], [...path, 'census_idx']);
      for (const [key, list, slack] of INDEXES) {
        if ((fields[key] as number) >= length(list) + slack)
          this.#fault([...path, key], `points past the end of ${list}, which has ${length(list)} entries`);
      }
    }
  }

  /** Each frame of the area is counted once. */
  #areaIsFull(record: Fields): void {
    const count = (record['cma'] as { count: number }).count;
    for (const [index, entry] of (record['occupancy'] as Record<string, number>[]).entries()) {
      const sum = entry['anon'] + entry['ksm'] + entry['buddy'] + entry['file'] + entry['other'];
      if (sum !== count)
        this.#fault(['occupancy', index], `its kinds of frames sum to ${sum}, but the area has ${count} frames`);
    }
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value;
}
