/**
 * What a trace tells of the load: who starts processes, who asks for contiguous memory, at rates or at recorded times.
 */
import { LIMITS } from '../../plan/limits.ts';
import { formatDuration } from '../../plan/units.ts';
import { UniqueNames } from '../names.ts';
import type { Derived, DerivedClient, DerivedSpawner } from '../trace/index.ts';
import { rateText, shareText, sizeText, type Context } from './context.ts';
import type { GroupPlan } from './groupPlan.ts';
import { TracedAreas } from './tracedAreas.ts';
import { isBorn, nodeOf, type Traced } from './traced.ts';
import { TracedGroups } from './tracedGroups.ts';
import { putReplay } from './tracedReplay.ts';

export function deriveTraced(context: Context): void {
  const { draft, replay, traced } = context;
  if (traced === null) return;
  draft.notes.push(...traced.derived.notes);
  const groups = new TracedGroups(context, traced);
  const areas = new TracedAreas(context, traced);
  if (replay) putReplay(context, traced, groups, areas);
  else {
    groups.write(putSpawners(context, traced, groups), new Set());
    putClients(context, traced, areas);
  }
}

/** Returns the groups that they start processes of. */
function putSpawners(context: Context, traced: Traced, groups: TracedGroups): Set<string> {
  const { draft, population } = context;
  const names = new UniqueNames();
  const { spawners, lineage } = traced.derived;
  /** Most processes alive at once of each group. */
  const most = new Map<GroupPlan, number>();
  for (const spawner of spawners.slice(0, LIMITS.clients)) {
    const { bornAt, exec } = lineage[spawner.first];
    const group = groups.of(
      lineage[spawner.first],
      spawner.start.value === 'exec' && exec !== null ? exec.at : (bornAt ?? 0),
    );
    if (group === null) continue;
    const others = population.groups.reduce(
      (sum, one) => sum + (one === group ? 0 : Math.max(one.count, most.get(one) ?? 0)),
      0,
    );
    // Those that were there before the trace live on beside those that it saw.
    const older = bornCount(context, group) ? 0 : group.count;
    const wanted = Math.max(1, group.count, older + spawner.maxLive.value);
    const maxLive = Math.max(group.count, Math.min(wanted, LIMITS.processes - others));
    if (maxLive < 1) {
      draft.notes.push(`spawners.${spawner.name}: there are ${others} processes already; left out`);
      continue;
    }
    most.set(group, Math.max(maxLive, most.get(group) ?? 0));
    putSpawner(context, ['spawners', names.of(spawner.name)], spawner, group, maxLive);
  }
  if (spawners.length > LIMITS.clients)
    draft.notes.push(`spawners: ${spawners.length - LIMITS.clients} of ${spawners.length} are left out`);
  return new Set([...most.keys()].map(({ name }) => name));
}

/** Whether the captured processes of a group were born in the trace. */
function bornCount({ population, traced, view }: Context, group: GroupPlan): boolean {
  return view.processes.some(
    (process) => population.groupOf.get(process) === group.name && isBorn(nodeOf(traced, process)),
  );
}

function putSpawner(
  context: Context,
  path: readonly string[],
  { grandchildren, life, lifeKind, maxLive, rate, startup }: DerivedSpawner,
  group: GroupPlan,
  most: number,
): void {
  context.draft.form([...path, 'group'], group.name);
  put(context, [...path, 'rate'], rate, (value) => rateText(Math.min(LIMITS.rate, value)));
  put(context, [...path, 'startup'], startup, durationText);
  put(context, [...path, 'life'], life, (value) => (value === null ? 'none' : durationText(Math.max(1e-9, value))));
  if (life.value !== null) put(context, [...path, 'life_kind'], lifeKind, String);
  const how =
    most === maxLive.value ? maxLive.how : `${maxLive.how}: ${maxLive.value}; with those that were there: ${most}`;
  put(context, [...path, 'max_live'], { ...maxLive, how, guess: most !== maxLive.value }, () => String(most));
  if (life.value !== null && grandchildren.value > 0)
    put(context, [...path, 'grandchildren'], grandchildren, shareText);
}

function putClients(context: Context, { derived }: Traced, areas: TracedAreas): void {
  const { draft } = context;
  const names = new UniqueNames();
  for (const client of derived.clients.slice(0, LIMITS.clients)) {
    const area = areas.of(client.area.value);
    const sizes = client.sizes.value.filter(({ pages }) => pages <= area.pages);
    const left = client.sizes.value.length - sizes.length;
    if (left > 0)
      draft.notes.push(
        `cma_clients.${client.name}: ${left} sizes are larger than area ${area.name} of ${area.pages} pages; left out`,
      );
    if (sizes.length === 0) continue;
    putClient(context, ['cma_clients', names.of(client.name)], client, area.name, sizes);
  }
  if (derived.clients.length > LIMITS.clients)
    draft.notes.push(
      `cma_clients: the first ${LIMITS.clients} of ${derived.clients.length} are taken, which is what a workload may have`,
    );
}

function putClient(
  context: Context,
  path: readonly string[],
  { alignOrder, area, hold, periodic, rate, sizes, start }: DerivedClient,
  areaName: string,
  kept: DerivedClient['sizes']['value'],
): void {
  const how = area.value === areaName ? area.how : `${area.how}, taken for ${areaName}`;
  put(context, [...path, 'area'], { ...area, how }, () => areaName);
  put(context, [...path, 'rate'], rate, (value) => rateText(Math.min(LIMITS.rate, value)));
  put(context, [...path, 'periodic'], periodic, String);
  kept.forEach(({ pages, weight }, at) => {
    const how = `${weight} requests; ${sizes.how}`;
    put(context, [...path, 'sizes', at, 'size'], { ...sizes, how }, () => sizeText(pages));
    context.draft.form([...path, 'sizes', at, 'weight'], String(weight));
  });
  put(context, [...path, 'align_order'], alignOrder, (value) => (value === null ? 'none' : String(value)));
  put(context, [...path, 'hold'], hold, durationText);
  if (periodic.value) put(context, [...path, 'start'], start, durationText);
}

function put<Value>(
  { draft }: Context,
  path: readonly (string | number)[],
  { guess, how, source, value }: Derived<Value>,
  text: (value: Value) => string,
): void {
  const place = { file: source.file, line: source.line, field: how };
  if (guess) draft.guess(path, text(value), how, { ...place, field: 'trace' });
  else draft.set(path, text(value), place);
}

/** Four digits, whole ns, at most a day. */
function durationText(seconds: number): string {
  return formatDuration(Math.min(LIMITS.durationNs, Math.round(Number(seconds.toPrecision(4)) * 1e9)));
}
