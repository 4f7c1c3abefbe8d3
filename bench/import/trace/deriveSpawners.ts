/** Who keeps starting processes, how often, and how long they live. */
import { digits3 } from '../../report/units.ts';
import type { TraceFacts } from '../traceFacts.ts';
import type { Derived, DerivedSpawner, LineageNode } from './derived.ts';
import { nameAt } from './deriveLineage.ts';
import { planName, UniqueNames } from '../names.ts';
import { exponentialMean, median, variation } from './spans.ts';
import type { Span } from './spans.ts';

/** Forks from which on a process is a spawner besides the zygotes, or without one the process that forks most. */
const FORKS_OF_SPAWNER = 5;
/** Ends from which on their spread says anything. */
const ENDS_FOR_KIND = 5;
/** Standard deviation by mean of lives below which they count as fixed; that of an exponential distribution is 1. */
const FIXED_BELOW = 0.3;
/** s from a fork to the parent's own exit, within which the fork was a handing on. */
const HANDED_ON = 1;
/** `zygote-launch` assumes it, s. */
const STARTUP = 2;

export function deriveSpawners(facts: TraceFacts, lineage: readonly LineageNode[]): DerivedSpawner[] {
  const names = new UniqueNames();
  const lastFork = lastForks(lineage);
  const chosen = familiesOf(lineage).filter(
    ({ parent, children }, index) => index === 0 || children.length >= FORKS_OF_SPAWNER || parent.isZygote,
  );
  return chosen.map((family) => spawnerOf(facts, lastFork, family, names));
}

/** Children of one parent in one group. */
interface Family {
  readonly parent: LineageNode;
  readonly group: string;
  readonly children: LineageNode[];
  /** Index of the first of them. */
  readonly first: number;
}

/** Those of zygotes first, then the largest, those of equal size in the order of their first fork. */
function familiesOf(lineage: readonly LineageNode[]): Family[] {
  const families = new Map<string, Family>();
  for (const [index, node] of lineage.entries()) {
    if (node.parent === null) continue;
    const { group } = node;
    const key = `${node.parent} ${group}`;
    const family = families.get(key) ?? { parent: lineage[node.parent], group, children: [], first: index };
    families.set(key, family);
    family.children.push(node);
  }
  return [...families.values()].sort(
    (a, b) => Number(b.parent.isZygote) - Number(a.parent.isZygote) || b.children.length - a.children.length,
  );
}

function spawnerOf(
  facts: TraceFacts,
  lastFork: ReadonlyMap<LineageNode, number>,
  { parent, group, children, first: index }: Family,
  names: UniqueNames,
): DerivedSpawner {
  const { file, seconds } = facts;
  const [first] = children;
  const derived = <Value>(value: Value, how: string, guess = false): Derived<Value> => {
    return { value, how, guess, source: { file, line: first.line } };
  };
  const count = children.length;
  const comm = nameAt(parent, first.bornAt ?? 0);
  const execs = children.filter(({ exec }) => exec !== null).length;
  const spans = children.map((child) => lifeOf(child, seconds));
  const ends = spans.filter(({ ended }) => ended);
  const spread = variation(ends.map(({ length }) => length));
  const isFixed = ends.length >= ENDS_FOR_KIND && spread !== null && spread < FIXED_BELOW;
  const life = isFixed ? (median(spans) ?? exponentialMean(spans)) : exponentialMean(spans);
  const lifeHow =
    life === null
      ? `none of ${count} ended within ${digits3(seconds)} s`
      : isFixed
        ? `median of ${count} lives, ${count - ends.length} of them going on at the end (Kaplan-Meier)`
        : `time observed of ${count} lives by ${ends.length} ends`;
  const kindHow =
    ends.length < ENDS_FOR_KIND || spread === null
      ? `${ends.length} ends are too few to tell`
      : `standard deviation ${digits3(spread)} of the mean over ${ends.length} ends; below ${FIXED_BELOW} is fixed`;
  const startup = life === null ? STARTUP : Math.min(STARTUP, life / 4);
  // They forked and left their work to the child.
  const handedOn = children.filter(
    (child) => (child.diedAt ?? Infinity) - (lastFork.get(child) ?? -Infinity) <= HANDED_ON,
  );
  return {
    name: names.of(parent.isZygote ? 'launcher' : planName(comm, 'spawner')),
    group,
    first: index,
    parent: { comm, pid: parent.pid },
    start: derived(execs * 2 > count ? 'exec' : 'fork', `${execs} of ${count} were seen to exec`),
    rate: derived(count / seconds, `${count} forks by ${comm} (${parent.pid}) in ${digits3(seconds)} s`),
    life: derived(life, lifeHow, life !== null && ends.length < ENDS_FOR_KIND),
    lifeKind: derived(isFixed ? 'fixed' : 'exponential', kindHow, ends.length < ENDS_FOR_KIND),
    startup: derived(startup, 'a trace does not tell how long a process starts', true),
    maxLive: derived(mostAlive(children), 'most of them alive at once'),
    grandchildren: derived(
      handedOn.length / count,
      `${handedOn.length} of ${count} ended within ${HANDED_ON} s of a fork`,
    ),
  };
}

function lifeOf({ bornAt, diedAt }: LineageNode, seconds: number): Span {
  const from = bornAt ?? 0;
  return { length: Math.max(0, (diedAt ?? seconds) - from), ended: diedAt !== null };
}

/** Most of these processes at one time. */
export function mostAlive(nodes: readonly LineageNode[]): number {
  const steps = nodes.flatMap(({ bornAt, diedAt }) => [
    { t: bornAt ?? 0, by: 1 },
    ...(diedAt === null ? [] : [{ t: diedAt, by: -1 }]),
  ]);
  steps.sort((a, b) => a.t - b.t || a.by - b.by);
  let [alive, most] = [0, 0];
  for (const { by } of steps) most = Math.max(most, (alive += by));
  return most;
}

/** By process: when it last forked, s. */
function lastForks(lineage: readonly LineageNode[]): Map<LineageNode, number> {
  const last = new Map<LineageNode, number>();
  for (const { parent, bornAt } of lineage) if (parent !== null && bornAt !== null) last.set(lineage[parent], bornAt);
  return last;
}
