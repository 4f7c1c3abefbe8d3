/** From entries of `events:` to the model's terms: in the order of time, without what lies behind the end. */
import type { ReplayEvent } from '../../sim/index.ts';
import { orderOfTime, startedGroup, type EventFile } from './eventSchema.ts';
import type { WorkloadFile } from './workloadSchema.ts';

/** The events of a checked file that happen in its measured time. */
export function describeEvents(file: WorkloadFile): ReplayEvent[] {
  const groups = new Set(file.groups.map(({ name }) => name));
  const defaultArea = file.memory.cma.find((area) => area.value.default)!.name;
  return orderOfTime(file.events)
    .map((index) => file.events[index])
    .filter(({ at }) => at < file.duration)
    .map((event) => describeEvent(event, groups, defaultArea));
}

function describeEvent(event: EventFile, groups: ReadonlySet<string>, defaultArea: string): ReplayEvent {
  const { at, cma, ksm, from } = event;
  const group = startedGroup(event);
  if (group !== null) {
    return {
      at,
      action: 'start',
      group,
      // The oldest of the parent group forks unless somebody else is named.
      from: from === null || groups.has(from) ? null : from,
      name: event.name,
      startupNs: event.startup ?? 0,
    };
  }
  if (cma !== null) {
    const { client, area, size, align_order: alignOrder, hold } = cma;
    return { at, action: 'cma', client, area: area ?? defaultArea, pages: size, alignOrder, holdNs: hold };
  }
  if (ksm !== null) return { at, action: 'ksm', ...ksm };
  const ended = (event.exit ?? event.kill)!;
  return {
    at,
    action: event.exit === null ? 'kill' : 'exit',
    process: groups.has(ended) ? { oldestOf: ended } : { name: ended },
  };
}
