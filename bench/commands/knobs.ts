/**
 * What `--set` can change: the paths of the schema of workload files, and the names that the built-in files have in
 * them.
 */
import type { CompletionTable } from '../completion/types.ts';
import { builtInNames, findFile, readTree } from '../plan/files.ts';
import type { FileKind } from '../plan/files.ts';
import type { TreeNode } from '../plan/node.ts';
import type { Schema } from '../plan/schema.ts';
import { choiceFields, workloadSchema } from '../plan/workloadSchema.ts';

type Knobs = Pick<CompletionTable, 'knobs' | 'knobNames'>;

/** They say which files are read, and how: nothing that could be set afterwards. */
const NOT_SET: readonly string[] = ['about', ...Object.keys(choiceFields)];

export function knobsOf(): Knobs {
  const knobs: string[] = [];
  const knobNames: Record<string, string[]> = {};
  const trees = (['workload', 'device'] as const).flatMap(treesOf);
  walk(workloadSchema, trees, []);
  return { knobs, knobNames };

  /** `nodes`: what the built-in files have at this path. */
  function walk({ shape }: Schema<unknown>, nodes: readonly TreeNode[], path: readonly string[]): void {
    switch (shape.kind) {
      case 'scalar':
        knobs.push(path.join('.'));
        break;
      case 'object':
        for (const [name, field] of Object.entries(shape.fields))
          if (path.length > 0 || !NOT_SET.includes(name)) walk(field.schema, below(nodes, name), [...path, name]);
        break;
      case 'named': {
        const names = [...new Set(nodes.flatMap(entryNames))].sort();
        // What no built-in file names cannot be offered.
        if (names.length === 0) break;
        knobNames[path.join('.')] = names;
        walk(
          shape.value,
          names.flatMap((name) => below(nodes, name)),
          [...path, '*'],
        );
        break;
      }
      case 'list': {
        const items = nodes.flatMap((node) => (node.kind === 'list' ? node.items : []));
        if (items.length > 0) walk(shape.item, items, [...path.slice(0, -1), `${path.at(-1)!}[0]`]);
        break;
      }
    }
  }
}

function treesOf(kind: FileKind): TreeNode[] {
  return builtInNames(kind).map((name) => readTree(findFile(kind, name, '.')!));
}

function entryNames(node: TreeNode): string[] {
  return node.kind === 'map' ? [...node.entries.keys()] : [];
}

function below(nodes: readonly TreeNode[], name: string): TreeNode[] {
  return nodes.flatMap((node) => {
    const entry = node.kind === 'map' ? node.entries.get(name) : undefined;
    return entry === undefined ? [] : [entry.value];
  });
}
