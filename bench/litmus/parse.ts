/**
 * Litmus files: YAML or JSON, one test a document or a suite `{scenarios: [...]}`, checked as a whole before any of it
 * runs. What names mean (is there such a process?) is found out by running.
 */
import { readFileSync, statSync } from 'node:fs';
import { SCRIPT_KERNEL_NAMES, type LitmusAction, type LitmusResult, type LitmusTest } from '../../sim/index.ts';
import { InputError, whyUnreadable } from '../errors.ts';
import { decodeUtf8 } from '../plan/utf8.ts';
import type { Place } from '../plan/node.ts';
import { Problems } from '../plan/problems.ts';
import { suggestion } from '../plan/suggest.ts';
import { ACTIONS, COUNTERS, PAGE_KEYS, PAGE_KINDS } from './actions.ts';
import type { ActionSpec, ValueKind } from './actions.ts';
import { Checker } from './checker.ts';
import type { Path } from './checker.ts';
import { readDocuments } from './document.ts';
import { LITMUS_LIMITS } from './limits.ts';
import { readExplore, readThreads } from './threads.ts';

/** Where an action is written, and its path in the file. */
interface ActionPlace {
  readonly place: Place;
  readonly path: Path;
}

/** A test, and where its parts are written. */
export interface LocatedTest {
  readonly test: LitmusTest;
  readonly file: string;
  /** The file gives threads, which only an exploration runs. */
  readonly hasThreads: boolean;
  /** Of action `step` of a thread, from 0. */
  readonly placeInThread: (thread: string, step: number) => ActionPlace;
  /** Of action `step` of the script, from 0 as results count. */
  readonly placeOf: (step: number) => ActionPlace;
}

/** A test and what came of it. */
export interface RanTest {
  readonly located: LocatedTest;
  readonly result: LitmusResult;
}

/** Tests of a file in order. Throws InputError with everything wrong in it. */
export function readLitmusFile(file: string): LocatedTest[] {
  return parseLitmus(readText(file), file);
}

function readText(file: string): string {
  try {
    if (statSync(file).size > LITMUS_LIMITS.fileBytes) {
      throw InputError.ofFile(file, `is longer than ${LITMUS_LIMITS.fileBytes / 1024 ** 2} MiB`);
    }
    return decodeUtf8(readFileSync(file), file);
  } catch (thrown) {
    if (thrown instanceof InputError) throw thrown;
    throw InputError.ofFile(file, `cannot be read: ${whyUnreadable(thrown)}`);
  }
}

/** Tests of a text; `file` is for messages. */
export function parseLitmus(text: string, file: string): LocatedTest[] {
  const problems = new Problems();
  const tests: LocatedTest[] = [];
  for (const document of readDocuments(text, file)) {
    const check = new Checker(document, problems);
    const { value } = document;
    if (value !== null && typeof value === 'object' && 'scenarios' in value) {
      check.knownKeys([], value, ['about', 'scenarios'], 'a suite');
      const scenarios = check.list(['scenarios'], value.scenarios, 'a list of tests', LITMUS_LIMITS.tests);
      scenarios?.forEach((scenario, index) => tests.push(...readTest(check, ['scenarios', index], scenario, file)));
    } else tests.push(...readTest(check, [], value, file));
  }
  refuseSameIds(tests, problems);
  if (tests.length === 0 && !problems.any)
    problems.add({ file, line: 1, column: 1 }, [], 'no litmus test in this file');
  problems.throwIfAny();
  return tests;
}

function refuseSameIds(tests: readonly LocatedTest[], problems: Problems): void {
  const seen = new Set<string>();
  for (const { test, placeOf } of tests) {
    const { place, path } = placeOf(0);
    if (seen.has(test.id)) problems.add(place, path, `a second test with the id '${test.id}'`);
    seen.add(test.id);
  }
}

const TEST_KEYS = ['id', 'title', 'kind', 'config', 'actions', 'why', 'threads', 'explore'];

function readTest(check: Checker, path: Path, value: unknown, file: string): LocatedTest[] {
  const object = check.object(path, value, 'a litmus test (a map with id and actions)');
  if (object === null) return [];
  check.knownKeys(path, object, TEST_KEYS, 'a litmus test');
  const id = check.text([...path, 'id'], object['id'], 'a name for the test', LITMUS_LIMITS.nameLength);
  const optionalText = (key: string): string =>
    object[key] === undefined ? '' : (check.text([...path, key], object[key], key, LITMUS_LIMITS.textLength) ?? '');
  const test: LitmusTest = {
    id: id ?? '',
    title: optionalText('title'),
    kind: optionalText('kind'),
    config: readConfig(check, [...path, 'config'], object['config']),
    actions: readActions(check, [...path, 'actions'], object['actions']),
    ...(object['threads'] === undefined
      ? {}
      : { threads: readThreads(check, [...path, 'threads'], object['threads'], checkAction) }),
    ...(object['explore'] === undefined
      ? {}
      : { explore: readExplore(check, [...path, 'explore'], object['explore']) }),
    why: optionalText('why'),
  };
  const placeOf = (step: number): ActionPlace => {
    const at = [...path, 'actions', step];
    return { place: check.document.place(at), path: at };
  };
  const placeInThread = (thread: string, step: number): ActionPlace => {
    const at = [...path, 'threads', thread, step];
    return { place: check.document.place(at), path: at };
  };
  return [{ test, file, hasThreads: object['threads'] !== undefined, placeOf, placeInThread }];
}

function readConfig(check: Checker, path: Path, value: unknown): LitmusTest['config'] {
  if (value === undefined || value === null) return {};
  const object = check.object(path, value, 'a map');
  if (object === null) return {};
  check.knownKeys(path, object, ['cma', 'pagevec', 'kernel', 'max_page_sharing'], 'config');
  const { cma, pagevec, kernel, max_page_sharing: limit } = object;
  if (kernel !== undefined) check.oneOf([...path, 'kernel'], kernel, SCRIPT_KERNEL_NAMES);
  if (limit !== undefined) {
    const at = [...path, 'max_page_sharing'];
    check.whole(at, limit, 'the largest number of rmap_items of a page', 2, LITMUS_LIMITS.actions);
    if (kernel === undefined || kernel === 'linux-3.10')
      check.problems.add(check.document.place(at), at, 'linux-3.10 has no max_page_sharing; give config.kernel too');
  }
  if (pagevec !== undefined && typeof pagevec !== 'boolean')
    check.unexpected([...path, 'pagevec'], 'true or false', pagevec);
  if (cma !== undefined) {
    const frame = (item: unknown): boolean =>
      Number.isInteger(item) && (item as number) >= 0 && (item as number) <= LITMUS_LIMITS.frame;
    const isSpan = Array.isArray(cma) && cma.length === 2 && cma.every(frame) && cma[0] < cma[1];
    if (!isSpan) check.unexpected([...path, 'cma'], 'two frame numbers [first, end] with first below end', cma);
  }
  return object;
}

function readActions(check: Checker, path: Path, value: unknown): LitmusAction[] {
  const list = check.list(path, value, 'a list of actions', LITMUS_LIMITS.actions) ?? [];
  list.forEach((action, index) => checkAction(check, [...path, index], action));
  return list as LitmusAction[];
}

function checkAction(check: Checker, path: Path, value: unknown): void {
  const action = check.object(path, value, 'an action (a map with op)');
  if (action === null) return;
  const { op } = action;
  if (op === undefined) {
    check.problems.add(check.document.place(path), path, 'this action has no op');
    return;
  }
  const spec = typeof op === 'string' && Object.hasOwn(ACTIONS, op) ? ACTIONS[op] : undefined;
  if (spec === undefined) {
    const hint = typeof op === 'string' ? suggestion(op, Object.keys(ACTIONS)) : '';
    check.problems.add(
      check.document.place([...path, 'op']),
      [...path, 'op'],
      `unknown op ${JSON.stringify(op)}${hint}`,
    );
    return;
  }
  check.knownKeys(path, action, ['op', 'expect', ...Object.keys(spec.keys)], op as string);
  for (const [key, { kind, required }] of Object.entries(spec.keys)) {
    if (action[key] !== undefined) checkValue(check, [...path, key], action[key], kind);
    else if (required)
      check.problems.add(check.document.place(path), path, `${op as string} needs '${key}', ${described(kind)}`);
  }
  if (action['expect'] !== undefined) checkExpect(check, [...path, 'expect'], action['expect'], op as string, spec);
  else if (op === 'check' && action['absent'] === undefined) {
    check.problems.add(check.document.place(path), path, "check needs 'expect', what to compare the state with");
  }
}

function described(kind: ValueKind): string {
  return typeof kind === 'string' ? `a ${kind}` : `one of ${kind.join(', ')}`;
}

function checkValue(check: Checker, path: Path, value: unknown, kind: ValueKind): void {
  const limits = LITMUS_LIMITS;
  if (typeof kind !== 'string') return check.oneOf(path, value, kind);
  switch (kind) {
    case 'process':
    case 'name':
    case 'page label':
    case 'content':
      check.text(path, value, `a ${kind}`, limits.nameLength);
      return;
    case 'virtual page number':
      check.whole(path, value, `a ${kind}`, 0, limits.address);
      return;
    case 'frame number':
      check.whole(path, value, `a ${kind}`, 0, limits.frame);
      return;
    case 'number of pages':
      check.whole(path, value, `a ${kind}`, 1, limits.pages);
      return;
    case 'repeat count':
      check.whole(path, value, `a ${kind}`, 1, limits.repeats);
      return;
    case 'truth value':
      if (typeof value !== 'boolean') check.unexpected(path, 'true or false', value);
      return;
    case 'list of page labels':
      check.texts(path, value, `a ${kind}`, limits.actions);
      return;
  }
}

function checkExpect(check: Checker, path: Path, value: unknown, op: string, spec: ActionSpec): void {
  const expect = check.object(path, value, 'a map of what to compare');
  if (expect === null) return;
  if (spec.reports.length === 0) {
    if (Object.keys(expect).length > 0)
      check.problems.add(check.document.place(path), path, `${op} reports nothing to compare; use a check`);
    return;
  }
  check.knownKeys(path, expect, spec.reports, `what ${op} reports`);
  if (op === 'check') checkState(check, path, expect);
}

function checkState(check: Checker, path: Path, expect: Readonly<Record<string, unknown>>): void {
  const part = (key: string): Readonly<Record<string, unknown>> =>
    expect[key] === undefined ? {} : (check.object([...path, key], expect[key], 'a map') ?? {});
  for (const [label, value] of Object.entries(part('pages'))) {
    const page = check.object([...path, 'pages', label], value, `a map with ${PAGE_KEYS.join(', ')}`);
    if (page === null) continue;
    check.knownKeys([...path, 'pages', label], page, PAGE_KEYS, 'a page');
    if (page['kind'] !== undefined) check.oneOf([...path, 'pages', label, 'kind'], page['kind'], PAGE_KINDS);
  }
  check.knownKeys([...path, 'counters'], part('counters'), COUNTERS, 'the counters');
  part('ptes');
  const { mm_slots: slots, cursor } = expect;
  if (slots !== undefined) check.texts([...path, 'mm_slots'], slots, 'a list of processes', LITMUS_LIMITS.actions);
  if (cursor !== undefined && cursor !== null)
    check.text([...path, 'cursor'], cursor, 'a process or null', LITMUS_LIMITS.nameLength);
}
