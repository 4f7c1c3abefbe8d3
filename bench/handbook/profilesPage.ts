/** The tables of docs/reference/profiles.md: what each line of a device or kernel profile says, and its source. */
import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';
import { listDevices, listKernels } from '../plan/index.ts';
import { findFile, type FileKind } from '../plan/files.ts';
import { markdownTable } from '../report/markdownTable.ts';

export function kernelsPart(): string {
  return listKernels()
    .map(({ name, about }) => section('kernel', name, about))
    .join('\n\n');
}

export function devicesPart(): string {
  return listDevices()
    .map(({ name, about }) => section('device', name, about))
    .join('\n\n');
}

function section(kind: FileKind, name: string, about: string): string {
  const file = findFile(kind, name, '.')!;
  const text = readFileSync(file.path, 'utf8');
  const { contents } = parseDocument(text, { schema: 'failsafe' });
  if (!isMap(contents)) throw new Error(`${file.shown}: expected a map`);
  const lines = linesOf(contents, '', [], text).filter(({ path }) => path !== 'about');
  // What stands above all keys is about the file.
  const [head, ...rest] = lines;
  const [first, ...own] = head.comments;
  const rows = [{ ...head, comments: own }, ...rest].filter(isTold);
  const table = markdownTable(
    ['line', 'value', 'source'],
    [],
    rows.map(({ path, value, comments }) => [
      `\`${path}\``,
      value === '' ? '' : `\`${value}\``,
      comments.map(prose).join(' '),
    ]),
  );
  const link = `[\`${file.shown}\`](../../${file.shown})`;
  return `### \`${name}\`\n\n${about} From ${link}: ${prose(first)}\n\n${table}`;
}

interface Line {
  readonly path: string;
  /** As written; '' for a map over several lines. */
  readonly value: string;
  readonly comments: readonly string[];
}

/**
 * Hundreds of lines about processes have no comment of their own: all that is said of them stands above their group.
 */
function isTold({ path, comments }: Line): boolean {
  return comments.length > 0 || !path.startsWith('groups.');
}

/** Each line with a value, and each map of which the file says something. A comment of several lines is one. */
function linesOf(map: YAMLMap, above: string, before: readonly string[], text: string): Line[] {
  return (map.items as Pair<Node, Node | null>[]).flatMap(({ key, value }, index) => {
    const path = `${above}${isScalar(key) ? String(key.value) : ''}`;
    // What stands above the first key of a map belongs to the map in this library.
    const comments = [...(index === 0 ? before : []), ...commentsIn(isNode(key) ? key.commentBefore : null)];
    if (isMap(value) && value.flow !== true) {
      const inside = linesOf(value, `${path}.`, commentsIn(value.commentBefore), text);
      return comments.length === 0 ? inside : [{ path, value: '', comments }, ...inside];
    }
    const own = [...comments, ...commentsIn(value?.commentBefore), ...commentsIn(value?.comment)];
    return [{ path, value: written(value, text), comments: own }];
  });
}

/** Paragraphs of a comment. */
function commentsIn(comment: string | null | undefined): string[] {
  return (comment ?? '')
    .split(/\n\s*\n/)
    .flatMap((part) => (part.trim() === '' ? [] : [part.trim().replaceAll(/\s+/g, ' ')]));
}

function written(value: Node | null, text: string): string {
  const [from, to] = value?.range ?? [0, 0];
  return text.slice(from, to).replaceAll(/\s+/g, ' ');
}

/** Names with an underscore are code; a cell of a table ends at a bar. */
function prose(comment: string): string {
  return comment
    .replaceAll(/[\w/.]*_[\w/.]*\w/g, (name) => `\`${name}\``)
    .replaceAll('|', '\\|')
    .replaceAll(' * ', ' × ');
}
