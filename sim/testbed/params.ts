/** Reads the keys of the program's command line, with the program's own defaults. */
import {
  BALLAST_MB,
  DEFAULT_MB,
  MOST_SIZES,
  NUMBER_KEYS,
  runsLoad,
  SCENARIOS,
  SEED,
  type KeyRange,
  type NumberKey,
  type ScenarioName,
} from './keys.ts';

export type TestbedParams = Readonly<Record<string, string>>;

/** Reads one key at a time; every complaint is a RangeError that names the key. */
export class Params {
  readonly scenario: ScenarioName;
  readonly #keys: TestbedParams;

  constructor(keys: TestbedParams) {
    this.#keys = keys;
    const given = this.text('scen', '');
    const scenario = SCENARIOS.find((name) => name === given);
    if (scenario === undefined) {
      throw new RangeError(`scen '${given}' is no scenario of the program: ${SCENARIOS.join(', ')}`);
    }
    this.scenario = scenario;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#keys, key);
  }

  text(key: string, otherwise: string): string {
    return this.has(key) ? this.#keys[key] : otherwise;
  }

  number(key: NumberKey, otherwise: number): number {
    return this.#numberIn(key, NUMBER_KEYS[key], otherwise);
  }

  flag(key: 'settle' | 'wabs' | 'nocause', otherwise = 0): boolean {
    return this.number(key, otherwise) !== 0;
  }

  #numberIn(key: string, { least, most, whole }: KeyRange, otherwise: number): number {
    if (!this.has(key)) return otherwise;
    const text = this.#keys[key];
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most)) {
      throw new RangeError(`${key}=${text}: expected a number from ${least} to ${most}`);
    }
    return whole ? Math.trunc(value) : value;
  }

  get seed(): number {
    return this.#numberIn('seed', SEED, 1);
  }

  /** sleep_millisecs and pages_to_scan of the cell. */
  get sleepMs(): number {
    return this.number('sleep', 20);
  }

  get pagesToScan(): number {
    return this.number('scan', 100);
  }

  get nkids(): number {
    return this.number('nkids', this.scenario === 'lesser_nat' ? 2 : 1);
  }

  /** Pages of the mergeable map of a load, or of a scripted scenario. */
  get mappedPages(): number {
    return this.number('mb', runsLoad(this.scenario) ? DEFAULT_MB.load : DEFAULT_MB.scripted) * 256;
  }

  /** Forks per second, the life of a child, ms, and the percentage of the pages that it rewrites. */
  get forkRate(): number {
    return this.number('frate', 2);
  }

  get childLifeMs(): number {
    return this.number('life', 4000);
  }

  get childTouch(): number {
    return this.number('ct', 10);
  }

  /** Percentage of its pages that the parent rewrites per second. */
  get parentWrites(): number {
    return this.number('pw', 2);
  }

  /** Pages of a ballast that is a number of MB. */
  get ballastPages(): number {
    return this.#numberIn('ballast', BALLAST_MB, 0) * 256;
  }

  /** Requests in pages; `whole` is the area. */
  sizes(area: number): number[] {
    const words = this.text('sizes', '1,16,256,1024,4096,16384').split(',');
    if (words.length > MOST_SIZES) throw new RangeError(`sizes: more than ${MOST_SIZES} of them`);
    return words.map((word) => {
      const size = word.startsWith('whole') ? area : Number(word);
      if (!(Number.isInteger(size) && size >= 1)) {
        throw new RangeError(`sizes=${this.text('sizes', '')}: expected numbers of pages or 'whole', found '${word}'`);
      }
      return size;
    });
  }

  get seconds(): number {
    return this.number('T', 15);
  }

  get warmSeconds(): number {
    return this.number('warm', 3);
  }

  /** Longest wait before the first request of a natural scenario where one is given, s. */
  get longestDelay(): number {
    return this.number('t0max', 0);
  }

  get workers(): number {
    return this.number('nw', 9);
  }

  get maxLive(): number {
    return this.number('maxlive', 24);
  }

  /** Requests are held until so many pages are; 0: freed at once. */
  get hold(): number {
    return this.number('hold', 0);
  }
}
