/** docs/reference/commands.md: every command and option. */
import { isTable } from '../cli/help.ts';
import { markdownTable } from '../report/markdownTable.ts';
import { exampleText, flat } from './describe.ts';
import type { CommandInfo } from './describe.ts';
import { EVERY_COMMAND, VALUES } from './words.ts';

/** The page is made of `cma-stress` with everything below it. */
export function commandsPage(program: CommandInfo): string {
  const commands = flat(program).slice(1);
  return `${[
    '# Commands and options',
    '<!-- Made of the help of the commands by `npm run commands`; changes go into bench/cli/. -->',
    'What `cma-stress COMMAND --help` says, on one page. The same is in the man page, `cma-stress(1)`; [completion in the shell](../how-to/complete-in-the-shell.md) knows it too.',
    contents(commands),
    '## Values',
    markdownTable(
      ['written as', 'what'],
      [],
      VALUES.map(({ forms, about }) => [forms.map(code).join(', '), about]),
    ),
    EVERY_COMMAND,
    '## Exit codes',
    `Those of a command stand with it; [all of them](exit-codes.md).`,
    exits(program),
    ...commands.map(section),
  ].join('\n\n')}\n`;
}

function contents(commands: readonly CommandInfo[]): string {
  const rows = commands.map((command, index) => {
    const isFirst = index === 0 || groupOf(command, commands) !== groupOf(commands[index - 1], commands);
    return [
      isFirst ? groupOf(command, commands) : '',
      `[${command.words.join(' ')}](#${anchor(command)})`,
      text(command.about),
    ];
  });
  return markdownTable(['for', 'command', 'what it does'], [], rows);
}

/** A command below another one is in its group. */
function groupOf({ words, group }: CommandInfo, commands: readonly CommandInfo[]): string {
  const above = commands.find((command) => command.words.length === 1 && command.words[0] === words[0]);
  return above?.group ?? group;
}

const anchor = ({ name }: CommandInfo): string => name.replaceAll(' ', '-');

function section(command: CommandInfo): string {
  const { help, options, arguments: given, below } = command;
  return [
    `## ${command.name}`,
    `${sentence(command.about)}${more(help?.page)}`,
    block(command.usage),
    ...(given.length === 0
      ? []
      : [
          table(
            'argument',
            given.map((one) => [one.name + (one.isVariadic ? '...' : ''), one.about, one.usual]),
          ),
        ]),
    ...(below.length === 0
      ? []
      : [`Commands: ${below.map((one) => `[${one.words.join(' ')}](#${anchor(one)})`).join(', ')}.`]),
    // That of help is the same everywhere.
    ...(options.length === 1
      ? []
      : [
          table(
            'option',
            options
              .filter(({ names }) => !names.includes('--help'))
              .map((one) => [one.flags, `${one.about}${one.isRepeatable ? ' (repeatable)' : ''}`, one.usual]),
          ),
        ]),
    ...(help?.notes ?? []).map((note) => (isTable(note) ? block(note) : text(note))),
    exits(command),
    'Examples:',
    block((help?.examples ?? []).map(exampleText).join('\n')),
  ].join('\n\n');
}

function table(title: string, rows: readonly (readonly [name: string, about: string, usual: string])[]): string {
  return markdownTable(
    [title, 'meaning', 'default'],
    [],
    rows.map(([name, about, usual]) => [code(name), text(about), text(usual)]),
  );
}

function exits({ help }: CommandInfo): string {
  const rows = Object.entries(help?.exits ?? {}).map(([exit, meaning]) => [exit, text(meaning)]);
  return markdownTable(['exit', 'when'], [], rows);
}

function more(page: string | undefined): string {
  return page === undefined
    ? ''
    : ` More: [${page}](${page.startsWith('reference/') ? page.slice('reference/'.length) : `../${page}`}).`;
}

const block = (lines: string): string => `\`\`\`text\n${lines}\n\`\`\``;
const code = (word: string): string => `\`${word.replaceAll('|', '\\|')}\``;
const sentence = (words: string): string => `${words[0].toUpperCase()}${text(words.slice(1))}.`;

/** Words as Markdown shows them: options, placeholders, and what it would take for markup, stand as code. */
function text(words: string): string {
  return words
    .split(/(`[^`]*`|'[^']* [^']*')/)
    .map((part) => {
      if (part.startsWith('`')) return part;
      if (part.startsWith("'")) return code(part.slice(1, -1));
      return part.replaceAll(/(?:(?<![\w-])--?[a-z]|[^\s,;:()']*[<>_*|])[^\s,;:()']*/g, (word) => code(word));
    })
    .join('');
}
