/** Whether what a plug-in exports is a strategy: everything that can be told before it runs. */
import { CAUSES, findStrategy } from '../../sim/index.ts';
import type { Strategy } from '../../sim/index.ts';
import { InputError } from '../errors.ts';
import type { Problem } from '../errors.ts';
import { quote } from '../plan/quote.ts';
import { suggestion } from '../plan/suggest.ts';
import { placeOfWord } from './place.ts';
import type { Plugin } from './types.ts';

/** Names that results, thresholds and command lines can carry. */
export const NAME = /^[a-z][a-z0-9-]{0,39}$/;
export const NAME_RULE = 'small letters, digits and -, a letter first, 40 at most';

const LONGEST_TEXT = 300;
const GROUPS = ['ksm', 'scan', 'cma'];
const SWITCHES = ['keepsItems', 'slowsScan', 'stopsKsmd'];
const MOST_ITEM_BYTES = 64;
/** Every field of a strategy: one that is forgotten here does not compile. */
const FIELDS: Readonly<Record<keyof Strategy, true>> = {
  name: true,
  group: true,
  about: true,
  origin: true,
  claims: true,
  costs: true,
  device: true,
  attach: true,
  itemBytes: true,
  keepsItems: true,
  slowsScan: true,
  stopsKsmd: true,
};
export const FIELD_NAMES: readonly string[] = Object.keys(FIELDS);
const CLAIMS = CAUSES.filter((cause) => cause !== 'unknown');

/** The export as a strategy. Throws InputError with everything that is wrong with it. */
export function strategyOf(exported: unknown, plugin: Plugin): Strategy {
  const problems = wrongWith(exported).map(({ message, words }): Problem => {
    const place = placeOfWord(plugin, [...words, 'export default']);
    return { file: plugin.file, line: null, column: null, path: 'plug-in', message, ...place };
  });
  if (problems.length > 0) throw new InputError(problems);
  return exported as Strategy;
}

interface Wrong {
  readonly message: string;
  /** What to look for in the file, for the place. */
  readonly words: readonly string[];
}

/** Everything that is wrong with a value that should be a strategy. */
export function wrongWith(exported: unknown): Wrong[] {
  const wrong: Wrong[] = [];
  const add = (message: string, words: readonly string[] = []): void => void wrong.push({ message, words });
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported)) {
    add('the default export is no strategy; write export default defineStrategy({ ... })');
    return wrong;
  }
  const fields = exported as Record<string, unknown>;
  const { name, group, claims, itemBytes = 0 } = fields;
  if (typeof name !== 'string' || !NAME.test(name)) add(`name: expected ${NAME_RULE}`, ['name:']);
  else if (findStrategy(name) !== null)
    add(`name: ${quote(name)} is a strategy that comes with the tool; take another`, ['name:']);
  if (!GROUPS.includes(group as string)) add(`group: expected one of ${GROUPS.join(', ')}`, ['group:']);
  for (const key of ['about', 'origin', 'costs']) {
    const text = fields[key];
    const isLine = typeof text === 'string' && /^[^\p{C}]+$/u.test(text) && text.length <= LONGEST_TEXT;
    if (!isLine) add(`${key}: expected one line of text, ${LONGEST_TEXT} letters at most`, [`${key}:`]);
  }
  if (Array.isArray(claims)) {
    for (const claim of claims as unknown[]) {
      if (CLAIMS.includes(claim as (typeof CLAIMS)[number])) continue;
      const word = String(claim);
      const message = `claims: unknown cause ${quote(word)}${suggestion(word, CLAIMS)}`;
      add(message, [`'${word}'`, `"${word}"`]);
    }
  } else add('claims: expected a list of causes, [] for none', ['claims:']);
  for (const key of ['device', 'attach']) {
    if (fields[key] !== undefined && typeof fields[key] !== 'function') add(`${key}: expected a function`, [`${key}:`]);
  }
  for (const key of SWITCHES) {
    if (fields[key] !== undefined && typeof fields[key] !== 'boolean')
      add(`${key}: expected true or false`, [`${key}:`]);
  }
  if (!Number.isInteger(itemBytes) || (itemBytes as number) < 0 || (itemBytes as number) > MOST_ITEM_BYTES)
    add(`itemBytes: expected a whole number from 0 to ${MOST_ITEM_BYTES}`, ['itemBytes:']);
  for (const key of Object.keys(fields))
    if (!FIELD_NAMES.includes(key))
      add(`unknown field ${quote(key)}${suggestion(key, FIELD_NAMES)}`, [`${key}:`, `${key}(`, key]);
  return wrong;
}
