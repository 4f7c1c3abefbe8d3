/** Who forked whom, and what each was called when: all processes of a trace, threads counted with theirs. */
import type { Exec, Exit, Fork, Kill, TraceFacts } from '../traceFacts.ts';
import type { LineageNode } from './derived.ts';
import { planName, UniqueNames } from '../names.ts';

/**
 * Names of the zygotes, also as cma-stress traces them; since Android 8 the first thread of one may be called `main`.
 */
const ZYGOTE = /^(?:webview_|app_)?zygote(?:64)?(?:[- ]\d+)?$/;
/** Zygotes that a zygote forks. */
const OF_A_ZYGOTE = /^(?:webview_|app_)zygote/;
const MAYBE_ZYGOTE = 'main';
/** A fork without exec by that many is a launcher's work, so that `main` is taken for a zygote. */
const LAUNCHES = 2;
/** Letters of a parent's group in its children's. */
const LONGEST_PARENT = 30;

type Draft = { -readonly [Key in keyof LineageNode]: LineageNode[Key] } & {
  names: { at: number | null; name: string }[];
};
type Moment =
  | ({ readonly kind: 'fork' } & Fork)
  | ({ readonly kind: 'exec' | 'rename' } & Exec)
  | ({ readonly kind: 'exit' } & Exit)
  | ({ readonly kind: 'kill' } & Kill);

export function deriveLineage(facts: TraceFacts): LineageNode[] {
  const lineage = new Lineage(facts);
  for (const moment of momentsOf(facts)) lineage.take(moment);
  return lineage.finished();
}

function momentsOf({ forks, execs, renames, exits, kills }: TraceFacts): Moment[] {
  const all: Moment[] = [
    ...forks.map((fork) => ({ kind: 'fork' as const, ...fork })),
    ...execs.map((exec) => ({ kind: 'exec' as const, ...exec })),
    ...renames.map((rename) => ({ kind: 'rename' as const, ...rename })),
    ...kills.map((kill) => ({ kind: 'kill' as const, ...kill })),
    ...exits.map((exit) => ({ kind: 'exit' as const, ...exit })),
  ];
  return all.sort((a, b) => a.t - b.t || a.line - b.line);
}

class Lineage {
  readonly #nodes: Draft[] = [];
  /** By pid: the process that has it now. */
  readonly #now = new Map<number, number>();
  /** How often a pid was given out. */
  readonly #uses = new Map<number, number>();
  readonly #listed: ReadonlyMap<number, string>;
  readonly #hasExits: boolean;

  constructor({ processes, exits }: TraceFacts) {
    this.#hasExits = exits.length > 0;
    this.#listed = new Map(processes.map(({ pid, name }) => [pid, name]));
  }

  take(moment: Moment): void {
    const { t, line, pid } = moment;
    switch (moment.kind) {
      case 'fork':
        return this.#fork(moment);
      case 'exec':
      case 'rename': {
        const node = this.#nodes[this.#at(pid, '', line)];
        const { kind, name } = moment;
        if (kind === 'exec') node.exec ??= { at: t, line, name };
        if (node.names.at(-1)?.name !== name) node.names.push({ at: t, name });
        return;
      }
      case 'kill':
        this.#nodes[this.#at(pid, '', line)].killed = true;
        // In a trace without exits it is the only word of an end.
        if (!this.#hasExits) this.#end(this.#at(pid, '', line), t, line);
        return;
      case 'exit':
        return this.#end(this.#at(pid, moment.comm, line), t, line);
    }
  }

  finished(): LineageNode[] {
    const groups = new Groups();
    // Parents stand before their children, so their names and origins are known.
    for (const node of this.#nodes) {
      const parent = node.parent === null ? null : this.#nodes[node.parent];
      node.isZygote = isZygote(node, parent);
      node.fromZygote = parent !== null && (parent.isZygote || parent.fromZygote);
      node.forkGroup =
        parent === null
          ? groups.there(node.names.at(0)?.name ?? '')
          : groups.forked(groupAt(parent, node.bornAt ?? 0), parent.isZygote && !node.isZygote);
      node.group = node.exec === null ? node.forkGroup : groups.execed(node.exec.name);
    }
    return this.#nodes;
  }

  #end(index: number, t: number, line: number): void {
    const node = this.#nodes[index];
    node.diedAt = t;
    node.diedLine = line;
    this.#now.delete(node.pid);
  }

  #fork({ t, line, pid, comm, childPid, childComm, thread }: Fork): void {
    const parent = this.#at(pid, comm, line);
    if (thread === true) {
      this.#nodes[parent].threads++;
      return;
    }
    this.#nodes[parent].forks++;
    this.#add({ pid: childPid, name: childComm, parent, bornAt: t, line });
  }

  /** Index of the process that has the pid, which is taken for one that was there already when it is new. */
  #at(pid: number, comm: string, line: number): number {
    const listed = this.#listed.get(pid) ?? comm;
    return this.#now.get(pid) ?? this.#add({ pid, name: listed, parent: null, bornAt: null, line });
  }

  #add({
    pid,
    name,
    parent,
    bornAt,
    line,
  }: Pick<Draft, 'pid' | 'parent' | 'bornAt' | 'line'> & { name: string }): number {
    const use = (this.#uses.get(pid) ?? 0) + 1;
    this.#uses.set(pid, use);
    const index = this.#nodes.length;
    this.#nodes.push({
      id: use === 1 ? `p${pid}` : `p${pid}-${use}`,
      pid,
      parent,
      bornAt,
      line,
      diedAt: null,
      diedLine: null,
      killed: false,
      names: name === '' ? [] : [{ at: bornAt, name }],
      exec: null,
      isZygote: false,
      fromZygote: false,
      forks: 0,
      threads: 0,
      group: '',
      forkGroup: '',
    });
    this.#now.set(pid, index);
    return index;
  }
}

/** comm at a time, s. */
export function nameAt({ names }: Pick<LineageNode, 'names'>, t: number): string {
  return names.findLast(({ at }) => at === null || at <= t)?.name ?? names.at(0)?.name ?? '';
}

function isZygote({ names, forks, exec }: Draft, parent: Draft | null): boolean {
  if (names.some(({ name }) => ZYGOTE.test(name))) {
    // A child bears its parent's name until it has its own; those with a name before are forked from the first one.
    if (parent?.isZygote === true && exec === null) return names.some(({ name }) => OF_A_ZYGOTE.test(name));
    return parent === null || exec !== null || forks >= LAUNCHES;
  }
  return parent === null && forks >= LAUNCHES && names.some(({ name }) => name === MAYBE_ZYGOTE);
}

/** Group that a process belongs to at a time, s. */
export function groupAt({ exec, group, forkGroup }: LineageNode, t: number): string {
  return exec !== null && exec.at <= t ? group : forkGroup;
}

/** Names of groups, so that those of one are born in one way and from one parent group. */
class Groups {
  readonly #names = new UniqueNames();
  readonly #byOrigin = new Map<string, string>();

  /** Those that were there already. */
  there(name: string): string {
    return this.#of(`there ${name}`, planName(name, 'process'));
  }

  execed(program: string): string {
    return this.#of(`exec ${program}`, planName(program, 'program'));
  }

  forked(parentGroup: string, isApp: boolean): string {
    return this.#of(`fork ${isApp} ${parentGroup}`, isApp ? 'app' : `${parentGroup.slice(0, LONGEST_PARENT)}-child`);
  }

  #of(origin: string, name: string): string {
    let group = this.#byOrigin.get(origin);
    if (group === undefined) this.#byOrigin.set(origin, (group = this.#names.of(name)));
    return group;
  }
}
