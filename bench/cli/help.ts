/**
 * What help says of a command behind its arguments and options, as data: `--help` prints it, and the reference, the man
 * page and the tests are made of the same (bench/commands/).
 */
import type { Command, Help } from 'commander';

/** Help is no wider than this on any terminal: longer lines are hard to read. */
export const WIDEST = 100;
/** And where nobody says how wide the terminal is. */
const USUAL = 80;

export interface Example {
  /** What to type; several lines where a shell takes several. */
  readonly command: string;
  /** What it is for, where that is not plain to see. */
  readonly about?: string;
}

/** Every command adds one. */
export interface HelpParts {
  /** How it works, as far as one has to know to use it: paragraphs. Lines that begin with a blank are a table. */
  readonly notes?: readonly string[];
  /** By code, in ascending order. */
  readonly exits: Readonly<Record<number, string>>;
  readonly examples: readonly Example[];
  /** Its page below docs/. */
  readonly page?: string;
}

const partsOf = new WeakMap<Command, HelpParts>();

/** Adds them to a command's help. */
export function addHelp(command: Command, parts: HelpParts): Command {
  partsOf.set(command, parts);
  return command.addHelpText('after', ({ error }) => {
    const helper = command.createHelp();
    helper.prepareContext({ error, helpWidth: widthOf(error ? process.stderr : process.stdout) });
    return `\n${sections(parts, helper).join('\n\n')}`;
  });
}

/** What was added to it. */
export function helpOf(command: Command): HelpParts | null {
  return partsOf.get(command) ?? null;
}

/** Columns of help on this stream. */
export function widthOf(stream: { readonly columns?: number }): number {
  return Math.min(stream.columns ?? USUAL, WIDEST);
}

function sections({ notes = [], exits, examples, page }: HelpParts, helper: Help): string[] {
  const width = helper.helpWidth ?? USUAL;
  const codes = Object.entries(exits);
  const longest = Math.max(...codes.map(([code]) => code.length));
  return [
    ...notes.map((paragraph) => (isTable(paragraph) ? paragraph : helper.boxWrap(paragraph, width))),
    ['Exit codes:', ...codes.map(([code, meaning]) => helper.formatItem(code, longest, meaning, helper))].join('\n'),
    ['Examples:', ...exampleLines(examples, width)].join('\n'),
    ...(page === undefined ? [] : [`More: docs/${page}`]),
  ];
}

/** Whether the lines of a paragraph are to stay as they are. */
export const isTable = (paragraph: string): boolean => /^ /m.test(paragraph);

/**
 * What an example is for stands behind it as a comment, or above it where that would be too wide. All can be pasted.
 */
function exampleLines(examples: readonly Example[], width: number): string[] {
  const beside = examples.map(({ command, about }) => (about === undefined ? command : `${command}  # ${about}`));
  const isShort = examples.every(
    ({ command, about }, index) =>
      about === undefined || (!command.includes('\n') && beside[index].length + 2 <= width),
  );
  if (isShort) return beside.map((line) => `  ${line}`);
  const above = examples.map(({ command, about }) => `${about === undefined ? '' : `  # ${about}\n`}  ${command}`);
  return above.flatMap((lines, index) => (index === 0 ? [lines] : ['', lines]));
}
