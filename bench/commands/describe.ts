/**
 * The command line as plain data, read off commander's own definitions: what the reference, the man page and completion
 * are made of.
 */
import type { Argument, Command, Option } from 'commander';
import { helpOf } from '../cli/help.ts';
import type { Example, HelpParts } from '../cli/help.ts';

export interface ArgumentInfo {
  readonly name: string;
  readonly about: string;
  /** What it is when it is not given, in words; '' when nothing is said. */
  readonly usual: string;
  readonly isVariadic: boolean;
  readonly words: readonly string[];
}

export interface OptionInfo {
  /** `-o, --output <file>` */
  readonly flags: string;
  readonly names: readonly string[];
  /** `file`; null when it takes no value. */
  readonly placeholder: string | null;
  readonly isValueOptional: boolean;
  readonly isRepeatable: boolean;
  readonly about: string;
  readonly usual: string;
  readonly words: readonly string[];
}

export interface CommandInfo {
  /** `cma-stress litmus explore` */
  readonly name: string;
  /** The words behind `cma-stress`. */
  readonly words: readonly string[];
  readonly about: string;
  readonly usage: string;
  readonly group: string;
  readonly arguments: readonly ArgumentInfo[];
  readonly options: readonly OptionInfo[];
  readonly help: HelpParts | null;
  readonly below: readonly CommandInfo[];
}

/** A command with those below it; hidden ones and hidden options are left out. */
export function describe(command: Command, above: readonly string[] = []): CommandInfo {
  const helper = command.createHelp();
  const path = [...above, command.name()];
  return {
    name: path.join(' '),
    words: path.slice(1),
    about: command.description(),
    usage: helper.commandUsage(command),
    group: command.helpGroup().replace(/:$/, ''),
    arguments: command.registeredArguments.map(describeArgument),
    options: helper.visibleOptions(command).map(describeOption),
    help: helpOf(command),
    below: helper.visibleCommands(command).map((below) => describe(below, path)),
  };
}

/** An example as lines of a shell: what it is for as a comment before it. */
export function exampleText({ command, about }: Example): string {
  return about === undefined ? command : `# ${about}\n${command}`;
}

/** The command and all below it, in the order of help. */
export function flat(command: CommandInfo): CommandInfo[] {
  return [command, ...command.below.flatMap(flat)];
}

function describeArgument(argument: Argument): ArgumentInfo {
  const { variadic: isVariadic, argChoices: words = [] } = argument;
  return { name: argument.name(), isVariadic, words, ...splitUsual(argument.description) };
}

function describeOption(option: Option): OptionInfo {
  const takesValue = option.required || option.optional;
  const { about, usual } = splitUsual(option.description.replace(REPEATABLE, ''));
  return {
    flags: option.flags,
    names: [option.short, option.long].filter((name) => name !== undefined),
    placeholder: takesValue ? (/[<[](.*)[>\]]/.exec(option.flags)?.[1] ?? '') : null,
    isValueOptional: option.optional,
    isRepeatable: REPEATABLE.test(option.description),
    about,
    usual,
    words: option.argChoices ?? [],
  };
}

const REPEATABLE = / \(repeatable\)$/;

/** `(default: ...)` and `(default with --watch: ...)` end a description. */
function splitUsual(description: string): { readonly about: string; readonly usual: string } {
  const match = /^(.*) \(default( with [^:]*)?: (.*)\)$/s.exec(description);
  if (match === null) return { about: description, usual: '' };
  const [, about, where = '', usual] = match;
  return { about, usual: `${usual}${where}` };
}
