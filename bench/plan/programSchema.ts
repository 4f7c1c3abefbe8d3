/**
 * The `program` of a workload file: the keys of the recorded test program's command line, with the limits of its model.
 * They are in the program's own units, as on its command line.
 */
import { testbedKeys } from '../../sim/index.ts';
import type { ProgramDescription } from '../../sim/index.ts';
import { LIMITS } from './limits.ts';
import { list, object, optional, required, type Field } from './schema.ts';
import { integer, number, word, wordOrNumber } from './scalars.ts';

const { SCENARIOS, NUMBER_KEYS, BALLAST_MB, MOST_SIZES } = testbedKeys;

/** `sleep` and `scan` are not among them: they are `ksm.sleep_millisecs` and `ksm.pages_to_scan`. */
export type ProgramKey = Exclude<testbedKeys.NumberKey, 'sleep' | 'scan'>;
export const PROGRAM_KEYS = Object.keys(NUMBER_KEYS).filter(
  (key): key is ProgramKey => key !== 'sleep' && key !== 'scan',
);

function numberOf(key: ProgramKey): Field<number | null> {
  const { least, most, whole } = NUMBER_KEYS[key];
  return { schema: (whole ? integer : number)({ min: least, max: most }), fallback: { value: null } };
}

const numbers = Object.fromEntries(PROGRAM_KEYS.map((key) => [key, numberOf(key)])) as Readonly<
  Record<ProgramKey, Field<number | null>>
>;
const ballast = wordOrNumber(['aged', 'auto'], { min: BALLAST_MB.least, max: BALLAST_MB.most });
const size = wordOrNumber(['whole'], { min: 1, max: LIMITS.frames });

/** What is left out, the program's own default holds for. */
export const programSchema = object({
  scen: required(word(SCENARIOS)),
  seeds: optional(list(integer({ min: 0, max: LIMITS.programSeed }), 1, LIMITS.programSeeds), [1]),
  ballast: { schema: ballast, fallback: { value: null } },
  sizes: { schema: list(size, 1, MOST_SIZES), fallback: { value: null } },
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
