/** What a workload replays: births and deaths of processes, and requests for contiguous memory, at their times. */
import type { TraceFacts } from '../traceFacts.ts';
import type { LineageNode, ReplayEvent } from './derived.ts';
import { areaName } from './deriveClients.ts';

/** s from fork to exec within which the process between them is not worth telling. */
const EXEC_FOLLOWS = 1;

/** In the order of time; `at` counts from the start of the trace. `clientOf`: whose the requests are. */
export function deriveEvents(
  facts: TraceFacts,
  lineage: readonly LineageNode[],
  clientOf: readonly string[],
  holds: ReadonlyMap<string, number>,
): ReplayEvent[] {
  const events: ReplayEvent[] = [
    ...lineage.flatMap((node) => lifeEvents(node, lineage, facts)),
    ...facts.requests.map((request, index): ReplayEvent => {
      const { t, line, area, pages, alignOrder, held } = request;
      const client = clientOf[index];
      const hold = held ?? holds.get(client) ?? 0;
      const place = { client, area: areaName(area), pages, alignOrder };
      const source = { file: facts.file, line };
      return { kind: 'cma', at: t, source, ...place, hold, holdIsGuess: held === null };
    }),
  ];
  return events.sort((a, b) => a.at - b.at || a.source.line - b.source.line);
}

function lifeEvents(node: LineageNode, lineage: readonly LineageNode[], { file }: TraceFacts): ReplayEvent[] {
  const { id, parent, bornAt, diedAt, exec, group, line } = node;
  // What was there already belongs to the population, which knows it by other names.
  if (parent === null || bornAt === null) return [];
  const from = lineage[parent].bornAt === null ? null : lineage[parent].id;
  const source = { file, line };
  const events: ReplayEvent[] = [];
  const execsAtOnce = exec !== null && exec.at - bornAt <= EXEC_FOLLOWS;
  let name = id;
  if (!execsAtOnce) events.push({ kind: 'fork', at: bornAt, source, group, from, name });
  if (exec !== null) {
    const execSource = { file, line: exec.line };
    if (!execsAtOnce) {
      // A process of its own from here on: exec replaces all of its memory.
      events.push({ kind: 'exit', at: exec.at, source: execSource, name });
      name = `${id}-exec`;
    }
    events.push({ kind: 'exec', at: exec.at, source: execSource, group, name });
  }
  if (diedAt !== null) events.push({ kind: 'exit', at: diedAt, source: { file, line: node.diedLine ?? line }, name });
  return events;
}
