/** What a command line could go on with: where in it the last word stands, and what belongs there. */
import { commandsBelow, NOTHING } from './candidates.ts';
import type { Answer, Candidate, CommandWords, CompletionTable, OptionWords, Typed, ValueWords } from './types.ts';
import { valueCandidates } from './values.ts';

/** Of the words behind `cma-stress` the last is completed; '' for one that is not begun. */
export function complete(words: readonly string[], table: CompletionTable, folder: string): Answer {
  const current = words.at(-1) ?? '';
  const { typed, used, pending, isOptionPlace } = read(words.slice(0, -1), table, folder);
  if (pending !== null) return valueCandidates(pending, current, typed, table);
  if (isOptionPlace && current.startsWith('-')) return optionOrItsValue(current, typed, used, table);
  const below = typed.arguments.length === 0 ? commandsBelow(typed.command.name, table, current) : [];
  const argument = argumentAt(typed.command, typed.arguments.length);
  const answer = argument === null ? NOTHING : valueCandidates(argument, current, typed, table);
  const candidates = [...below, ...answer.candidates];
  // Where nothing else belongs, what is left are options.
  if (isOptionPlace && current === '' && candidates.length === 0 && answer.fallback === 'none')
    return { ...NOTHING, candidates: optionCandidates('', typed.command, used) };
  return { ...answer, candidates };
}

interface Read {
  readonly typed: Typed;
  readonly used: ReadonlySet<OptionWords>;
  /** What the option before asks for. */
  readonly pending: ValueWords | null;
  /** No `--` stands before. */
  readonly isOptionPlace: boolean;
}

function read(before: readonly string[], table: CompletionTable, folder: string): Read {
  let command = commandNamed('', table)!;
  const given: string[] = [];
  const used = new Set<OptionWords>();
  let pending: ValueWords | null = null;
  let isOptionPlace = true;
  for (const word of before) {
    if (pending !== null) pending = null;
    else if (isOptionPlace && word === '--') isOptionPlace = false;
    else if (isOptionPlace && word.startsWith('-') && word !== '-') {
      const option = optionNamed(word.replace(/=.*/s, ''), command);
      if (option === null) continue;
      used.add(option);
      if (!word.includes('=') && option.isValueOptional !== true) pending = option.value ?? null;
    } else {
      const below = given.length === 0 ? commandNamed(`${command.name} ${word}`.trim(), table) : undefined;
      if (below === undefined) given.push(word);
      else command = below;
    }
  }
  return { typed: { command, arguments: given, folder }, used, pending, isOptionPlace };
}

function commandNamed(name: string, { commands }: CompletionTable): CommandWords | undefined {
  return commands.find((command) => command.name === name);
}

function optionNamed(name: string, { options }: CommandWords): OptionWords | null {
  return options.find(({ names }) => names.includes(name)) ?? null;
}

function argumentAt(command: CommandWords, index: number): ValueWords | null {
  return command.arguments.at(index) ?? (command.isVariadic === true ? (command.arguments.at(-1) ?? null) : null);
}

function optionOrItsValue(
  current: string,
  typed: Typed,
  used: ReadonlySet<OptionWords>,
  table: CompletionTable,
): Answer {
  const equals = current.indexOf('=');
  if (equals < 0) return { ...NOTHING, candidates: optionCandidates(current, typed.command, used) };
  const value = optionNamed(current.slice(0, equals), typed.command)?.value ?? null;
  if (value === null) return NOTHING;
  const before = current.slice(0, equals + 1);
  const answer = valueCandidates(value, current.slice(equals + 1), typed, table);
  return { ...answer, candidates: answer.candidates.map((one) => ({ ...one, value: before + one.value })) };
}

/** By their long names, but for one that is begun as a short one. */
function optionCandidates(current: string, { options }: CommandWords, used: ReadonlySet<OptionWords>): Candidate[] {
  return options
    .filter((option) => option.isRepeatable === true || !used.has(option))
    .flatMap(({ names, about }) => {
      const value = names.findLast((name) => name.startsWith(current));
      return value === undefined ? [] : [{ value, about, isOpen: false }];
    });
}
