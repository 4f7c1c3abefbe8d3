/**
 * `--set path=value`: one value of a workload file changed from the command line.
 *
 * A path is the one error messages use: `ksm.sleep_millisecs`, `cma_clients.camera.rate`, `lists[0].name`. The value is
 * read by the schema of that path, so it is written as in a file and gets the same checks. Named entries must exist;
 * whole maps and lists cannot be set.
 */
import { InputError } from '../errors.ts';
import { innerSchema, withNode } from './merge.ts';
import { nodeAt, pathText, type Place, type ScalarNode, type Step, type TreeNode } from './node.ts';
import { printable, quote } from './quote.ts';
import type { Schema } from './schema.ts';
import { suggestion } from './suggest.ts';

/** A parsed `--set`. */
export interface Override {
  readonly text: string;
  readonly path: string;
  readonly steps: readonly Step[];
  /** Column of each step in the text, from 1. */
  readonly columns: readonly number[];
  readonly value: ScalarNode;
}

/**
 * What stands for a file in the places of values that were set: a path among them starts where the command is given.
 */
export const COMMAND_LINE = '--set';

const LONGEST = 500;
/** One step: a name, or an index in brackets; a dot before a name that is not the first. */
const STEP = /(?:(\.)?([A-Za-z][\w-]*)|\[(\d{1,4})\])/y;

/** A column of the text of a `--set`. */
export function placeInSet(column: number): Place {
  return { file: COMMAND_LINE, line: 1, column };
}

function refuse(column: number, path: string, message: string): never {
  throw new InputError([{ ...placeInSet(column), path, message }]);
}

/** `path=value`; throws InputError with the column in the text. */
export function parseOverride(text: string): Override {
  const equals = text.indexOf('=');
  if (equals < 0) refuse(1, '', `expected \`path=value\` such as \`ksm.sleep_millisecs=500\`, found ${quote(text)}`);
  if (text.length > LONGEST) refuse(1, '', `is longer than ${LONGEST} letters`);
  const name = text.slice(0, equals).trimEnd();
  const { steps, columns } = parsePath(name);
  const rest = text.slice(equals + 1);
  const value = rest.trim();
  const column = equals + 2 + (rest.length - rest.trimStart().length);
  if (value === '') refuse(column, pathText(steps), 'a value must follow the `=`');
  return {
    text,
    path: pathText(steps),
    steps,
    columns,
    value: { kind: 'scalar', place: placeInSet(column), text: value, quoted: false },
  };
}

function parsePath(name: string): { steps: Step[]; columns: number[] } {
  const steps: Step[] = [];
  const columns: number[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < name.length) {
    const at = STEP.lastIndex;
    const match = STEP.exec(name);
    const index = match?.at(3);
    const dotWanted = steps.length > 0 && index === undefined;
    if (match === null || (match[1] === '.') !== dotWanted || (index !== undefined && steps.length === 0)) {
      refuse(at + 1, '', `expected a path such as \`groups.app.count\`, found ${quote(name)}`);
    }
    steps.push(index === undefined ? match[2] : Number(index));
    columns.push(at + 1 + (match[1] === '.' ? 1 : 0));
  }
  if (steps.length === 0) refuse(1, '', 'a path such as `ksm.sleep_millisecs` must stand before the `=`');
  return { steps, columns };
}

/** The tree with the value in its place; throws InputError when the path leads nowhere. */
export function applyOverride(root: TreeNode, override: Override, schema: Schema<unknown>): TreeNode {
  let inner = schema;
  override.steps.forEach((step, index) => {
    const above = override.steps.slice(0, index);
    const next = innerSchema(inner, step);
    const problem = next === null ? notThere(inner, step, above) : missingEntry(root, inner, step, above);
    if (problem !== null) refuse(override.columns[index], pathText([...above, step]), problem);
    inner = next!;
  });
  if (inner.shape.kind !== 'scalar') {
    const below = inner.shape.kind === 'object' ? Object.keys(inner.shape.fields) : entryNames(root, override.steps);
    const hint =
      below.length > 0 ? `; set one of its values: ${below.map((name) => `${override.path}.${name}`).join(', ')}` : '';
    refuse(1, override.path, `is ${inner.shape.kind === 'list' ? 'a list' : 'a map'}, not a single value${hint}`);
  }
  return withNode(root, override.steps, override.value);
}

function notThere(schema: Schema<unknown>, step: Step, above: readonly Step[]): string {
  const where = above.length === 0 ? '' : ` in \`${pathText(above)}\``;
  if (schema.shape.kind === 'object' && typeof step === 'string') {
    return `unknown key \`${step}\`${where}${suggestion(step, Object.keys(schema.shape.fields))}`;
  }
  if (schema.shape.kind === 'list')
    return `\`${pathText(above)}\` is a list: expected an index such as \`[0]\`, found \`${step}\``;
  if (schema.shape.kind === 'scalar') return `\`${pathText(above)}\` is a single value; nothing lies below it`;
  return `\`${pathText(above)}\` is a map: expected a name, found the index ${step}`;
}

function missingEntry(root: TreeNode, schema: Schema<unknown>, step: Step, above: readonly Step[]): string | null {
  if (schema.shape.kind === 'object' || nodeAt(root, [...above, step]) !== null) return null;
  if (schema.shape.kind === 'named') {
    return `there is no ${schema.shape.what} \`${step}\`${suggestion(String(step), entryNames(root, above))}`;
  }
  return `\`${pathText(above)}\` has no entry [${step}]`;
}

function entryNames(root: TreeNode, steps: readonly Step[]): string[] {
  const node = nodeAt(root, steps);
  return node?.kind === 'map' ? [...node.entries.keys()].map(printable) : [];
}
