/** The processes of a moment: found again by pid, whichever file tells of them. */
import type { Facts, ProcessFacts, ReadPlace, Snapshot } from './facts.ts';
import { ownText } from './lines.ts';
import { addPartial } from './doubts.ts';

/** More processes than a small device ever has; the workload takes 512. */
const MOST_PROCESSES = 4096;

/** How much a name tells: a later, better one replaces it. */
export const NAME_RANK = { comm: 1, label: 2, listed: 3, commandLine: 4 } as const;

/** Processes by pid, for each snapshot: a search through a list would take quadratic time. */
const byPid = new WeakMap<Snapshot, Map<number, ProcessFacts>>();

/**
 * The process of a pid, made when it is new; without a pid always a new one. null: there are too many, which is said
 * once.
 */
export function processAt(facts: Facts, snapshot: Snapshot, pid: number | null, place: ReadPlace): ProcessFacts | null {
  const index = byPid.get(snapshot) ?? new Map<number, ProcessFacts>();
  byPid.set(snapshot, index);
  const known = pid === null ? undefined : index.get(pid);
  if (known !== undefined) return known;
  if (snapshot.processes.length >= MOST_PROCESSES) {
    const sentence = `more than ${MOST_PROCESSES} processes: the rest is left out`;
    if (!facts.partial.includes(sentence)) addPartial(facts, sentence);
    return null;
  }
  const made: ProcessFacts = {
    pid,
    place,
    name: null,
    nameRank: 0,
    parent: null,
    oomScoreAdj: null,
    oomLabel: null,
    totals: new Map(),
    categories: new Map(),
    mappings: [],
    mappingsFile: null,
  };
  snapshot.processes.push(made);
  if (pid !== null) index.set(pid, made);
  return made;
}

/** Names it, unless a better name is known. */
export function nameProcess(process: ProcessFacts, name: string, rank: number): void {
  if (name === '' || rank <= process.nameRank) return;
  process.name = ownText(name.slice(0, 200));
  process.nameRank = rank;
}
