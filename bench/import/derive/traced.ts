/** The trace that a workload is derived from, and which of the captured processes it knows. */
import { digits3 } from '../../report/units.ts';
import type { Facts, ProcessFacts } from '../facts.ts';
import { planName } from '../names.ts';
import { deriveTrace, type DerivedTrace, type LineageNode } from '../trace/index.ts';
import type { TraceFacts } from '../traceFacts.ts';

export interface Traced {
  readonly facts: TraceFacts;
  readonly derived: DerivedTrace;
  /** Processes that had the pid, in the order in which they did. */
  readonly byPid: ReadonlyMap<number, readonly LineageNode[]>;
}

/** The traces, the longest first. */
export function tracesOf(facts: Facts): Traced[] {
  return facts.traces.toSorted((a, b) => b.seconds - a.seconds).map(tracedOf);
}

/**
 * What is to be said of several traces, the longest first; null of one. Only that one is used: several do not add up,
 * as neither clocks nor pids are one.
 */
export function severalTraces(traces: readonly Traced[]): string | null {
  if (traces.length < 2) return null;
  const [{ file, seconds }, ...others] = traces.map(({ facts }) => facts);
  const rest = others.map((other) => other.file).join(', ');
  return `several traces: the longest, ${file} of ${digits3(seconds)} s, is used; of ${rest} only the summary tells`;
}

function tracedOf(facts: TraceFacts): Traced {
  const derived = deriveTrace(facts);
  const byPid = new Map<number, LineageNode[]>();
  for (const node of derived.lineage) {
    const nodes = byPid.get(node.pid) ?? [];
    byPid.set(node.pid, nodes);
    nodes.push(node);
  }
  return { facts, derived, byPid };
}

/** The process of the trace that a captured one is: of the same pid, and of the same parent or name. */
export function nodeOf(traced: Traced | null, process: ProcessFacts): LineageNode | null {
  if (traced === null || process.pid === null) return null;
  const nodes = traced.byPid.get(process.pid) ?? [];
  return nodes.findLast((node) => isSame(node, process, traced.derived.lineage)) ?? null;
}

function isSame(node: LineageNode, process: ProcessFacts, lineage: readonly LineageNode[]): boolean {
  const parent = node.parent === null ? null : lineage[node.parent].pid;
  if (parent !== null && process.parent?.value === parent) return true;
  const name = process.name === null ? '' : planName(process.name, '');
  // comm is the first or, of Android's packages, the last 15 letters of a name.
  return name !== '' && node.names.some((one) => isPart(planName(one.name, ''), name));
}

function isPart(comm: string, name: string): boolean {
  return comm !== '' && (name.startsWith(comm) || name.endsWith(comm));
}

/** Whether it was born while the trace was recorded. */
export function isBorn(node: LineageNode | null): node is LineageNode {
  return node !== null && node.bornAt !== null;
}
