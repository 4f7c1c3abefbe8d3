/**
 * The threads of a litmus file made ready for an exploration: names become numbers, and what the small machine of the
 * exploration must have room for is counted.
 *
 * A thread's action whose process does not exist yet waits for it; one whose process or page is gone, or whose address
 * is not mapped any more, passes without effect: its task died. Each process name is created once, so that a number
 * stands for one mm.
 */
import { NONE } from '../../memory/frames.ts';
import { LEAF_PAGES } from '../../process/pageTables.ts';
import type { LitmusAction, LitmusTest } from '../types.ts';

/** What a thread may do. */
export const THREAD_OPS = [
  'proc',
  'mmap',
  'write',
  'fork',
  'exit',
  'munmap',
  'mremap',
  'madvise',
  'migrate',
  'cma',
  'pin',
  'unpin',
  'lock',
  'unlock',
  'drain',
  'ksmd',
] as const;
export type ThreadOp = (typeof THREAD_OPS)[number];

/** Something about a thread that makes no sense: exit code 2. */
export class ThreadError extends Error {
  readonly thread: string;
  /** Index of the action in the thread, from 0. */
  readonly step: number;

  constructor(thread: string, step: number, message: string) {
    super(message);
    this.name = 'ThreadError';
    this.thread = thread;
    this.step = step;
  }
}

/** One action in numbers; what an op does not use is NONE or false. */
export interface Act {
  readonly op: ThreadOp;
  /** Process it concerns, and the child of a fork. */
  readonly process: number;
  readonly child: number;
  /** Address (vpn) or first frame; pages; new address. */
  readonly at: number;
  readonly n: number;
  readonly to: number;
  readonly data: string;
  /** Page label that it names or gives. */
  readonly label: number;
  readonly cma: boolean;
  readonly force: boolean;
  readonly mergeable: boolean;
  readonly advice: string;
}

export interface Thread {
  readonly name: string;
  /** ksmd itself, which never ends. */
  readonly isKsmd: boolean;
  readonly acts: readonly Act[];
  readonly actions: readonly LitmusAction[];
}

export interface Script {
  readonly test: LitmusTest;
  readonly threads: readonly Thread[];
  readonly processes: readonly string[];
  readonly labels: readonly string[];
  /** Some thread allocates a contiguous range: which frames of the area are free matters. */
  readonly usesArea: boolean;
}

/** ptes of all mappings of a process together, and processes, that an exploration can be asked for. */
const MOST_PAGES = 64;
const MOST_PROCESSES = 16;
const HIGHEST_ADDRESS = 16 * LEAF_PAGES;

/** Throws ThreadError. */
export function compileScript(test: LitmusTest): Script {
  refuseKernel(test);
  const processes = processesOf(test);
  const labels: string[] = [];
  const threads = Object.entries(test.threads ?? {}).map(([name, actions]) => {
    return compileThread(name, actions, processes, labels);
  });
  const second = threads.filter(({ isKsmd }) => isKsmd).at(1);
  if (second !== undefined) throw new ThreadError(second.name, 0, 'there is one ksmd only');
  const usesArea = threads.some(({ acts }) => acts.some(({ op }) => op === 'cma'));
  const script = { test, threads, processes, labels, usesArea };
  checkSize(script);
  return script;
}

/** What is wrong with a script before its threads begin is told of the first one. */
function firstThread({ threads = {} }: LitmusTest): string {
  return Object.keys(threads).at(0) ?? '';
}

/** What 6.1 adds to the state (chains of stable_nodes, disabled pagevecs) is neither saved nor compared. */
function refuseKernel(test: LitmusTest): void {
  const { kernel = 'linux-3.10' } = test.config;
  if (kernel === 'linux-3.10') return;
  throw new ThreadError(firstThread(test), 0, `only linux-3.10 can be explored, not ${kernel}`);
}

/** Names of the processes that the scene makes, then of those that the threads make. */
function processesOf(test: LitmusTest): readonly string[] {
  const made = new Set<string>();
  /** Adds the process that the action makes, if it makes one; the name that was there already, else null. */
  const addMade = ({ op, p, child }: LitmusAction): string | null => {
    if (op !== 'proc' && op !== 'fork') return null;
    const name = String(child ?? p);
    if (made.has(name)) return name;
    made.add(name);
    return null;
  };
  for (const action of test.actions) {
    const twice = addMade(action);
    if (twice === null) continue;
    throw new ThreadError(firstThread(test), 0, `actions make two processes named ${twice}; names must differ here`);
  }
  for (const [name, actions] of Object.entries(test.threads ?? {})) {
    actions.forEach((action, step) => {
      const twice = addMade(action);
      if (twice === null) return;
      throw new ThreadError(name, step, `a second process named ${twice}; names must differ here`);
    });
  }
  return [...made];
}

/** Adds the labels that the thread names to `labels`. */
function compileThread(
  name: string,
  actions: readonly LitmusAction[],
  processes: readonly string[],
  labels: string[],
): Thread {
  const isKsmd = actions.some(({ op }) => op === 'ksmd');
  if (isKsmd && actions.length > 1) throw new ThreadError(name, 0, 'the thread of ksmd is [{ op: ksmd }] alone');
  if (isKsmd) return { name, isKsmd, acts: [], actions };
  const acts = actions.map((action, step): Act => {
    const processOf = (key: string): number => {
      if (action[key] === undefined) return NONE;
      const wanted = textOf(action, key);
      const found = processes.indexOf(wanted);
      if (found < 0) throw new ThreadError(name, step, `nobody creates a process ${wanted}`);
      return found;
    };
    const number = (key: string): number => (typeof action[key] === 'number' ? action[key] : NONE);
    return {
      op: action.op as ThreadOp,
      process: processOf(action.op === 'fork' ? 'parent' : 'p'),
      child: processOf('child'),
      at: Math.max(number('at'), number('start'), number('from')),
      n: number('n'),
      to: number('to'),
      data: textOf(action, 'data'),
      label: labelOf(action, labels),
      cma: action['cma'] === true,
      force: action['force'] === true,
      mergeable: action['mergeable'] !== false,
      advice: textOf(action, 'advice'),
    };
  });
  checkHolding(name, acts);
  return { name, isKsmd, acts, actions };
}

/** Number of the page label that the action names, a new one at its first mention; NONE without. */
function labelOf({ page }: LitmusAction, labels: string[]): number {
  if (typeof page !== 'string') return NONE;
  const known = labels.indexOf(page);
  return known >= 0 ? known : labels.push(page) - 1;
}

/** A thread drops the page locks and references that it took, one of each at a time. */
function checkHolding(name: string, acts: readonly Act[]): void {
  for (const [take, drop] of [
    ['lock', 'unlock'],
    ['pin', 'unpin'],
  ]) {
    let held = NONE;
    for (let step = 0; step < acts.length; step++) {
      const { op, label } = acts[step];
      if (op === take && held !== NONE)
        throw new ThreadError(name, step, `it holds a ${take} already: ${drop} it first`);
      if (op === drop && held !== label)
        throw new ThreadError(name, step, `${drop} must follow a ${take} of that page`);
      if (op === take) held = label;
      if (op === drop) held = NONE;
    }
    if (held !== NONE && take === 'lock')
      throw new ThreadError(name, acts.length - 1, 'the thread ends and never unlocks the page');
  }
}

function textOf(action: LitmusAction, key: string): string {
  const value = action[key];
  return typeof value === 'string' ? value : '';
}

function checkSize(script: Script): void {
  const { threads, test, processes } = script;
  const name = threads[0]?.name ?? '';
  if (processes.length > MOST_PROCESSES)
    throw new ThreadError(name, 0, `${processes.length} processes, at most ${MOST_PROCESSES} can be explored`);
  let pages = 0;
  for (const { op, n, start, to } of [...test.actions, ...threads.flatMap((thread) => thread.actions)]) {
    if (op !== 'mmap' && op !== 'mremap') continue;
    pages += n as number;
    if (((op === 'mmap' ? start : to) as number) + (n as number) > HIGHEST_ADDRESS)
      throw new ThreadError(name, 0, `a mapping past page ${HIGHEST_ADDRESS}, too high to be explored`);
  }
  if (pages > MOST_PAGES)
    throw new ThreadError(name, 0, `mappings of ${pages} pages, at most ${MOST_PAGES} can be explored`);
}
