/**
 * The keys that the testbed's program takes on its command line.
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

/** Most children that can live, pages of one mapping, requests in a list: what the model has room for. */
const LIMITS = { children: 64, pages: 98304, seconds: 3600, sizes: 32 } as const;

/** Scenarios in which a load runs for some seconds, with requests meanwhile. */
export function runsLoad(scenario: ScenarioName): boolean {
  return scenario === 'fork_heavy' || scenario === 'fork_free';
}

/** Scenarios in which ksmd runs by itself, as `sleep` and `scan` say; in the others the program steps it. */
export function isSelfPaced(scenario: ScenarioName): boolean {
  return runsLoad(scenario) || scenario.endsWith('_nat');
}

/** `mb` where it is left out: MB of the mergeable map of a load, and of a scripted scenario. */
export const DEFAULT_MB = { load: 96, scripted: 32 } as const;

/** What a key with a number takes; `whole`: what lies behind the point is dropped. */
export interface KeyRange {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

const whole = (least: number, most: number): KeyRange => ({ least, most, whole: true });
const real = (least: number, most: number): KeyRange => ({ least, most, whole: false });
/** The program's flags: 0 is no, anything else is yes. */
const flag = whole(-1, 1e6);

/** Every key with a number, the seed apart, but for those that say what is recorded besides (`raw`, `who`). */
export const NUMBER_KEYS = {
  sleep: whole(0, 1e7),
  scan: whole(1, 1e8),
  mb: whole(1, LIMITS.pages / 256),
  share: real(0, 100),
  copies: real(1, 1e6),
  remerge: real(0, 100),
  epoch_ms: real(1, 1e9),
  frate: real(0, 1000),
  life: real(1, 1e7),
  ct: real(0, 1000),
  gp: real(0, 100),
  pw: real(0, 1e5),
  wabs: flag,
  nw: whole(1, 31),
  maxlive: whole(0, LIMITS.children),
  bkeep: whole(1, 1e6),
  bslack: real(-1e6, 1e6),
  brelease: whole(0, 480),
  settle: flag,
  warm: real(0, LIMITS.seconds),
  T: real(0, LIMITS.seconds),
  gap: real(0, 1e6),
  hold: whole(0, 1e7),
  align: whole(-1, 20),
  timeout: real(1, 1e6),
  census_ms: real(0, 1e9),
  cause_ms: real(0, 1e9),
  nocause: flag,
  nkids: whole(1, LIMITS.children),
  control: whole(0, 2),
  later: whole(0, 1000),
  par: whole(0, 2),
  zscan_s: real(0, 1e6),
  pages_fixed: whole(0, LIMITS.pages),
  t0max: real(0, LIMITS.seconds),
} as const satisfies Readonly<Record<string, KeyRange>>;
export type NumberKey = keyof typeof NUMBER_KEYS;

/** Of everything that the program draws at random. */
export const SEED = whole(0, Number.MAX_SAFE_INTEGER);

/** `ballast` in MB where it is a number, and the most requests in `sizes`. */
export const BALLAST_MB = whole(0, 480);
export const MOST_SIZES = LIMITS.sizes;
