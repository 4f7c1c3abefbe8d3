/** For tests of traces: a small cell that fails often, an output in memory, the rules of the Trace Event Format. */
import { planCells, loadWorkload } from '../plan/index.ts';
import type { Cell } from '../plan/types.ts';
import type { FormatName } from './format.ts';
import { GROUPS } from './groups.ts';
import type { Group } from './groups.ts';
import { Chunked } from './output.ts';
import { traceCell } from './traceCell.ts';
import type { Traced } from './traceCell.ts';

/** Some seconds of fork-heavy whose drivers ask often and for a short time. */
export function failingCell(seed = 2): Cell {
  const workload = loadWorkload('fork-heavy', { set: [], durationNs: 8e9, quick: false });
  const { description } = workload;
  const cmaClients = description.load.cmaClients.map((client) => ({ ...client, perSecond: 10, holdNs: 20e6 }));
  const hurried = { ...description, warmupNs: 4e9, load: { ...description.load, cmaClients } };
  const [cell] = planCells({
    workloads: [{ ...workload, description: hurried }],
    strategies: ['stock'],
    seeds: 1,
    firstSeed: seed,
    auditEveryNs: 0,
  });
  return cell;
}

export class MemoryOutput extends Chunked {
  text = '';

  protected put(chunk: Buffer): void {
    this.text += chunk.toString();
  }

  patch(position: number, text: string): void {
    this.flush();
    this.text = this.text.slice(0, position) + text + this.text.slice(position + text.length);
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }
}

/** The text of a trace of the cell; the window in ns from the start of the device. */
export async function traceText(
  cell: Cell,
  format: FormatName,
  { from = 0, to = Infinity, groups = undefined as readonly Group[] | undefined } = {},
): Promise<{ text: string; traced: Traced }> {
  const output = new MemoryOutput();
  const traced = await traceCell(cell, output, {
    run: 'run',
    format,
    window: { from, to, groups: groups ?? GROUPS },
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  return { text: output.text, traced };
}

/** One event of a trace in JSON. */
export interface JsonEvent {
  readonly name?: string;
  readonly ph: string;
  readonly ts: number;
  readonly dur?: number;
  readonly pid: number;
  readonly tid: number;
  readonly id?: number;
  readonly cat?: string;
  readonly s?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** What a reader makes of a trace. */
export interface Checked {
  /** Spans with their depth, in order of their beginning. */
  readonly spans: readonly { name: string; begin: number; end: number; depth: number; pid: number; tid: number }[];
  /** Names of the spans that arrows lead between. */
  readonly arrows: readonly { from: string; to: string; begin: number; end: number }[];
  readonly names: ReadonlyMap<number, string>;
}

interface OpenSpan {
  readonly name: string;
  readonly begin: number;
  /** ns; Infinity for B until its E. */
  end: number;
  readonly at: number;
}

/**
 * Reads events as Perfetto does (JsonTraceTokenizer, TraceSorter, SliceTracker and FlowTracker of its trace_processor):
 * sorted by time, those of equal time E first, then X that take time, the longest first, then as they stand; B and E on
 * a stack for each track, X put among them, arrows bound to the innermost span, which an X is until the next span of
 * its track. Throws Error for whatever it would drop or mend.
 */
export function checkTraceEvents(events: readonly JsonEvent[]): Checked {
  const spans: { name: string; begin: number; end: number; depth: number; pid: number; tid: number }[] = [];
  const arrows: { from: string; to: string; begin: number; end: number }[] = [];
  const names = new Map<number, string>();
  const stacks = new Map<number, OpenSpan[]>();
  const tails = new Map<number, { name: string; ts: number }>();
  const pidOf = new Map<number, number>();
  const fail = (event: JsonEvent, why: string): never => {
    throw new Error(`${why}: ${JSON.stringify(event)}`);
  };
  const sorted = events.map((event, index) => ({ event, index, at: nanoseconds(event.ts) }));
  sorted.sort((a, b) => a.at - b.at || rank(a.event) - rank(b.event) || a.index - b.index);
  for (const { event, at } of sorted) {
    const { ph, pid, tid, name = '' } = event;
    if (!Number.isInteger(pid) || !Number.isInteger(tid)) fail(event, 'pid and tid are numbers');
    if ((pidOf.get(tid) ?? pid) !== pid) fail(event, 'a tid belongs to one pid');
    pidOf.set(tid, pid);
    if (name === '') fail(event, 'a name is missing');
    const stack = stacks.get(tid) ?? [];
    stacks.set(tid, stack);
    if ('BEXi'.includes(ph)) while (stack.length > 0 && stack[stack.length - 1].end <= at) stack.pop();
    const innermost = stack.at(-1);
    const push = (end: number): void => {
      if (innermost !== undefined && end > innermost.end && end !== Infinity)
        fail(event, 'overlaps the span around it');
      spans.push({ name, begin: at, end, depth: stack.length, pid, tid });
      stack.push({ name, begin: at, end, at: spans.length - 1 });
    };
    switch (ph) {
      case 'B':
        push(Infinity);
        break;
      case 'E': {
        const span = stack.pop();
        if (span?.end !== Infinity || span.name !== name) fail(event, 'ends nothing');
        spans[span!.at].end = at;
        break;
      }
      case 'X':
        if (event.dur === undefined || event.dur < 0) fail(event, 'X has a duration');
        push(at + nanoseconds(event.dur!));
        break;
      case 'i':
        if (event.s !== 't' && event.s !== 'g') fail(event, 'an instant has a scope');
        break;
      case 'C':
        if (!Object.values(event.args ?? {}).every(Number.isFinite)) fail(event, 'a counter has numbers');
        break;
      case 's':
        if (innermost === undefined) fail(event, 'an arrow begins outside of any span');
        if (tails.has(event.id!)) fail(event, 'an arrow begins twice');
        tails.set(event.id!, { name: innermost!.name, ts: at });
        break;
      case 't': {
        const tail = tails.get(event.id!);
        if (tail === undefined) fail(event, 'an arrow goes on that did not begin');
        if (innermost === undefined) fail(event, 'an arrow ends outside of any span');
        arrows.push({ from: tail!.name, to: innermost!.name, begin: tail!.ts, end: at });
        tails.set(event.id!, { name: innermost!.name, ts: at });
        break;
      }
      case 'M':
        if (name === 'thread_name') names.set(tid, event.args!['name'] as string);
        break;
      default:
        fail(event, 'unknown phase');
    }
  }
  for (const [tid, stack] of stacks) {
    const left = stack.find(({ end }) => end === Infinity);
    if (left !== undefined) throw new Error(`${left.name} on track ${tid} never ends`);
  }
  return { spans, arrows, names };
}

/** Order of events of the same time. */
function rank({ ph, dur = 0 }: JsonEvent): number {
  return ph === 'E' ? -Infinity : ph === 'X' ? -dur : 0;
}

/** Microseconds with decimals as whole ns. */
function nanoseconds(us: number): number {
  return Math.round(us * 1e3);
}
