/**
 * A parsed file as a tree that knows where everything was written.
 *
 * Scalars stay text: what a word or number means is decided by the schema that reads it, so that `0x10`, `NaN` or a
 * size where a duration belongs is reported as it was typed. Trees of a device file, a workload file and `--set` texts
 * are merged before they are read; every node keeps the place it came from.
 */

import { printable, quote } from './quote.ts';

/** Where something was written; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly place: Place;
  readonly text: string;
  /** Written in quotes: never a number, a truth value or the word `none`. */
  readonly quoted: boolean;
}

export interface ListNode {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly TreeNode[];
}

export interface MapNode {
  readonly kind: 'map';
  readonly place: Place;
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export interface MapEntry {
  readonly keyPlace: Place;
  readonly value: TreeNode;
}

export type TreeNode = ScalarNode | ListNode | MapNode;

/** A step into a tree: a key of a map or an index of a list. */
export type Step = string | number;

/** `groups.app.regions[0]` of ['groups', 'app', 'regions', 0]. */
export function pathText(steps: readonly Step[]): string {
  let text = '';
  for (const step of steps) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? printable(step) : `.${printable(step)}`;
  }
  return text;
}

/** The node at a path, or null. */
export function nodeAt(root: TreeNode, steps: readonly Step[]): TreeNode | null {
  let node: TreeNode | undefined = root;
  for (const step of steps) {
    if (typeof step === 'number') node = node.kind === 'list' ? node.items[step] : undefined;
    else node = node.kind === 'map' ? node.entries.get(step)?.value : undefined;
    if (node === undefined) return null;
  }
  return node;
}

/** Where a path is written; when it is not written, where the nearest node above it is. */
export function placeAt(root: TreeNode, steps: readonly Step[]): Place {
  for (let length = steps.length; length > 0; length--) {
    const node = nodeAt(root, steps.slice(0, length));
    if (node !== null) return node.place;
  }
  return root.place;
}

/** What an error message calls a node: `a map`, `a list`, `"20 MB"`. */
export function found(node: TreeNode): string {
  if (node.kind === 'map') return 'a map';
  if (node.kind === 'list') return 'a list';
  if (node.text === '' && !node.quoted) return 'nothing';
  return node.quoted ? `the text "${printable(node.text)}"` : quote(node.text);
}
