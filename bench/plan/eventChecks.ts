/**
 * What the schema cannot see of `events:`: one action each, and lives that can be lived. The events are gone through in
 * the order of time with a list of who is there, as far as a file can know it: lowmemorykiller is not foreseen.
 */
import { ACTIONS, orderOfTime, startedGroup, type EventFile } from './eventSchema.ts';
import { LIMITS } from './limits.ts';
import type { Step } from './node.ts';
import type { Note } from './problems.ts';
import { quote } from './quote.ts';
import type { Named } from './schema.ts';
import { nearest, suggestion } from './suggest.ts';
import type { GroupFile, WorkloadFile } from './workloadSchema.ts';

/**
 * After this many problems the rest of the events is not looked at: one slip early on can make all later ones wrong.
 */
const MOST_PROBLEMS = 20;

/** Notes everything that does not fit together. `base`: processes alive without the events, at most. */
export function checkEvents(file: WorkloadFile, base: number, note: Note): void {
  if (file.events.length === 0) return;
  let problems = 0;
  const walk = new Walk(file, base, (path, message) => {
    problems++;
    note(path, message);
  });
  for (const index of orderOfTime(file.events)) {
    walk.check(file.events[index], index);
    if (problems >= MOST_PROBLEMS) return;
  }
}

/** A time as traces have it, in seconds whatever its digits. */
function seconds(ns: number): string {
  return `${ns / 1e9} s`;
}

/** Who is there of a group. */
interface Members {
  readonly group: Named<GroupFile>;
  /** Those without a name; Infinity: a spawner makes more. */
  unnamed: number;
  named: number;
  /** Started by events and not ended since. */
  replayed: number;
}

class Walk {
  readonly #file: WorkloadFile;
  readonly #note: Note;
  readonly #members: ReadonlyMap<string, Members>;
  /** Group of each living process that has a name. */
  readonly #living = new Map<string, string>();
  /** When the process of a name was last ended, and is first started, ns. */
  readonly #ended = new Map<string, number>();
  readonly #starts = new Map<string, number>();
  readonly #clients = new Set<string>();
  #processes: number;

  constructor(file: WorkloadFile, base: number, note: Note) {
    this.#file = file;
    this.#note = note;
    this.#processes = base;
    const spawned = new Set(file.spawners.map((spawner) => spawner.value.group));
    this.#members = new Map(
      file.groups.map((group) => {
        const unnamed = spawned.has(group.name) ? Infinity : group.value.count;
        return [group.name, { group, unnamed, named: 0, replayed: 0 }];
      }),
    );
    for (const { name, at } of file.events) {
      if (name !== null) this.#starts.set(name, Math.min(at, this.#starts.get(name) ?? Infinity));
    }
  }

  check(event: EventFile, index: number): void {
    const path = ['events', index];
    const actions = ACTIONS.filter((action) => event[action] !== null);
    if (actions.length !== 1) {
      const found = actions.length === 0 ? 'none' : actions.join(' and ');
      this.#note(path, `an event does exactly one of ${ACTIONS.join(', ')}; found ${found}`);
      return;
    }
    const [action] = actions;
    const started = startedGroup(event);
    this.#refuseStrayKeys(event, action, path);
    if (started !== null) this.#start(event, started, [...path, action]);
    else if (event.cma !== null) this.#request(event.cma, [...path, 'cma']);
    else if (event.ksm !== null) this.#settings(event.ksm, [...path, 'ksm']);
    else this.#end((event.exit ?? event.kill)!, event.at, [...path, action]);
  }

  #refuseStrayKeys(event: EventFile, action: string, path: readonly Step[]): void {
    const stray = (['from', 'name', 'startup'] as const).filter((key) => event[key] !== null);
    for (const key of stray) {
      if (action === 'fork' || (action === 'exec' && key !== 'from')) continue;
      const belongs = key === 'from' ? '`fork`' : '`fork` and `exec`';
      this.#note([...path, key], `belongs to ${belongs}, this event is \`${action}\`; remove it`);
    }
  }

  #start({ at, from, name }: EventFile, groupName: string, path: readonly Step[]): void {
    const members = this.#members.get(groupName);
    if (members === undefined) {
      this.#note(path, `unknown group ${quote(groupName)}${suggestion(groupName, [...this.#members.keys()])}`);
      return;
    }
    const { start } = members.group.value;
    if (path.at(-1) !== start) {
      this.#note(path, `group \`${groupName}\` has \`start: ${start}\`; write \`${start}: ${groupName}\``);
      return;
    }
    if (start === 'fork') this.#checkParent(members.group, from, at, path);
    this.#countStart(members, path);
    if (name === null) members.unnamed++;
    else this.#give(name, members, [...path.slice(0, -1), 'name']);
  }

  /** Somebody of the parent group must be there to fork. */
  #checkParent({ name, value }: Named<GroupFile>, from: string | null, at: number, path: readonly Step[]): void {
    const parents = value.parent === null ? undefined : this.#members.get(value.parent);
    // A parent that is none was noted where the group is.
    if (parents === undefined) return;
    const fromPath = [...path.slice(0, -1), 'from'];
    const group = from === null || this.#members.has(from) ? from : this.#groupOf(from, at, fromPath);
    if (group === undefined) return;
    if (group !== null && group !== parents.group.name) {
      const whose = from === group ? '' : `${quote(from!)} is a process of \`${group}\`, but `;
      this.#note(fromPath, `${whose}group \`${name}\` is forked from \`${parents.group.name}\``);
    } else if (parents.unnamed + parents.named === 0) {
      this.#note(path, `nobody of group \`${parents.group.name}\` is there to fork at ${seconds(at)}`);
    }
  }

  #countStart(members: Members, path: readonly Step[]): void {
    members.replayed++;
    this.#processes++;
    if (this.#processes === LIMITS.processes + 1) {
      const most = `at most ${LIMITS.processes} are possible`;
      this.#note(
        path,
        `makes ${this.#processes} processes at once (the most that spawners keep alive counted); ${most}`,
      );
    }
  }

  #give(name: string, members: Members, path: readonly Step[]): void {
    if (this.#members.has(name)) {
      this.#note(path, `is the name of a group; give the process another`);
    } else if (this.#living.has(name)) {
      this.#note(
        path,
        `process \`${name}\` lives still; a name can be given again after an \`exit\` or a \`kill\` of it`,
      );
    } else {
      members.named++;
      this.#living.set(name, members.group.name);
    }
  }

  #end(name: string, at: number, path: readonly Step[]): void {
    const members = this.#members.get(name);
    if (members === undefined) {
      const group = this.#groupOf(name, at, path);
      if (group === undefined) return;
      this.#living.delete(name);
      this.#ended.set(name, at);
      this.#countEnd(this.#members.get(group)!).named--;
    } else if (members.unnamed === 0) {
      const named = members.named === 0 ? '' : ` without a name (${members.named} with one: end them by it)`;
      this.#note(path, `nobody of group \`${name}\` is there${named} at ${seconds(at)}`);
    } else {
      this.#countEnd(members).unnamed--;
    }
  }

  #countEnd(members: Members): Members {
    // Where a process was not started by an event, its end makes no room: a spawner may fill it.
    if (members.replayed > 0) this.#processes--;
    members.replayed = Math.max(0, members.replayed - 1);
    return members;
  }

  /** Group of the living process of that name; undefined, and a note, when there is none. */
  #groupOf(name: string, at: number, path: readonly Step[]): string | undefined {
    const group = this.#living.get(name);
    if (group !== undefined) return group;
    const ended = this.#ended.get(name);
    const start = this.#starts.get(name);
    if (ended !== undefined) {
      this.#note(path, `process \`${name}\` has ended at ${seconds(ended)}`);
    } else if (start !== undefined) {
      this.#note(path, `process \`${name}\` is started at ${seconds(start)}, after ${seconds(at)}`);
    } else {
      const groups = [...this.#members.keys()];
      const known = [...groups, ...this.#living.keys()];
      // The list of all that live would be long.
      const hint = suggestion(name, nearest(name, known) === null ? groups : known);
      this.#note(path, `unknown process or group ${quote(name)}${hint}`);
    }
    return undefined;
  }

  #request({ client, area, size }: NonNullable<EventFile['cma']>, path: readonly Step[]): void {
    const areas = this.#file.memory.cma;
    const used = area === null ? areas.find((one) => one.value.default) : areas.find((one) => one.name === area);
    if (used === undefined) {
      // Without a default area the device itself is refused.
      if (area === null) return;
      const names = areas.map((one) => one.name);
      this.#note([...path, 'area'], `unknown CMA area ${quote(area)}${suggestion(area, names)}`);
    } else if (size > used.value.size) {
      this.#note([...path, 'size'], `is ${size} pages, but area \`${used.name}\` has ${used.value.size}`);
    }
    if (this.#clients.has(client)) return;
    this.#clients.add(client);
    if (this.#file.cma_clients.some((one) => one.name === client)) {
      const advice = `take it away with \`${client}: none\` or use another name`;
      this.#note([...path, 'client'], `\`${client}\` stands under cma_clients and asks by itself; ${advice}`);
    }
    if (this.#clients.size === LIMITS.clients + 1)
      this.#note([...path, 'client'], `makes ${this.#clients.size} clients; at most ${LIMITS.clients} are possible`);
  }

  #settings(settings: NonNullable<EventFile['ksm']>, path: readonly Step[]): void {
    if (Object.values(settings).some((value) => value !== null)) return;
    this.#note(path, `writes nothing; give at least one of ${Object.keys(settings).join(', ')}`);
  }
}
