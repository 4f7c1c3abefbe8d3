/**
 * The part of a page's history that concerns one lost mapping, as a litmus file to be explored: the processes that take
 * part, what they did in the order in which they did it, ksmd and a migration free to come in between anywhere.
 *
 * Differences from the history: one address stands for each process, everybody else is left out, and of many writes of
 * one process only those that count are kept. Which order of ksmd's steps among these reproduces the loss is searched
 * for.
 */
import type { LitmusAction, LitmusTest } from '../litmus/types.ts';
import type { Cause } from '../observations.ts';
import type { Life } from '../watch/lives.ts';
import type { History } from './history.ts';
import { firstOpening } from './opening.ts';
import type { LostMapping, PageEvent, Role } from './types.ts';

/** The address in the script, and the content that is merged. */
const AT = 16;
const SAME = 'same';
const PAGE = 'shared';
/** Somebody else has the same content, or nothing would be merged; when it was written is not known. */
const PARTNER: readonly LitmusAction[] = [
  { op: 'proc', p: 'Q' },
  { op: 'mmap', p: 'Q', start: AT, n: 1 },
  { op: 'write', p: 'Q', at: AT, data: SAME, page: 'other', cma: true },
];
/** User actions of a scene: of a longer history how it begins and how it ends. */
const FIRST_ACTIONS = 8;
const LAST_ACTIONS = 20;

/** Two passes: the first sees that a page is quiet, the second merges it. */
const MERGE: LitmusAction = { op: 'pass', count: 2 };

export interface Scenes {
  readonly scenes: readonly LitmusTest[];
  readonly cast: readonly Role[];
}

/**
 * Scenes to try, one after the other: they differ in whether the rmap_item that goes is there first, in when the
 * partner acts, and in the page that somebody else locks or migrates. None where history does not say how the gap
 * opened.
 */
export function scenesOf(history: History, lost: LostMapping, failedAt: number): Scenes {
  if (lost.opening === null) return { scenes: [], cast: [] };
  const opening = firstOpening(lost.opening);
  const { lives } = history;
  const { vpn } = lost.mapping;
  const family = lost.mapping.family;
  const events = history.events.filter(({ at }) => at <= failedAt);
  const child = lives.withPid(lost.mapping.process.pid)!;
  const owner = opening.event.process === null ? child : lives.withPid(opening.event.process.pid)!;
  const made = events.find(({ kind }) => kind === 'upgraded')?.process ?? null;
  const relatives = [child, owner, ...(made === null ? [] : [lives.withPid(made.pid)!])]
    .filter(({ root }) => root.pid === family)
    .flatMap(ancestors);
  const roles = rolesOf([...new Set(relatives)], child, owner);
  // The rmap_item that went later: what comes before it in the history is not to come after it in the script.
  const merge = events.findLast(
    (event) =>
      event.kind === 'item-added' &&
      event.process?.pid === opening.event.process?.pid &&
      event.vpn === opening.event.vpn &&
      event.at <= opening.at,
  );
  const { user, merged } = familyActions(history, events, roles, vpn, merge);
  const cause = lost.mapping.gap?.cause ?? opening.cause;
  const actions = [...user.slice(0, FIRST_ACTIONS), ...user.slice(FIRST_ACTIONS).slice(-LAST_ACTIONS)];
  const cast = [...roles].map(([{ pid, name }, role]) => ({ role, process: { pid, name } }));
  const ksmd = [{ op: 'ksmd' }];
  const besides = others(cause, [...PARTNER, ...actions]);
  // A script in which the partner comes first reads more easily, where that is enough.
  const early = besides.map((more) => ({ user: [...PARTNER, ...actions], ...more, ksmd }));
  const late = besides.map((more) => ({ user: actions, partner: PARTNER, ...more, ksmd }));
  const scene = (before: readonly LitmusAction[], threads: NonNullable<LitmusTest['threads']>): LitmusTest => ({
    ...{ id: '', title: '', kind: 'core', config: {}, why: '' },
    actions: before,
    threads,
  });
  const inOrder =
    merged === 0
      ? []
      : besides.map((more) => {
          const before = [...PARTNER, ...user.slice(0, merged).slice(0, FIRST_ACTIONS), MERGE];
          return scene(before, { user: user.slice(merged).slice(-LAST_ACTIONS), ...more, ksmd });
        });
  return { scenes: [...inOrder, ...[...early, ...late].map((threads) => scene([], threads))], cast };
}

/** Who else has to act for the cause, one possibility after the other: on each page that may become the KSM page. */
function others(cause: Cause, actions: readonly LitmusAction[]): Record<string, readonly LitmusAction[]>[] {
  const labels = actions.flatMap(({ data, page }) => (data === SAME && typeof page === 'string' ? [page] : []));
  if (cause === 'B4') return labels.map((page) => ({ migrator: [{ op: 'migrate', page }] }));
  if (cause !== 'B6') return [{}];
  return labels.map((page) => ({
    io: [
      { op: 'lock', page },
      { op: 'unlock', page },
    ],
  }));
}

function ancestors(life: Life): Life[] {
  return life.parent === null ? [life] : [...ancestors(life.parent), life];
}

/** P whose rmap_item it was, C whose mapping is lost, others A, B ... in the order of their birth. */
function rolesOf(lives: readonly Life[], child: Life, owner: Life): Map<Life, string> {
  const others = 'ABDEFGHIJKLMNO';
  let next = 0;
  const ordered = [...lives].sort((a, b) => a.pid - b.pid);
  return new Map(
    ordered.map((life) => {
      if (life === child) return [life, 'C'];
      return [life, life === owner ? 'P' : others[next++ % others.length]];
    }),
  );
}

/** `merged`: how many of the actions come before the event `merge`; 0 where there is no such event. */
function familyActions(
  history: History,
  events: readonly PageEvent[],
  roles: ReadonlyMap<Life, string>,
  vpn: number,
  merge: PageEvent | undefined,
): { user: LitmusAction[]; merged: number } {
  const { lives, mergeable } = history;
  const lifeOf = (pid: number): Life => lives.withPid(pid)!;
  const actions: LitmusAction[] = [];
  const isMergeable = (life: Life): boolean => mergeable.get(life) ?? true;
  const start = (life: Life): void => {
    const p = roles.get(life)!;
    actions.push(
      { op: 'proc', p },
      { op: 'mmap', p, start: AT, n: 1, ...(isMergeable(life) ? {} : { mergeable: false }) },
    );
  };
  for (const life of roles.keys()) if (life.parent === null) start(life);
  let own = 0;
  const written = events.filter((event) => {
    const isRelevant = event.kind === 'written' && event.process !== null && roles.has(lifeOf(event.process.pid));
    return isRelevant && (event.vpn === vpn || event.isItself === true);
  });
  let merged = 0;
  for (const event of events) {
    if (event === merge) merged = actions.length;
    if (event.process === null) continue;
    const life = lifeOf(event.process.pid);
    const p = roles.get(life);
    if (event.kind === 'forked') {
      const born = lifeOf(event.other!.pid);
      const childRole = roles.get(born);
      if (p === undefined || childRole === undefined) continue;
      actions.push({ op: 'fork', parent: p, child: childRole });
      if (isMergeable(born) && !isMergeable(life))
        actions.push({ op: 'madvise', p: childRole, start: AT, n: 1, advice: 'MERGEABLE' });
    } else if (event.kind === 'exited' && p !== undefined) {
      actions.push({ op: 'exit', p });
    } else if (event.kind === 'written' && written.includes(event)) {
      const isMerged = event.isItself === true || becomesMerged(events, event);
      if (!isMerged && !counts(written, event)) continue;
      actions.push({
        op: 'write',
        p,
        at: AT,
        data: isMerged ? SAME : `own${++own}`,
        ...(isMerged
          ? { page: event.isItself === true ? PAGE : `${p!.toLowerCase()}${actions.length}`, cma: true }
          : {}),
      });
    }
  }
  return { user: actions, merged };
}

/** What was written is merged into the page before it is written again. */
function becomesMerged(events: readonly PageEvent[], event: PageEvent): boolean {
  const isSame = (other: PageEvent): boolean => other.process?.pid === event.process!.pid && other.vpn === event.vpn;
  const after = events.slice(events.indexOf(event) + 1).find((other) => {
    return isSame(other) && (other.kind === 'merged' || other.kind === 'written');
  });
  return after?.kind === 'merged';
}

/** Of writes of one process in a row that nothing came of, the last. */
function counts(written: readonly PageEvent[], event: PageEvent): boolean {
  const next = written.slice(written.indexOf(event) + 1).find(({ process }) => process!.pid === event.process!.pid);
  return next === undefined || next.isItself === true;
}
