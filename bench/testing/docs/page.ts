/**
 * A page of the handbook as a session: its shell blocks in order, with what each must print, and the files that it
 * shows.
 *
 * The convention, which CONTRIBUTING.md gives to writers: blocks of language `sh` run one after the other in one
 * folder; a `text` block right behind one is what it prints, each line in that order, `[...]` for lines left out; a
 * block of code whose first line is a comment with a file name is that file. Comments before a shell block change what
 * is done with it: `<!-- not run: REASON -->`, `<!-- exit: 3 -->`, `<!-- at: checkout -->`.
 */

export interface ShellBlock {
  readonly kind: 'shell';
  /** Of the page, from 1: where the block's commands begin. */
  readonly line: number;
  readonly script: string;
  /** Why it is shown only; null when it is run. */
  readonly notRun: string | null;
  readonly exit: number;
  /** At the top of a copy of the repository, for those who develop the tool; else in the page's own folder. */
  readonly atCheckout: boolean;
  /** What it prints; null when the page does not show it. */
  readonly output: readonly string[] | null;
}

interface FileBlock {
  readonly kind: 'file';
  readonly line: number;
  readonly name: string;
  readonly text: string;
}

export interface Page {
  readonly blocks: readonly (ShellBlock | FileBlock)[];
  /** From `<!-- needs: redis, jq -->`: a server of the test's own, and programs that not every machine has. */
  readonly needs: readonly string[];
  /**
   * What nobody would run although it looks like a command, and comments that say nothing known: each with its line.
   */
  readonly mistakes: readonly string[];
}

/** A fenced block, with the comments right before it. */
interface Fence {
  readonly line: number;
  readonly language: string;
  readonly lines: readonly string[];
  readonly comments: readonly string[];
  /** Nothing but empty lines and comments between it and the block before. */
  readonly follows: boolean;
}

const OPENING = /^(\s*)(`{3,}|~{3,})\s*(\S*)\s*$/;
const COMMENT = /^<!--\s*(.*?)\s*-->\s*$/;
const NEEDS = /^<!--\s*needs: (.*?)\s*-->/m;
const FILE_NAME = /^(?:\/\/|#)\s*((?:[\w.-]+\/)*[\w-][\w.-]*\.\w+)$/;
const SAVED = new Set(['ts', 'js', 'mjs', 'yaml', 'json']);
/** Languages by which a shell block would escape from being run. */
const OTHER_SHELLS = new Set(['bash', 'shell', 'console', 'shell-session', 'zsh']);
const LOOKS_LIKE_COMMAND = /^\s*(?:\$ |npx |npm |cma-stress |node )/;

export function parsePage(text: string): Page {
  const fences = fencesOf(text.split('\n'));
  const blocks: (ShellBlock | FileBlock)[] = [];
  const mistakes: string[] = [];
  fences.forEach((fence, index) => {
    const { language, lines, line } = fence;
    if (language === 'sh') {
      const next = fences.at(index + 1);
      const output = next?.language === 'text' && next.follows ? next.lines.filter((row) => row.trim() !== '') : null;
      blocks.push(shellBlock(fence, output, mistakes));
    } else if (OTHER_SHELLS.has(language)) {
      mistakes.push(`line ${line}: a block of language ${language}: call it sh, so that it is run`);
    } else if (SAVED.has(language)) {
      const name = FILE_NAME.exec(lines[0] ?? '')?.[1];
      // JSON has no comments.
      const kept = language === 'json' ? lines.slice(1) : lines;
      if (name !== undefined) blocks.push({ kind: 'file', line, name, text: `${kept.join('\n')}\n` });
    } else if (language === '' && LOOKS_LIKE_COMMAND.test(lines[0] ?? '')) {
      mistakes.push(`line ${line}: a command in a block without language: call it sh, or text when it is a synopsis`);
    }
  });
  const needs = NEEDS.exec(text)?.[1].split(/,\s*/) ?? [];
  return { blocks, needs, mistakes };
}

function fencesOf(lines: readonly string[]): Fence[] {
  const fences: Fence[] = [];
  let comments: string[] = [];
  let follows = false;
  for (let at = 0; at < lines.length; at++) {
    const opening = OPENING.exec(lines[at]);
    const comment = COMMENT.exec(lines[at]);
    if (opening !== null) {
      const [, indent, fence, language] = opening;
      const end = lines.findIndex((row, index) => index > at && row.trim() === fence);
      const inside = lines.slice(at + 1, end < 0 ? undefined : end);
      const outdented = inside.map((row) => (row.startsWith(indent) ? row.slice(indent.length) : row));
      fences.push({ line: at + 2, language, lines: outdented, comments, follows });
      if (end < 0) break;
      at = end;
      comments = [];
      follows = true;
    } else if (comment !== null) {
      comments.push(comment[1]);
    } else if (lines[at].trim() !== '') {
      comments = [];
      follows = false;
    }
  }
  return fences;
}

function shellBlock(
  { line, lines, comments }: Fence,
  output: readonly string[] | null,
  mistakes: string[],
): ShellBlock {
  let notRun: string | null = null;
  let exit = 0;
  let atCheckout = false;
  for (const comment of comments) {
    const [, key, value] = /^([\w ]+): *(.+)$/.exec(comment) ?? [];
    if (key === 'not run') notRun = value;
    else if (key === 'exit' && /^\d+$/.test(value)) exit = Number(value);
    else if (key === 'at' && value === 'checkout') atCheckout = true;
    else if (key !== 'needs') mistakes.push(`line ${line}: nothing is known of <!-- ${comment} -->`);
  }
  return { kind: 'shell', line, script: `${lines.join('\n')}\n`, notRun, exit, atCheckout, output };
}

/**
 * The first of `expected` that does not stand in `printed` in this order; null when all do. `[...]` stands for any
 * lines.
 */
export function missingLine(expected: readonly string[], printed: readonly string[]): string | null {
  let at = 0;
  for (const line of expected) {
    if (line.trim() === '[...]') continue;
    const found = printed.findIndex((row, index) => index >= at && row.trimEnd() === line.trimEnd());
    if (found < 0) return line;
    at = found + 1;
  }
  return null;
}
