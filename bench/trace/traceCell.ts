/** Runs a cell again and writes down what it does, as it does it. */
import { setImmediate } from 'node:timers/promises';
import { runCellBySeconds, Tracer } from '../../sim/index.ts';
import type { TraceEvent } from '../../sim/index.ts';
import { asError } from '../errors.ts';
import type { Cell } from '../plan/types.ts';
import { blame, strategiesOf } from '../plugin/index.ts';
import { FtraceFormat } from './ftrace.ts';
import type { FormatName, TraceFormat, TraceSubject } from './format.ts';
import { unwanted } from './groups.ts';
import type { Output } from './output.ts';
import { PerfettoFormat } from './perfetto.ts';
import { WindowedTrace } from './window.ts';
import type { TraceWindow } from './window.ts';

export interface TraceOptions {
  readonly run: string;
  readonly format: FormatName;
  readonly window: TraceWindow;
  readonly signal: AbortSignal;
  /** Called after each simulated second with the time since the start of the device, ns. */
  readonly progress: (now: number) => void;
}

export interface Traced {
  readonly isInterrupted: boolean;
  /** What broke the cell; null when nothing did. */
  readonly broken: Error | null;
  /** How far the trace goes, ns from the start of the device. */
  readonly until: number;
  readonly events: number;
  /** Requests that ended in the window, and those of them that failed. */
  readonly requests: number;
  readonly failures: number;
}

/**
 * Traces the cell into `output`, which it closes, up to where the cell breaks down if it does. The event loop runs
 * after each simulated second.
 */
export async function traceCell(cell: Cell, output: Output, options: TraceOptions): Promise<Traced> {
  const { window, signal } = options;
  const { warmupNs, durationNs, cpus } = cell.input.description;
  const format = makeFormat(
    options.format,
    { run: options.run, cell, cpus, measuredFrom: warmupNs, arrows: window.groups.includes('flow') },
    output,
  );
  const counted = { events: 0, requests: 0, failures: 0 };
  const windowed = new WindowedTrace(window, (event) => {
    count(counted, event);
    format.write(event);
  });
  const tracer = new Tracer(windowed.take, unwanted(window.groups));
  const plugins = cell.plugins ?? [];
  let until = warmupNs + durationNs;
  let isInterrupted = false;
  let broken: Error | null = null;
  try {
    for (const now of runCellBySeconds(cell.input, strategiesOf(plugins), tracer)) {
      options.progress(now);
      await output.drained();
      await setImmediate();
      isInterrupted = signal.aborted;
      if (!isInterrupted && now < window.to) continue;
      until = now;
      break;
    }
  } catch (thrown) {
    const blamed = blame(thrown, plugins);
    broken = asError(blamed);
    until = windowed.last;
  }
  tracer.close(until);
  windowed.close();
  const cut = broken === null ? 'interrupted' : 'the cell broke down';
  format.finish(broken === null && !isInterrupted ? null : `${cut} at ${until / 1e9} s`);
  output.close();
  return { isInterrupted, broken, until: Math.min(until, window.to), ...counted };
}

function makeFormat(name: FormatName, subject: TraceSubject, output: Output): TraceFormat {
  return name === 'perfetto' ? new PerfettoFormat(subject, output) : new FtraceFormat(subject, output);
}

function count(counted: { events: number; requests: number; failures: number }, event: TraceEvent): void {
  counted.events++;
  if (event.kind !== 'request' || event.edge !== 'end' || event.outcome === null) return;
  counted.requests++;
  if (event.outcome.errno !== 0) counted.failures++;
}
