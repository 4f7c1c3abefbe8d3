/** Parts of a workload from what a trace tells. */
import { digits3 } from '../../report/units.ts';
import type { TraceFacts } from '../traceFacts.ts';
import { deriveClients, outcomesOf } from './deriveClients.ts';
import type { Derived, DerivedTrace, LineageNode } from './derived.ts';
import { deriveEvents } from './deriveEvents.ts';
import { deriveLineage } from './deriveLineage.ts';
import { deriveSpawners, mostAlive } from './deriveSpawners.ts';

/** A shorter trace tells no rates. */
const SHORTEST = 1;

export function deriveTrace(facts: TraceFacts): DerivedTrace {
  // Rates per second of a trace of one moment would be infinite.
  const measured = measuredPart(facts);
  const lasting = { ...measured, seconds: Math.max(measured.seconds, 1e-9) };
  const lineage = deriveLineage(lasting);
  const spawners = deriveSpawners(lasting, lineage);
  const { clients, clientOf } = deriveClients(lasting);
  const holds = new Map(clients.map(({ name, hold }) => [name, hold.value]));
  return {
    file: facts.file,
    seconds: measured.seconds,
    rates: ratesOf(lasting, lineage),
    spawners,
    clients,
    outcomes: outcomesOf(measured.requests),
    lineage,
    events: deriveEvents(lasting, lineage, clientOf, holds),
    notes: notesOf(measured),
  };
}

/** A trace that cma-stress wrote has a warm-up before what a workload measures: what happened in it is left out. */
function measuredPart(facts: TraceFacts): TraceFacts {
  const from = facts.measuredFrom;
  if (from === null) return facts;
  const part = <Item extends { readonly t: number }>(items: readonly Item[]): Item[] =>
    items.filter(({ t }) => t >= from).map((item) => ({ ...item, t: item.t - from }));
  return {
    ...facts,
    seconds: facts.seconds - from,
    forks: part(facts.forks),
    execs: part(facts.execs),
    renames: part(facts.renames),
    exits: part(facts.exits),
    kills: part(facts.kills),
    requests: part(facts.requests),
    oomScoreAdj: part(facts.oomScoreAdj),
  };
}

function ratesOf(facts: TraceFacts, lineage: readonly LineageNode[]): DerivedTrace['rates'] {
  const { file, seconds, forks, execs, exits, kills } = facts;
  const isOpen = forks.some(({ thread }) => thread === null);
  const rate = (list: readonly { readonly line: number }[], what: string, guess = false): Derived<number> => {
    const how = `${list.length} ${what} in ${digits3(seconds)} s`;
    return { value: list.length / seconds, how, guess, source: { file, line: list.at(0)?.line ?? 1 } };
  };
  const born = lineage.filter(({ bornAt }) => bornAt !== null);
  return {
    forks: rate(
      forks.filter(({ thread }) => thread !== true),
      'forks of processes',
      isOpen,
    ),
    threads: rate(
      forks.filter(({ thread }) => thread === true),
      'new threads',
      isOpen,
    ),
    execs: rate(execs, 'execs'),
    exits: rate(exits, 'exits'),
    kills: rate(kills, 'kills'),
    mostAlive: {
      value: mostAlive(born),
      how: 'most alive at once of the processes born in the trace',
      guess: false,
      source: { file, line: born.at(0)?.line ?? 1 },
    },
  };
}

function notesOf(facts: TraceFacts): string[] {
  const { seconds, forks, requests } = facts;
  const notes: string[] = [];
  if (seconds < SHORTEST) notes.push(`the trace lasts ${digits3(seconds)} s: too short for rates`);
  if (forks.length === 0) notes.push('no forks: trace sched_process_fork, or task_newtask, to learn of processes');
  if (requests.length === 0) notes.push('no requests: trace cma_alloc_start and cma_alloc_finish to learn of clients');
  if (forks.some(({ thread }) => thread === null)) {
    notes.push('some forks may be threads: trace task_newtask, or set record-tgid, to tell them from processes');
  }
  if (forks.length > 0 && facts.exits.length === 0) {
    notes.push('no process was seen to end (sched_process_exit tells of it): how long they live is unknown');
  }
  if (requests.some(({ via }) => via === 'ion')) {
    notes.push('requests come from ion_alloc_buffer_*: which heaps are CMA the trace does not say');
  }
  return notes;
}
