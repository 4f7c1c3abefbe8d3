/** The device at one moment, put together from all moments of a capture, and what changed between them. */
import type { AreaFacts, Facts, ProcessFacts, Reading, Snapshot, Table, ZoneFacts } from '../facts.ts';
import type { ValueSource } from '../draft.ts';

export interface View {
  readonly meminfo: Table;
  readonly vmstat: Table;
  readonly ksm: Table;
  readonly zones: readonly ZoneFacts[];
  readonly pageblocks: Table;
  readonly areas: readonly AreaFacts[];
  readonly system: Table;
  readonly lowmemorykiller: Snapshot['lowmemorykiller'];
  readonly processes: readonly ProcessFacts[];
}

/** What a counter grew by. */
export interface Growth {
  readonly value: number;
  /** s. */
  readonly seconds: number;
  readonly source: ValueSource;
}

/**
 * The latest moment that has processes is the device as it is; what that moment does not have comes from the nearest
 * other one, later ones first.
 */
export function viewOf(facts: Facts): View {
  const withProcesses = facts.snapshots.findLastIndex(({ processes }) => processes.length > 0);
  const at = withProcesses >= 0 ? withProcesses : facts.snapshots.length - 1;
  const order = [...facts.snapshots.slice(at), ...facts.snapshots.slice(0, Math.max(0, at)).reverse()];
  const first = <T>(get: (snapshot: Snapshot) => T, has: (value: T) => boolean, none: T): T =>
    order.map(get).find(has) ?? none;
  const table = (get: (snapshot: Snapshot) => Table): Table =>
    first<Table>(get, ({ size }) => size > 0, new Map<string, Reading>());
  return {
    meminfo: table(({ meminfo }) => meminfo),
    vmstat: table(({ vmstat }) => vmstat),
    ksm: table(({ ksm }) => ksm),
    zones: first<readonly ZoneFacts[]>(
      ({ zones }) => zones,
      ({ length }) => length > 0,
      [],
    ),
    pageblocks: table(({ pageblocks }) => pageblocks),
    areas: areasOf(order),
    // Single numbers of several files: none hides another.
    system: new Map(order.toReversed().flatMap(({ system }) => [...system])),
    lowmemorykiller: first(
      ({ lowmemorykiller }) => lowmemorykiller,
      ({ adj, minfree }) => adj.length > 0 && minfree.length > 0,
      { adj: [], minfree: [] },
    ),
    processes: order.at(0)?.processes ?? [],
  };
}

/** What is to be said when the inputs contradict each other about the memory; null when they do not. */
export function severalDevices({ snapshots }: Facts): string | null {
  const totals = snapshots.flatMap(({ meminfo }) => meminfo.get('MemTotal') ?? []);
  const other = totals.find(({ value }) => Math.abs(value - totals[0].value) > totals[0].value / 100);
  if (other === undefined) return null;
  const { value, place } = totals[0];
  return `the inputs are of different devices: MemTotal ${value} kB in ${place.file}, ${other.value} kB in ${other.place.file}; what is latest is used`;
}

/** Areas that debugfs knows by name; what dmesg and the command line tell of are the same ones. */
function areasOf(order: readonly Snapshot[]): AreaFacts[] {
  const merged = new Map<string, AreaFacts>();
  for (const area of order.flatMap(({ areas }) => areas)) {
    const known = merged.get(area.name);
    if (known === undefined) merged.set(area.name, { ...area });
    else {
      known.basePfn ??= area.basePfn;
      known.count ??= area.count;
    }
  }
  const all = [...merged.values()];
  const placed = all.filter(({ basePfn }) => basePfn !== null);
  return placed.length > 0 ? placed : all;
}

/**
 * How much a counter grew between the first and the last moment that have it; null when only one has, when it is not
 * known how far they are apart, or when the device was restarted between them.
 */
export function growthOf(facts: Facts, get: (snapshot: Snapshot) => Table, field: string): Growth | null {
  const having = facts.snapshots.flatMap((snapshot) => {
    const count = get(snapshot).get(field);
    const uptime = snapshot.system.get('uptime');
    return count === undefined || uptime === undefined ? [] : [{ count, uptime }];
  });
  const [first, last] = [having.at(0), having.at(-1)];
  if (first === undefined || last === undefined) return null;
  const seconds = last.uptime.value - first.uptime.value;
  const value = last.count.value - first.count.value;
  if (seconds < 1 || value < 0) return null;
  const source = {
    file: last.count.place.file,
    line: last.count.place.line,
    field: `${field}, ${value} in ${seconds} s`,
  };
  return { value, seconds, source };
}

/** The sum of several readings of a table, and what it was made of; null when the first is missing. */
export function sumOf(
  table: Table,
  fields: readonly string[],
): { readonly value: number; readonly source: ValueSource } | null {
  const readings = fields.flatMap((field) => table.get(field) ?? []);
  const [first] = readings as (Reading | undefined)[];
  if (first === undefined || !table.has(fields[0])) return null;
  return {
    value: readings.reduce((total, { value }) => total + value, 0),
    source: { file: first.place.file, line: first.place.line, field: readings.map(({ field }) => field).join(' + ') },
  };
}
