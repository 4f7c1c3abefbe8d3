/** Traces of kernel events: which form a file has, what it tells, and what a workload can be derived from it. */
import type { TraceFacts } from '../traceFacts.ts';
import { looksLikeChromeJson, parseChromeJson } from './chromeJson.ts';
import { looksLikeFtrace, parseFtrace } from './ftraceText.ts';
import { looksLikePerfetto, parsePerfetto } from './perfettoProto.ts';
import type { Chunks } from './unpack.ts';

export { deriveTrace } from './derive.ts';
export type * from './derived.ts';
export { summaryLines } from './summary.ts';

export interface TraceForm {
  readonly form: TraceFacts['form'];
  readonly about: string;
  /** What a file of it is known by, for the message about an unknown one. */
  readonly knownBy: string;
  /** `head`: the first bytes of a file, unpacked; a text has one letter a byte or is UTF-8. */
  readonly looksLike: (head: Uint8Array | string) => boolean;
  /**
   * `chunks`: the file, also packed with gzip or by `atrace -z`. `name`: the path as given, for messages. Memory is
   * bounded whatever its length. Throws InputError when it has no event.
   */
  readonly parse: (chunks: Chunks, name: string) => Promise<TraceFacts>;
}

/** The first that knows a file gets it. */
export const TRACE_FORMS: readonly TraceForm[] = [
  {
    form: 'chrome-json',
    about: 'Trace Event Format (JSON): cma-stress trace, traceconv, chrome://tracing',
    knownBy: 'JSON with `traceEvents`, or a list of events with `ph`',
    looksLike: looksLikeChromeJson,
    parse: parseChromeJson,
  },
  {
    form: 'ftrace',
    about: 'ftrace text: trace, trace-cmd report, atrace, systrace and its HTML',
    knownBy: '`# tracer:`, or lines `comm-pid [cpu] ... seconds: event: fields`',
    looksLike: looksLikeFtrace,
    parse: parseFtrace,
  },
  {
    form: 'perfetto',
    about: "Perfetto's binary traces (.perfetto-trace, .pftrace)",
    knownBy: 'binary packets of a trace',
    looksLike: looksLikePerfetto,
    parse: parsePerfetto,
  },
];
