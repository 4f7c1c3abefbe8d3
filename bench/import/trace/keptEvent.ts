/** What is kept of an event until the trace has ended and all can be put in order. */
import { PAGE_BYTES } from '../../plan/units.ts';
import { errnoOf } from '../../report/outcome.ts';
import type { EventKind } from './events.ts';
import type { KeptNames } from './keptNames.ts';
import { pagesOf, pfnOf, pidOf, textOf, whole } from './rawEvent.ts';
import type { RawEvent } from './rawEvent.ts';

interface Common {
  /** ns on the trace's own clock. */
  readonly t: number;
  readonly line: number;
  /** Thread that ran. */
  readonly pid: number;
  readonly comm: string;
}

interface Place {
  readonly area: string | null;
  readonly pages: number;
  readonly align: number | null;
  readonly via: 'cma' | 'ion';
}

export type KeptEvent = Common &
  (
    | { readonly kind: 'fork'; readonly child: number; readonly childComm: string }
    | { readonly kind: 'newtask'; readonly child: number; readonly childComm: string; readonly flags: number | null }
    | { readonly kind: 'exec' | 'rename'; readonly of: number; readonly name: string }
    | { readonly kind: 'exit' | 'free'; readonly of: number; readonly ofComm: string }
    | { readonly kind: 'kill'; readonly of: number; readonly by: 'lowmemorykiller' | 'oom' }
    | { readonly kind: 'adj'; readonly of: number; readonly ofComm: string; readonly adj: number }
    | ({ readonly kind: 'start' } & Place)
    | ({
        readonly kind: 'finish';
        readonly pfn: number | null;
        readonly ok: boolean;
        readonly errno: number | null;
        /** cma_alloc_info, which says the same as cma_alloc_finish in kernels that have both. */
        readonly info: boolean;
      } & Place)
    | { readonly kind: 'release'; readonly pfn: number; readonly pages: number }
    /** msm: dma_alloc_contiguous_retry, which says the same as cma_alloc_busy_retry in traces that have both. */
    | { readonly kind: 'retry'; readonly msm: boolean }
    /** How the request of this thread that just finished failed, in a trace that cma-stress wrote. */
    | { readonly kind: 'failed'; readonly errno: number }
    | { readonly kind: 'measuring' }
  );

/** page_order of the largest alignment that a kernel of any architecture takes. */
const MOST_ALIGN = 30;
const MOST_ERRNO = 4095;
/**
 * Forms of lowmemorykiller, lmkd and the OOM killer: `comm (pid), page cache ...`, `comm=... pid=...`, `killing 'comm'
 * (pid)`.
 */
const VICTIM = /\((\d{1,10})\)|\bpid[=:\s]+(\d{1,10})/;
/** lmkd in atrace: `C|PID of lmkd|kill_one_process|PID`, later `B|PID of lmkd|lmk,PID,...`. */
const LMKD = /^(?:C\|\d+\|kill_one_process\||B\|\d+\|lmk,)([1-9]\d{0,9})/;
const OWN_FAILURE = /^B\|\d+\|failed (EBUSY|ENOMEM|EINTR)/;

/** null: nothing is to be kept; `unreadable`: its fields are not those of the event, or beyond what a kernel has. */
export function keptEvent(kind: EventKind, event: RawEvent, names: KeptNames): KeptEvent | null | 'unreadable' {
  const { t, line, fields } = event;
  const common = (): Common => ({ t, line, pid: event.pid, comm: names.keep(event.comm) });
  const named = (key: string): string => names.keep(textOf(fields[key]));
  switch (kind) {
    case 'fork': {
      const [pid, child] = [pidOf(fields['pid'] ?? fields['parent_pid']), pidOf(fields['child_pid'])];
      if (pid === null || child === null) return 'unreadable';
      const comm = named(fields['comm'] === undefined ? 'parent_comm' : 'comm');
      return { ...common(), pid, comm, kind, child, childComm: named('child_comm') };
    }
    case 'newtask': {
      const child = pidOf(fields['pid']);
      if (child === null) return 'unreadable';
      const flags = whole(fields['clone_flags'], 0, 2 ** 52, 16);
      return { ...common(), kind, child, childComm: named('comm'), flags };
    }
    case 'exec': {
      const of = pidOf(fields['pid']);
      return of === null ? 'unreadable' : { ...common(), kind, of, name: names.keep(baseName(fields['filename'])) };
    }
    case 'rename': {
      const of = pidOf(fields['pid']);
      return of === null ? 'unreadable' : { ...common(), kind, of, name: named('newcomm') };
    }
    case 'exit':
    case 'free': {
      const of = pidOf(fields['pid']);
      return of === null ? 'unreadable' : { ...common(), kind, of, ofComm: named('comm') };
    }
    case 'adj': {
      const [of, adj] = [pidOf(fields['pid']), whole(fields['oom_score_adj'], -1000, 1000)];
      if (of === null || adj === null) return 'unreadable';
      return { ...common(), kind, of, ofComm: named('comm'), adj };
    }
    case 'oomKill':
    case 'lowmemoryKill': {
      const match = VICTIM.exec(event.text);
      const of = pidOf(fields['pid'] ?? match?.[1] ?? match?.[2]);
      if (of === null) return 'unreadable';
      return { ...common(), kind: 'kill', of, by: kind === 'oomKill' ? 'oom' : 'lowmemorykiller' };
    }
    case 'mark':
      return keptMark(event.text.replace(/^tracing_mark_write: /, ''), common);
    default:
      return keptRequest(kind, event, common, named);
  }
}

type RequestKind = Exclude<
  EventKind,
  'fork' | 'newtask' | 'exec' | 'rename' | 'exit' | 'free' | 'adj' | 'oomKill' | 'lowmemoryKill' | 'mark'
>;

function keptRequest(
  kind: RequestKind,
  { fields }: RawEvent,
  common: () => Common,
  named: (key: string) => string,
): KeptEvent | 'unreadable' {
  switch (kind) {
    case 'retry':
    case 'msmRetry':
      return { ...common(), kind: 'retry', msm: kind === 'msmRetry' };
    case 'release': {
      const [pages, pfn] = [pagesOf(fields['count']), pfnOf(fields['pfn'])];
      return pages === null || pfn === null ? 'unreadable' : { ...common(), kind, pages, pfn };
    }
    case 'ionStart':
    case 'ionEnd':
    case 'ionFail': {
      const bytes = whole(fields['len'], 1, 2 ** 44);
      if (bytes === null) return 'unreadable';
      const client = named('client_name');
      const who = { ...common(), ...(client === '' ? {} : { comm: client }) };
      const place = {
        area: named('heap_name'),
        pages: Math.ceil(bytes / PAGE_BYTES),
        align: null,
        via: 'ion',
      } as const;
      if (kind === 'ionStart') return { ...who, kind: 'start', ...place };
      const error = kind === 'ionFail' ? positiveErrno(fields['error']) : 0;
      return { ...who, kind: 'finish', ...place, pfn: null, ok: kind === 'ionEnd', errno: error, info: false };
    }
    case 'cma':
    case 'cmaStart':
    case 'cmaInfo':
    case 'cmaFinish': {
      const pages = pagesOf(fields['count']);
      if (pages === null) return 'unreadable';
      const area = fields['name'] === undefined ? null : named('name');
      const place = { area, pages, align: whole(fields['align'], 0, MOST_ALIGN), via: 'cma' } as const;
      if (kind === 'cmaStart') return { ...common(), kind: 'start', ...place };
      const error = positiveErrno(fields['errorno']);
      const ok = error === null ? gotPages(fields) : error === 0;
      const errno = error ?? (ok ? 0 : null);
      const pfn = ok ? pfnOf(fields['pfn']) : null;
      return { ...common(), kind: 'finish', ...place, pfn, ok, errno, info: kind === 'cmaInfo' };
    }
  }
}

function keptMark(text: string, common: () => Common): KeptEvent | null {
  const victim = LMKD.exec(text);
  if (victim !== null) {
    const of = pidOf(victim[1]);
    return of === null ? null : { ...common(), kind: 'kill', of, by: 'lowmemorykiller' };
  }
  const failure = OWN_FAILURE.exec(text);
  if (failure !== null) return { ...common(), kind: 'failed', errno: -errnoOf(failure[1]) };
  return /^B\|\d+\|measuring begins$/.test(text) ? { ...common(), kind: 'measuring' } : null;
}

/** A positive errno, also of the kernel's negative one. */
function positiveErrno(value: string | number | undefined): number | null {
  const number = whole(value, -MOST_ERRNO, MOST_ERRNO);
  return number === null ? null : Math.abs(number);
}

/** Without errorno: a page, however %p prints it; cma_alloc_info has only a pfn, -1 for none. */
function gotPages({ page, pfn }: RawEvent['fields']): boolean {
  if (page === undefined) return pfnOf(pfn) !== null;
  return typeof page === 'number' ? page !== 0 : !/^(?:0x)?0*$|^\(null\)$|^\(nil\)$/i.test(page);
}

function baseName(path: string | number | undefined): string {
  const text = textOf(path);
  return text.slice(text.lastIndexOf('/') + 1);
}
