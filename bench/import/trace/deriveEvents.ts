/** What a workload replays: births and deaths of processes, and requests for contiguous memory, at their times. */
import type { TraceFacts } from '../traceFacts.ts';
import type { LineageNode, ReplayEvent } from './derived.ts';
import { areaName } from './deriveClients.ts';
import { replayClients } from './replayClients.ts';

/** s from fork to exec within which the process between them is not worth telling. */
const EXEC_FOLLOWS = 1;

/**
 * In the order of time; `at` counts from the start of the trace. `clientOf`: whose the requests are; `holds`: s, of
 * clients.
 */
export function deriveEvents(
  facts: TraceFacts,
  lineage: readonly LineageNode[],
  clientOf: readonly string[],
  holds: ReadonlyMap<string, number>,
): ReplayEvent[] {
  const clients = replayClients(facts.requests, clientOf);
  const events: ReplayEvent[] = [
    ...lineage.flatMap((_, index) => lifeEvents(index, lineage, facts)),
    ...facts.requests.map((request, index): ReplayEvent => {
      const { t, line, area, pages, alignOrder, held, ok } = request;
      const hold = ok === true ? held : (holds.get(clientOf[index]) ?? 0);
      const place = { client: clients[index], area: areaName(area), pages, alignOrder };
      const source = { file: facts.file, line };
      return { kind: 'cma', at: t, source, ...place, hold, holdIsGuess: ok !== true };
    }),
  ];
  return events.sort((a, b) => a.at - b.at || a.source.line - b.source.line);
}

function lifeEvents(index: number, lineage: readonly LineageNode[], { file }: TraceFacts): ReplayEvent[] {
  const node = lineage[index];
  const { id, parent, bornAt, diedAt, diedLine, killed, exec, group, forkGroup, line } = node;
  // What was there already belongs to the population, which knows it by other names.
  if (parent === null || bornAt === null) return [];
  const events: ReplayEvent[] = [];
  const execsAtOnce = exec !== null && exec.at - bornAt <= EXEC_FOLLOWS;
  let name = id;
  if (!execsAtOnce) {
    const from = nameOf(lineage[parent], bornAt);
    events.push({ kind: 'fork', at: bornAt, source: { file, line }, group: forkGroup, from, name, node: index });
  }
  if (exec !== null) {
    const source = { file, line: exec.line };
    // A process of its own from here on: exec replaces all of its memory.
    if (!execsAtOnce) events.push({ kind: 'exit', at: exec.at, source, name });
    name = nameOf(node, exec.at) ?? id;
    events.push({ kind: 'exec', at: exec.at, source, group, name, node: index });
  }
  if (diedAt !== null) {
    const source = { file, line: diedLine ?? line };
    events.push({ kind: killed ? 'kill' : 'exit', at: diedAt, source, name });
  }
  return events;
}

/** What the replay calls a process at a time; null for one that was there before the trace. */
function nameOf({ id, bornAt, exec }: LineageNode, t: number): string | null {
  if (bornAt === null) return null;
  return exec !== null && exec.at - bornAt > EXEC_FOLLOWS && exec.at <= t ? `${id}-exec` : id;
}
