/** Laying one tree over another: a workload over its device. */
import type { MapEntry, MapNode, Step, TreeNode } from './node.ts';
import type { Schema } from './schema.ts';

/**
 * Maps are merged key by key; anything else replaces what lies below. In a map of named entries (groups, clients, CMA
 * areas, ...) the word `none` takes the entry of that name away. The place of a merged map is the upper one's.
 */
export function mergeTrees(below: TreeNode, above: TreeNode, schema: Schema<unknown>): TreeNode {
  if (below.kind !== 'map' || above.kind !== 'map') return above;
  const entries = new Map<string, MapEntry>(below.entries);
  for (const [name, entry] of above.entries) {
    const under = below.entries.get(name);
    if (under !== undefined && schema.shape.kind === 'named' && isNone(entry.value)) {
      entries.delete(name);
      continue;
    }
    const inner = innerSchema(schema, name);
    const merge = under !== undefined && inner !== null;
    entries.set(name, merge ? { keyPlace: entry.keyPlace, value: mergeTrees(under.value, entry.value, inner) } : entry);
  }
  return { kind: 'map', place: above.place, entries };
}

/** A copy of a map without some of its keys. */
export function without(node: MapNode, names: readonly string[]): MapNode {
  return { ...node, entries: new Map([...node.entries].filter(([name]) => !names.includes(name))) };
}

/** A copy of a tree in which the node at a path is another one; missing maps on the way are made. */
export function withNode(root: TreeNode, steps: readonly Step[], node: TreeNode): TreeNode {
  if (steps.length === 0) return node;
  const [step, ...rest] = steps;
  if (typeof step === 'number') {
    if (root.kind !== 'list') return root;
    return { ...root, items: root.items.map((item, index) => (index === step ? withNode(item, rest, node) : item)) };
  }
  const base: MapNode = root.kind === 'map' ? root : { kind: 'map', place: node.place, entries: new Map() };
  const under = base.entries.get(step);
  const empty: MapNode = { kind: 'map', place: node.place, entries: new Map() };
  const value = withNode(under?.value ?? empty, rest, node);
  const entries = new Map(base.entries).set(step, { keyPlace: under?.keyPlace ?? node.place, value });
  return { ...base, entries };
}

function isNone(node: TreeNode): boolean {
  return node.kind === 'scalar' && !node.quoted && node.text === 'none';
}

/** The schema one level further down, or null when the key is not known there. */
export function innerSchema(schema: Schema<unknown>, step: Step): Schema<unknown> | null {
  const shape = schema.shape;
  if (shape.kind === 'object' && typeof step === 'string')
    return Object.hasOwn(shape.fields, step) ? shape.fields[step].schema : null;
  if (shape.kind === 'named' && typeof step === 'string') return shape.value;
  if (shape.kind === 'list' && typeof step === 'number') return shape.item;
  return null;
}
