/**
 * cma-stress.1: the man page, in the man(7) macros that groff and mandoc have.
 *
 * Own code, since what turns Markdown into man pages has no lists of options (`.TP`), which Markdown has not either.
 */
import { isTable } from '../cli/help.ts';
import { wrap } from '../report/table.ts';
import { exampleText, flat } from './describe.ts';
import type { CommandInfo } from './describe.ts';
import { EVERY_COMMAND, VALUES } from './words.ts';

/** Longer lines of roff are frowned upon (`mandoc -Tlint`). */
const WIDEST_SOURCE = 79;

/** `version`: of the package. The page has no date: it would change from day to day, or be wrong. */
export function manPage(program: CommandInfo, version: string): string {
  const commands = flat(program).slice(1);
  const about = program.about.replaceAll('\n', ' ');
  const lines = [
    '.\\" Made of the help of the commands by `npm run commands`.',
    `.TH CMA\\-STRESS 1 "" "cma\\-stress ${plain(version)}" "User Commands"`,
    // Words are not broken, nor blanks spread: most lines hold names that are typed.
    '.nh',
    '.ad l',
    '.SH NAME',
    'cma\\-stress \\- compare kernel fixes by how often contiguous allocations fail',
    '.SH SYNOPSIS',
    ...[
      '\\fBcma\\-stress\\fR \\fICOMMAND\\fR [\\fIoptions\\fR]',
      '\\fBcma\\-stress help\\fR [\\fICOMMAND\\fR]',
    ].flatMap((line, index) => (index === 0 ? [line] : ['.br', line])),
    '.SH DESCRIPTION',
    prose(about),
    '.PP',
    prose(EVERY_COMMAND),
    '.SS Values',
    ...VALUES.flatMap(({ forms, about: meaning }) => ['.TP', forms.map(bold).join(', '), prose(meaning)]),
    '.SH COMMANDS',
    ...commands.flatMap(commandLines),
    '.SH EXIT STATUS',
    ...exits(program),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(([name, meaning]) => ['.TP', bold(name), prose(meaning)]),
    '.SH FILES',
    ...FILES.flatMap(([name, meaning]) => ['.TP', `\\fI${plain(name)}\\fR`, prose(meaning)]),
    '.SH SEE ALSO',
    prose('docs/ of the package is the handbook; docs/README.md says what is where.'),
  ];
  return `${lines.join('\n')}\n`;
}

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['CMA_STRESS_THREADS', 'number of worker threads where --threads is left out'],
  ['CMA_STRESS_REDIS_PASSWORD', 'password for --redis'],
  ['CMA_STRESS_REDIS_CA', 'file of the certificate of a private authority for --redis'],
  ['NO_COLOR', 'no colour on terminals, whatever its value'],
  ['DEBUG', 'when set, unexpected errors are printed with their stacks'],
];

const FILES: readonly (readonly [string, string])[] = [
  ['results/', 'where runs and searches are written unless --out says otherwise, a directory each'],
];

function commandLines(command: CommandInfo): string[] {
  const { help, options, arguments: given, usage, about } = command;
  return [
    `.SS ${plain(usage)}`,
    prose(`${about[0].toUpperCase()}${about.slice(1)}.`),
    ...given.flatMap((one) => item(`\\fI${plain(one.name)}\\fR`, one.about, one.usual)),
    ...options
      .filter(({ names }) => !names.includes('--help'))
      .flatMap((one) => item(flags(one.flags), one.about + (one.isRepeatable ? ' (repeatable)' : ''), one.usual)),
    ...(help?.notes ?? []).flatMap((note) => (isTable(note) ? ['.PP', ...block(note)] : ['.PP', prose(note)])),
    '.PP',
    'Exit codes:',
    ...exits(command),
    '.PP',
    'Examples:',
    '.PP',
    ...block((help?.examples ?? []).map(exampleText).join('\n')),
    ...(help?.page === undefined ? [] : ['.PP', `More: \\fIdocs/${plain(help.page)}\\fR`]),
  ];
}

function item(term: string, about: string, usual: string): string[] {
  return ['.TP', term, prose(usual === '' ? about : `${about} (default: ${usual})`)];
}

function exits({ help }: CommandInfo): string[] {
  return Object.entries(help?.exits ?? {}).flatMap(([code, meaning]) => ['.TP 6', bold(code), prose(meaning)]);
}

/** `-o, --output <file>`: names bold, what they take in italics. */
function flags(text: string): string {
  return text
    .split(/(<[^>]*>|\[[^\]]*\]|, )/)
    .map((part) => {
      if (/^[<[]/.test(part)) return `\\fI${plain(part.startsWith('<') ? part.slice(1, -1) : part)}\\fR`;
      return /^-/.test(part) ? bold(part.trimEnd()) + (part.endsWith(' ') ? ' ' : '') : part;
    })
    .join('');
}

/** Lines that stay as they are. */
function block(lines: string): string[] {
  return ['.nf', ...lines.split('\n').map((line) => guarded(plain(line))), '.fi'];
}

const bold = (words: string): string => `\\fB${plain(words)}\\fR`;

/** A paragraph; backquotes are for Markdown. */
function prose(words: string): string {
  return wrap(plain(words.replaceAll('`', '')), WIDEST_SOURCE)
    .map(guarded)
    .join('\n');
}

/**
 * Letters that roff would take for something else: its backslash, hyphens that are minus signs, quotes that it bends.
 */
function plain(words: string): string {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti');
}

/** A line that begins with a point would be a request. */
function guarded(line: string): string {
  return line.startsWith('.') ? `\\&${line}` : line;
}
