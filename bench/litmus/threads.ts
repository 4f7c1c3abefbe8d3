/** The keys `threads` and `explore` of a litmus file: what acts at once, and what an exploration is known to find. */
import { THREAD_OPS, VERDICTS, WINDOW_CAUSES } from '../../sim/index.ts';
import type { LitmusAction, ThreadOp } from '../../sim/index.ts';
import type { Place } from '../plan/node.ts';
import { ACTIONS } from './actions.ts';
import type { Checker, Path } from './checker.ts';
import { LITMUS_LIMITS } from './limits.ts';

type CheckAction = (check: Checker, path: Path, value: unknown) => void;

/** Threads by name; `checkAction` checks an action as one of a script. */
export function readThreads(
  check: Checker,
  path: Path,
  value: unknown,
  checkAction: CheckAction,
): Record<string, readonly LitmusAction[]> {
  const object = check.object(path, value, 'a map from thread names to lists of actions');
  if (object === null) return {};
  const entries = Object.entries(object);
  if (entries.length === 0) check.unexpected(path, 'at least one thread', 'none');
  if (entries.length > LITMUS_LIMITS.threads)
    check.unexpected(path, `at most ${LITMUS_LIMITS.threads} threads`, `${entries.length} threads`);
  const threads = entries.map(([name, actions]) => {
    const at = [...path, name];
    if (name === '' || name.length > LITMUS_LIMITS.nameLength) check.unexpected(at, 'a thread with a short name', name);
    const list = check.list(at, actions, 'a list of actions', LITMUS_LIMITS.threadActions) ?? [];
    if (list.length === 0 && Array.isArray(actions)) check.unexpected(at, 'at least one action', 'none');
    list.forEach((action, step) => checkThreadAction(check, [...at, step], action, checkAction));
    return [name, list as LitmusAction[]] as const;
  });
  // Not by assignment, for which `__proto__` is no name like any other.
  return Object.fromEntries(threads);
}

function checkThreadAction(check: Checker, path: Path, value: unknown, checkAction: CheckAction): void {
  const place = (at: Path): Place => check.document.place(at);
  const { op, expect, by } = (value ?? {}) as Record<string, unknown>;
  const isKnown = typeof op === 'string' && Object.hasOwn(ACTIONS, op);
  if (op === 'ksmd') {
    const action = check.object(path, value, 'an action (a map with op)');
    if (action !== null) check.knownKeys(path, action, ['op'], 'ksmd');
  } else if (isKnown && !THREAD_OPS.includes(op as ThreadOp)) {
    check.problems.add(
      place([...path, 'op']),
      [...path, 'op'],
      `${op} makes no sense in a thread; there are: ${THREAD_OPS.join(', ')}`,
    );
  } else {
    checkAction(check, path, value);
    if (expect !== undefined)
      check.problems.add(
        place([...path, 'expect']),
        [...path, 'expect'],
        'a thread expects nothing: any order may come',
      );
    if (by !== undefined) check.problems.add(place([...path, 'by']), [...path, 'by'], 'who it is by is its thread');
  }
}

/** What the author of a script knows that an exploration finds under stock. */
export function readExplore(check: Checker, path: Path, value: unknown): { cause?: string; verdict?: string } {
  const object = check.object(path, value, 'a map');
  if (object === null) return {};
  check.knownKeys(path, object, ['cause', 'verdict'], 'explore');
  if (object['cause'] !== undefined) check.oneOf([...path, 'cause'], object['cause'], WINDOW_CAUSES);
  if (object['verdict'] !== undefined) check.oneOf([...path, 'verdict'], object['verdict'], VERDICTS);
  return object;
}
