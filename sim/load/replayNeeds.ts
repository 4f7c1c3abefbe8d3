/**
 * What a replay can need at most: processes at once, dead ones that wait for ksmd, and the paces that ksmd is given.
 */
import type { DeviceDescription, KsmSettings, LoadDescription, ReplayEvent } from '../description.ts';

export function eventsOf({ events }: Pick<LoadDescription, 'events'>): readonly ReplayEvent[] {
  return events ?? [];
}

export function countStarts(load: Pick<LoadDescription, 'events'>): number {
  return eventsOf(load).filter(({ action }) => action === 'start').length;
}

/**
 * By group: how many more processes than without the replay live at once. The end of a process that was not replayed
 * makes no room, since a spawner may fill it.
 */
export function replayedAtOnce(events: readonly ReplayEvent[]): ReadonlyMap<string, number> {
  const living = new Map<string, number>();
  const most = new Map<string, number>();
  const groups = new Map<string, string>();
  for (const event of events) {
    if (event.action === 'start') {
      const now = (living.get(event.group) ?? 0) + 1;
      living.set(event.group, now);
      most.set(event.group, Math.max(now, most.get(event.group) ?? 0));
      if (event.name !== null) groups.set(event.name, event.group);
    } else if (event.action === 'exit' || event.action === 'kill') {
      const group = 'name' in event.process ? groups.get(event.process.name)! : event.process.oldestOf;
      living.set(group, Math.max(0, (living.get(group) ?? 0) - 1));
    }
  }
  return most;
}

/** Most ends of processes within any `ns` of time. */
export function mostEndsWithin(events: readonly ReplayEvent[], ns: number): number {
  const ends = events.filter(({ action }) => action === 'exit' || action === 'kill').map(({ at }) => at);
  let most = 0;
  let first = 0;
  ends.forEach((at, index) => {
    while (at - ends[first] > ns) first++;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

/** The settings of ksmd that hold one after the other. */
export function ksmSettingsOver({ ksm, load }: DeviceDescription): readonly KsmSettings[] {
  const all = [ksm];
  for (const event of eventsOf(load)) {
    if (event.action !== 'ksm') continue;
    const last = all[all.length - 1];
    all.push({
      ...last,
      run: event.run ?? last.run,
      pages_to_scan: event.pages_to_scan ?? last.pages_to_scan,
      sleep_millisecs: event.sleep_millisecs ?? last.sleep_millisecs,
    });
  }
  return all;
}
