/**
 * Everything that determines the results of a side but its seeds, as flat text by path: what `compare` looks for
 * differences in. Paths are those of a workload file as far as there is one; entries of lists go by their names.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../plan/index.ts';
import type { ResolvedWorkload } from '../plan/types.ts';

/** Path to value. */
export type Facts = ReadonlyMap<string, string>;

/** Rooms of a description by what workload files call them. */
const FILE_NAMES: Readonly<Record<string, string>> = {
  'load.groups': 'groups',
  'load.spawners': 'spawners',
  'load.cmaClients': 'cma_clients',
  'load.pins': 'pins',
  'load.pageCache': 'page_cache',
  'load.contentEpochNs': 'content_epoch',
  'program.params': 'program',
  settleScans: 'settle_scans',
  warmupNs: 'warm_up',
  durationNs: 'duration',
};

/** Facts of the description of a workload alone. */
export function describedFacts({ description }: Pick<ResolvedWorkload, 'description'>): Facts {
  const facts = new Map<string, string>();
  const { events, ...load } = description.load;
  flatten({ ...description, load }, '', (path, value) => facts.set(renamed(path), value));
  if (events !== undefined) facts.set('events', eventsText(events));
  return facts;
}

/** Facts of the description and the settings of a workload, and the names of its profiles. */
export function factsOf(workload: ResolvedWorkload): Facts {
  const facts = new Map(describedFacts(workload));
  // The name of a profile stands for it: its entries are `kernel.*`.
  facts.set('device', workload.device);
  facts.set('kernel', workload.kernel);
  for (const name of ['kernel.name', 'kernel.about']) facts.delete(name);
  for (const [path, value] of Object.entries(workload.settings)) {
    if (!isOfEvents(path)) facts.set(path, String(value));
  }
  return facts;
}

function isOfEvents(path: string): boolean {
  return path === 'events' || path.startsWith('events[');
}

/** One fact for a whole recording: how many events, and a hash of what they are. */
function eventsText(events: readonly unknown[]): string {
  const hash = createHash('sha256').update(canonicalJson(events)).digest('hex').slice(0, 8);
  return `${events.length} (${hash})`;
}

function renamed(path: string): string {
  const room = Object.keys(FILE_NAMES).find((name) => path === name || path.startsWith(`${name}.`));
  return room === undefined ? path : FILE_NAMES[room] + path.slice(room.length);
}

function flatten(value: unknown, path: string, add: (path: string, value: string) => void): void {
  if (typeof value !== 'object' || value === null) {
    add(path, String(value));
    return;
  }
  const entries = Array.isArray(value)
    ? value.map((item: unknown, index) => [nameOf(item) ?? String(index), item] as const)
    : Object.entries(value).filter(([key]) => key !== 'name');
  if (entries.length === 0) add(path, 'none');
  for (const [key, item] of entries) flatten(item, path === '' ? key : `${path}.${key}`, add);
}

function nameOf(item: unknown): string | null {
  const name = typeof item === 'object' && item !== null ? (item as { name?: unknown; pool?: unknown }) : {};
  const found = name.name ?? name.pool;
  return typeof found === 'string' ? found : null;
}
