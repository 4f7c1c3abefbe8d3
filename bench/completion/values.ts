/** What belongs in the place of a value, by its kind. */
import { commandsBelow, NOTHING } from './candidates.ts';
import { knobCandidates } from './knobs.ts';
import { cellNames, filesBelow, foldersBelow, runsBelow, strategiesOfRun } from './folders.ts';
import type { Answer, Candidate, CompletionTable, Typed, ValueWords, Word } from './types.ts';

const PLUGIN = /\.m?[jt]s$/;
const YAML = /\.ya?ml$/;
/** What `tune --range` takes. */
const RANGES = ['ksm.pages_to_scan=', 'ksm.sleep_millisecs='];

export function valueCandidates(value: ValueWords, current: string, typed: Typed, table: CompletionTable): Answer {
  const { folder } = typed;
  const only = (candidates: readonly Candidate[]): Answer => ({ candidates, fallback: 'none' });
  switch (value.kind) {
    case 'words':
      return only(closed(words(value.words ?? []), current));
    case 'list':
      return only(elements(words(value.words ?? []), current, ','));
    case 'strategies':
      return only([
        ...elements([...table.strategies, { name: 'all', about: 'every built-in strategy' }], current, ',+'),
        ...plugins(current, ',+', folder),
      ]);
    case 'strategy':
      return only([...elements(table.strategies, current, '+'), ...plugins(current, '+', folder)]);
    case 'workloads':
      return only([...closed(table.workloads, current), ...paths(current, YAML, folder)]);
    case 'workloads-or-devices':
      return only([...closed([...table.workloads, ...table.devices], current), ...paths(current, YAML, folder)]);
    case 'device':
      return only(closed(table.devices, current));
    case 'runs':
      return runs(current, typed, 'run.json');
    case 'searches':
      return runs(current, typed, 'search.json');
    case 'cell':
      return only(cellNames(typed.arguments.at(0), current, folder));
    case 'knob':
      return only(knobCandidates(current, table));
    case 'range':
      return only(RANGES.filter((range) => range.startsWith(current)).map((range) => open(range)));
    case 'commands':
      return only(commandsBelow(typed.arguments.join(' '), table, current));
    case 'files':
    case 'directories':
      return { candidates: [], fallback: value.kind };
    case 'any':
      return NOTHING;
  }
}

const open = (value: string, about = ''): Candidate => ({ value, about, isOpen: true });
const words = (names: readonly string[]): Word[] => names.map((name) => ({ name, about: '' }));

function closed(known: readonly Word[], current: string): Candidate[] {
  return known
    .filter(({ name }) => name.startsWith(current))
    .map(({ name, about }) => ({ value: name, about, isOpen: false }));
}

/** `current` up to and with the last separator, and what stands behind it. */
function lastElement(current: string, separators: string): readonly [before: string, last: string] {
  const at = Math.max(...Array.from(separators, (separator) => current.lastIndexOf(separator)));
  return [current.slice(0, at + 1), current.slice(at + 1)];
}

/** Goes on with a list by each known name that is not in it. */
function elements(known: readonly Word[], current: string, separators: string): Candidate[] {
  const [before, last] = lastElement(current, separators);
  const given = before.split(new RegExp(`[${separators}]`));
  return known
    .filter(({ name }) => name.startsWith(last) && !given.includes(name))
    .map(({ name, about }) => open(before + name, about));
}

/** Goes on with a list by files, once its last element looks like a path. */
function plugins(current: string, separators: string, folder: string): Candidate[] {
  const [before, last] = lastElement(current, separators);
  if (!/[./]/.test(last)) return [];
  return paths(last, PLUGIN, folder).map((one) => ({ ...one, value: before + one.value, isOpen: true }));
}

/** Files of that name; folders too, once something is typed. */
function paths(current: string, name: RegExp, folder: string): Candidate[] {
  const files = filesBelow(current, name, folder).map((value) => ({ value, about: '', isOpen: false }));
  return current === '' ? files : [...files, ...foldersBelow(current, folder).map((value) => open(value))];
}

/** Runs below results/, with any other directory the shell knows of; behind `RUN:` its strategies. */
function runs(current: string, { folder }: Typed, file: string): Answer {
  const colon = current.lastIndexOf(':');
  if (colon > 0) {
    const before = current.slice(0, colon + 1);
    const names = strategiesOfRun(current.slice(0, colon), folder).map((name) => before + name);
    if (names.length > 0) return { ...NOTHING, candidates: closed(words(names), current) };
  }
  const found = runsBelow(current, file, folder);
  return { candidates: found, fallback: found.length === 0 ? 'directories' : 'none' };
}
