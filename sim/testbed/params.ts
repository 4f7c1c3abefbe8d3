/**
 * The keys that the testbed's program takes on its command line, with the program's own defaults.
 *
 * Sizes in pages of 4 KiB, rates per second, times in ms or s as their names say.
 */

export const SCENARIOS = [
  'fork_heavy',
  'fork_free',
  'greater_det',
  'greater_exit_det',
  'greater_nat',
  'greater_exit_nat',
  'lesser_det1',
  'lesser_det2',
  'lesser_det3',
  'lesser_nat',
  'cost',
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

/** Most children that can live, processes made by exec, pages of one mapping: what the model has room for. */
const LIMITS = { children: 64, workers: 31, pages: 98304, seconds: 3600, sizes: 32 } as const;

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

  /** A number from `least` to `most`. */
  number(key: string, otherwise: number, least: number, most: number): number {
    if (!this.has(key)) return otherwise;
    const text = this.#keys[key];
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most)) {
      throw new RangeError(`${key}=${text}: expected a number from ${least} to ${most}`);
    }
    return value;
  }

  whole(key: string, otherwise: number, least: number, most: number): number {
    return Math.trunc(this.number(key, otherwise, least, most));
  }

  flag(key: string, otherwise = 0): boolean {
    return this.whole(key, otherwise, -1, 1e6) !== 0;
  }

  get seed(): number {
    return this.whole('seed', 1, 0, Number.MAX_SAFE_INTEGER);
  }

  /** sleep_millisecs and pages_to_scan of the cell. */
  get sleepMs(): number {
    return this.whole('sleep', 20, 0, 1e7);
  }

  get pagesToScan(): number {
    return this.whole('scan', 100, 1, 1e8);
  }

  get nkids(): number {
    return this.whole('nkids', this.scenario === 'lesser_nat' ? 2 : 1, 1, LIMITS.children);
  }

  /** Pages of the mergeable mapping where `mb` says it. */
  pages(otherwiseMb: number): number {
    return this.whole('mb', otherwiseMb, 1, LIMITS.pages / 256) * 256;
  }

  /** Requests in pages; `whole` is the area. */
  sizes(area: number): number[] {
    const words = this.text('sizes', '1,16,256,1024,4096,16384').split(',');
    if (words.length > LIMITS.sizes) throw new RangeError(`sizes: more than ${LIMITS.sizes} of them`);
    return words.map((word) => {
      const size = word.startsWith('whole') ? area : Number(word);
      if (!(Number.isInteger(size) && size >= 1)) {
        throw new RangeError(`sizes=${this.text('sizes', '')}: expected numbers of pages or 'whole', found '${word}'`);
      }
      return size;
    });
  }

  get seconds(): number {
    return this.number('T', 15, 0, LIMITS.seconds);
  }

  get warmSeconds(): number {
    return this.number('warm', 3, 0, LIMITS.seconds);
  }

  /** Longest wait before the first request of a natural scenario where one is given, s. */
  get longestDelay(): number {
    return this.number('t0max', 0, 0, LIMITS.seconds);
  }

  get workers(): number {
    return this.whole('nw', 9, 1, LIMITS.workers);
  }

  get maxLive(): number {
    return this.whole('maxlive', 24, 0, LIMITS.children);
  }

  /** Requests are held until so many pages are; 0: freed at once. */
  get hold(): number {
    return this.whole('hold', 0, 0, 1e7);
  }
}
