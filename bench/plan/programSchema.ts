/**
 * The `program` of a workload file: the keys of the recorded test program's command line, with the limits of its model.
 * They are in the program's own units, as on its command line.
 */
import { testbedKeys } from '../../sim/index.ts';
import type { ProgramDescription } from '../../sim/index.ts';
import { LIMITS } from './limits.ts';
import { list, maybe, object, optional, required, type Field } from './schema.ts';
import { integer, number, word, wordOrNumber } from './scalars.ts';

const { SCENARIOS, NUMBER_KEYS, DEFAULT_MB, BALLAST_MB, MOST_SIZES } = testbedKeys;

/** `sleep` and `scan` are not among them: they are `ksm.sleep_millisecs` and `ksm.pages_to_scan`. */
export type ProgramKey = Exclude<testbedKeys.NumberKey, 'sleep' | 'scan'>;
const PROGRAM_KEYS = Object.keys(NUMBER_KEYS).filter((key): key is ProgramKey => key !== 'sleep' && key !== 'scan');

/** Of each number: what the program takes when it is left out, and what it means. */
const MEANINGS: Readonly<Record<ProgramKey, readonly [otherwise: string, about: string]>> = {
  mb: [`${DEFAULT_MB.load} in loads, ${DEFAULT_MB.scripted} in scripted scenarios`, 'MB of the mergeable map'],
  share: ['60', '% of the pages of a load that belong to a class of equal contents'],
  copies: ['4 in loads, else 2', 'pages of a class, on average'],
  remerge: ['50', "% of the rewrites of a page of a class that give it the class's content of the current epoch"],
  epoch_ms: ['4000', 'ms of an epoch'],
  frate: ['2', '`fork_heavy`: forks per second, Poisson'],
  life: ['4000', 'ms that a child lives'],
  ct: ['10', '% of the pages that a child rewrites over its life'],
  gp: ['0', '% of the children that fork a child after a quarter of their life and exit'],
  maxlive: ['24', 'most children alive'],
  pw: ['2', '% of its pages that the parent rewrites per second'],
  nw: ['9', '`fork_free`: processes that share the map between them'],
  wabs: ['0', '`fork_free`: 1 to write as many pages per second in all as `fork_heavy` does, not per mapped page'],
  bkeep: ['16', "of the area's pages, one in so many stays with an aged ballast"],
  bslack: ['3900', 'an aged ballast frees until so many pages beyond twice the free CMA pages are free'],
  brelease: ['0', 'MB that the ballast gives back before measuring'],
  settle: ['1', 'loads: 0 to measure without waiting until ksmd has come to rest'],
  warm: ['3', 's of a load before the first request; they are measured time'],
  T: [
    '15; 6 in `greater_*nat`, 5 in `lesser_nat`',
    's during which memory is asked for, in natural scenarios until a request succeeds',
  ],
  gap: ['150 in loads, else 300', 'ms between requests, about'],
  hold: ['0', 'loads: hold what was got until it is so many pages; 0: give it back at once'],
  align: ['-1', 'order of the alignment; -1: get_order(size), at most 8'],
  timeout: ['8000', 'ms after which a request is killed (-EINTR)'],
  census_ms: ['1000', 'ms at least between two walks of the stable tree, during which ksmd stands still'],
  cause_ms: ['3000', 'the same for classifying unfindable ptes'],
  nocause: ['0', '1 to leave that out in the stages of a scenario'],
  nkids: ['2 in `lesser_nat`, else 1', 'children that are forked'],
  control: ['0', '`greater_*det`: another request, after the fork (1) or before the scan (2)'],
  later: ['3', '`lesser_det*`: further full scans'],
  par: ['1', '`lesser_nat`: the parent is not mergeable (0), is (1), is and rewrites everything (2)'],
  zscan_s: ['2', 'natural scenarios: the map is what ksmd scans in so many s, 512 to 8192 pages'],
  pages_fixed: ['0', 'pages of that map; 0: as `zscan_s` says'],
  t0max: ['0', "longest wait before the first request, s; 0: as ksmd's pace says"],
};

function numberOf(key: ProgramKey): Field<number | null> {
  const { least, most, whole } = NUMBER_KEYS[key];
  const [otherwise, about] = MEANINGS[key];
  return maybe((whole ? integer : number)({ min: least, max: most }), about, otherwise);
}

const numbers = Object.fromEntries(PROGRAM_KEYS.map((key) => [key, numberOf(key)])) as Readonly<
  Record<ProgramKey, Field<number | null>>
>;
const ballast = wordOrNumber(['aged', 'auto'], { min: BALLAST_MB.least, max: BALLAST_MB.most });
const size = wordOrNumber(['whole'], { min: 1, max: LIMITS.frames });

/** What is left out, the program's own default holds for. */
export const programSchema = object({
  scen: required(
    word(SCENARIOS),
    'the scenario: a load (`fork_heavy`, `fork_free`), a scripted one (`..._det`), a natural one (`..._nat`), or `cost`',
  ),
  seeds: optional(
    list(integer({ min: 0, max: LIMITS.programSeed }), 1, LIMITS.programSeeds),
    [1],
    "seeds of the program's own random numbers: the cell with seed k has the k-th, and after the last the first again",
    '`[1]`',
  ),
  ballast: maybe(
    ballast,
    'memory filled before: `aged` (and freed in random order), `auto` (until requests are balanced between the area and the rest), or MB',
    '`aged`',
  ),
  sizes: maybe(
    list(size, 1, MOST_SIZES),
    'pages of the requests; `whole` is the area',
    '`[1, 16, 256, 1024, 4096, 16384]`',
  ),
  ...numbers,
});

export type ProgramFile = NonNullable<ReturnType<typeof programSchema.read>>;

/** The program as the model takes it: every key as text. */
export function describeProgram(file: ProgramFile): ProgramDescription {
  const { scen, seeds, ballast: filler, sizes } = file;
  const given: (readonly [string, string | number | null])[] = [
    ['scen', scen],
    ['ballast', filler],
    ['sizes', sizes === null ? null : sizes.join(',')],
    ...PROGRAM_KEYS.map((key) => [key, file[key]] as const),
  ];
  const texts = given.flatMap(([key, value]) => (value === null ? [] : [[key, String(value)] as const]));
  return { params: Object.fromEntries(texts), seeds };
}
