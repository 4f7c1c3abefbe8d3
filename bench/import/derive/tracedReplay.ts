/** The events of a trace as `events:` of the workload: what was recorded happens again at its time. */
import { REPLAY_LIMITS } from '../../plan/index.ts';
import { formatDuration } from '../../plan/units.ts';
import { digits3 } from '../../report/units.ts';
import type { Flow } from '../draft.ts';
import { UniqueNames } from '../names.ts';
import type { ReplayEvent } from '../trace/index.ts';
import { sizeText, type Context } from './context.ts';
import type { GroupPlan } from './groupPlan.ts';
import type { TracedAreas } from './tracedAreas.ts';
import { isBorn, nodeOf, type Traced } from './traced.ts';
import type { TracedGroups } from './tracedGroups.ts';

/** Largest `align_order` of an event. */
const MOST_ALIGN_ORDER = 10;
const MS = 1e6;

export function putReplay(context: Context, traced: Traced, groups: TracedGroups, areas: TracedAreas): void {
  const { draft } = context;
  const { events, file, lineage, seconds } = traced.derived;
  withoutBorn(context);
  const placed = events.map((event): Placed => ({ event, group: groupOf(event) }));
  const replay = new Replay(context, areas);
  for (const one of placed) replay.take(one);
  groups.write(new Set(), replay.started);
  // Events at the very end of a workload do not happen: the last one stands within it.
  const length = (Math.floor((seconds * 1e9) / MS) + 1) * MS;
  draft.set(['duration'], formatDuration(Math.min(REPLAY_LIMITS.durationNs, length)), {
    file,
    line: null,
    field: 'its length; comments of events name its lines',
  });
  replay.write();
  const before = lineage.filter(({ parent, diedAt, exec }) => parent === null && (diedAt ?? exec) !== null).length;
  if (before > 0)
    draft.notes.push(
      `events: processes that were there before the trace and ended or called exec in it go on: ${before}`,
    );

  function groupOf(event: ReplayEvent): GroupPlan | null {
    return event.kind === 'fork' || event.kind === 'exec' ? groups.of(lineage[event.node], event.at) : null;
  }
}

/** Captured processes that the trace saw being born are not there at boot. */
function withoutBorn({ draft, population, traced, view }: Context): void {
  const born = new Set(
    view.processes
      .filter((process) => isBorn(nodeOf(traced, process)))
      .map((process) => population.groupOf.get(process)),
  );
  // Children first: whoever has some at boot must be there at boot.
  for (const group of population.groups.toReversed()) {
    const hasChildren = population.groups.some(({ count, parent }) => parent === group.name && count > 0);
    if (!born.has(group.name) || hasChildren || group.countSource === null) continue;
    group.count = 0;
    const field = `${group.countSource.field}, born in the trace: the events start them`;
    draft.set(['groups', group.name, 'count'], '0', { ...group.countSource, field });
  }
}

interface Placed {
  readonly event: ReplayEvent;
  /** Of whom it starts. */
  readonly group: GroupPlan | null;
}

/** Goes through the events in the order of time, and leaves out what the plan would refuse. */
class Replay {
  readonly #context: Context;
  readonly #areas: TracedAreas;
  readonly #lines: { readonly flow: Flow; readonly line: number; readonly what: string }[] = [];
  /** Events behind the most that a workload has, and when the first of them was, s. */
  #beyond = 0;
  #beyondFrom = Infinity;
  readonly #names: UniqueNames;
  /** What the workload calls the processes of the trace. */
  readonly #nameOf = new Map<string, string>();
  /** Group of each living process that the events started. */
  readonly #alive = new Map<string, string>();
  /** Living processes by group, and all together. */
  readonly #members: Map<string, number>;
  #processes: number;
  readonly #left = new Map<string, number>();
  /** Groups that events start processes of. */
  readonly started = new Set<string>();
  #guessedHolds = 0;

  constructor(context: Context, areas: TracedAreas) {
    const { groups } = context.population;
    this.#context = context;
    this.#areas = areas;
    this.#names = new UniqueNames(groups.map(({ name }) => name));
    this.#members = new Map(groups.map(({ name, count }) => [name, count]));
    this.#processes = groups.reduce((sum, { count }) => sum + count, 0);
  }

  take({ event, group }: Placed): void {
    if (event.kind === 'fork' || event.kind === 'exec') this.#start(event, group);
    else if (event.kind === 'cma') this.#request(event);
    else this.#end(event);
  }

  write(): void {
    const { draft } = this.#context;
    this.#lines.forEach(({ flow, line, what }, index) => {
      draft.line(['events', index], flow, { file: this.#context.traced?.derived.file ?? '', line, field: what });
    });
    if (this.#beyond > 0)
      draft.notes.push(
        `events: ${this.#beyond} of ${this.#beyond + this.#lines.length}, from ${digits3(this.#beyondFrom)} s on, are not replayed; a workload has ${REPLAY_LIMITS.events} at most`,
      );
    for (const [why, count] of this.#left) draft.notes.push(`events: ${count} are not replayed: ${why}`);
    if (this.#guessedHolds > 0)
      draft.notes.push(
        `events: ${this.#guessedHolds} requests failed; should they succeed, they are held as long as others of their client (a guess)`,
      );
  }

  #start(event: Extract<ReplayEvent, { kind: 'fork' | 'exec' }>, group: GroupPlan | null): void {
    const { at, kind, source } = event;
    if (group === null) return this.#leave('there are too many groups');
    if (this.#processes >= REPLAY_LIMITS.processes)
      return this.#leave(`${REPLAY_LIMITS.processes} processes at once are the most, those at boot counted`);
    if (group.parent !== null && (this.#members.get(group.parent) ?? 0) === 0)
      return this.#leave(`nobody of group ${group.parent} is there to fork`);
    const name = this.#named(event.name);
    const from = kind === 'fork' && event.from !== null ? this.#named(event.from) : null;
    const isThere = from !== null && this.#alive.get(from) === group.parent;
    this.#alive.set(name, group.name);
    this.#members.set(group.name, (this.#members.get(group.name) ?? 0) + 1);
    this.#processes++;
    const action = group.parent === null ? 'exec' : 'fork';
    const parent = isThere ? { from } : {};
    if (this.#add(at, source.line, { at: timeText(at), [action]: group.name, ...parent, name }))
      this.started.add(group.name);
  }

  #end({ at, kind, name: traced, source }: Extract<ReplayEvent, { kind: 'exit' | 'kill' }>): void {
    const name = this.#named(traced);
    const group = this.#alive.get(name);
    if (group === undefined) return this.#leave('ends of processes that are not replayed');
    this.#alive.delete(name);
    this.#members.set(group, (this.#members.get(group) ?? 1) - 1);
    this.#processes--;
    this.#add(at, source.line, { at: timeText(at), [kind]: name });
  }

  #request(event: Extract<ReplayEvent, { kind: 'cma' }>): void {
    const { alignOrder, at, client, hold, holdIsGuess, pages, source } = event;
    const area = this.#areas.of(event.area);
    if (pages > area.pages) return this.#leave(`requests larger than area ${area.name} of ${area.pages} pages`);
    if (alignOrder !== null && alignOrder > MOST_ALIGN_ORDER)
      return this.#leave(`requests aligned to more than order ${MOST_ALIGN_ORDER}`);
    if (holdIsGuess) this.#guessedHolds++;
    const held = hold === null ? 'none' : timeText(hold);
    const align = alignOrder === null ? {} : { align_order: String(alignOrder) };
    const cma = { client, area: area.name, size: sizeText(pages), ...align, hold: held };
    this.#add(at, source.line, { at: timeText(at), cma }, holdIsGuess ? 'hold is a guess' : '');
  }

  /** Whether there is room for it. */
  #add(at: number, line: number, flow: Flow, what = ''): boolean {
    if (this.#lines.length < REPLAY_LIMITS.events) {
      this.#lines.push({ flow, line, what });
      return true;
    }
    this.#beyond++;
    this.#beyondFrom = Math.min(this.#beyondFrom, at);
    return false;
  }

  #leave(why: string): void {
    this.#left.set(why, (this.#left.get(why) ?? 0) + 1);
  }

  #named(id: string): string {
    const known = this.#nameOf.get(id);
    if (known !== undefined) return known;
    const name = this.#names.of(id);
    this.#nameOf.set(id, name);
    return name;
  }
}

/** Whole ns, in seconds whatever its digits, as traces have it. */
function timeText(seconds: number): string {
  return `${seconds.toFixed(9).replace(/\.?0+$/, '')} s`;
}
