/** Requests for contiguous memory from their events in the order of time: begin, end, retries, release (mm/cma.c). */
import type { CmaRequest } from '../traceFacts.ts';
import type { KeptEvent } from './keptEvent.ts';

type Draft = { -readonly [Key in keyof CmaRequest]: CmaRequest[Key] };
type Of<Kind extends KeptEvent['kind']> = Extract<KeptEvent, { kind: Kind }>;

/** `seconds`: of a time in ns. */
export function pairRequests(events: readonly KeptEvent[], seconds: (t: number) => number): CmaRequest[] {
  const has = (is: (event: KeptEvent) => boolean): boolean => events.some(is);
  const pairing = new Pairing(seconds, {
    // Nested in a buffer of ION are the requests that it makes; without events of theirs it is all there is.
    ion: !has((event) => (event.kind === 'start' || event.kind === 'finish') && event.via === 'cma'),
    info: !has((event) => event.kind === 'finish' && event.via === 'cma' && !event.info),
    msmRetries: !has((event) => event.kind === 'retry' && !event.msm),
  });
  for (const event of events) pairing.take(event);
  return pairing.requests();
}

/** Which of the events that may tell the same are listened to. */
interface Heard {
  readonly ion: boolean;
  readonly info: boolean;
  readonly msmRetries: boolean;
}

class Pairing {
  readonly #seconds: (t: number) => number;
  readonly #heard: Heard;
  readonly #requests: Draft[] = [];
  /** By thread, which waits for its request: the one under way, and the last that ended. */
  readonly #open = new Map<number, Draft>();
  readonly #ended = new Map<number, Draft>();
  /** By first frame: what was given and not released. */
  readonly #held = new Map<number, { readonly request: Draft; readonly since: number }>();

  constructor(seconds: (t: number) => number, heard: Heard) {
    this.#seconds = seconds;
    this.#heard = heard;
  }

  /** In the order of their beginning. */
  requests(): CmaRequest[] {
    return this.#requests.sort((a, b) => a.t - b.t || a.line - b.line);
  }

  take(event: KeptEvent): void {
    if ('via' in event && event.via === 'ion' && !this.#heard.ion) return;
    switch (event.kind) {
      case 'start':
        return this.#start(event);
      case 'finish':
        if (event.info && !this.#heard.info) return;
        return this.#finish(event);
      case 'retry': {
        const open = this.#open.get(event.pid);
        if (open !== undefined && event.msm === this.#heard.msmRetries) open.busyRetries = (open.busyRetries ?? 0) + 1;
        return;
      }
      case 'failed': {
        const ended = this.#ended.get(event.pid);
        if (ended?.ok === false) ended.errno ??= event.errno;
        return;
      }
      case 'release': {
        const held = this.#held.get(event.pfn);
        if (held?.request.pages !== event.pages) return;
        held.request.held = between(held.since, this.#seconds(event.t));
        this.#held.delete(event.pfn);
        return;
      }
      default:
        return;
    }
  }

  #start(event: Of<'start'>): void {
    const draft = this.#draft(event);
    draft.busyRetries = 0;
    this.#open.set(event.pid, draft);
  }

  #finish(event: Of<'finish'>): void {
    const { pid, pages, pfn } = event;
    const open = this.#open.get(pid);
    this.#open.delete(pid);
    // The end of another one: its own beginning was lost, and so was the end of what is open.
    const request = open?.pages === pages ? open : this.#draft(event);
    const t = this.#seconds(event.t);
    if (request === open) request.latency = between(request.t, t);
    request.ok = event.ok;
    request.errno = event.errno;
    request.area ??= event.area;
    request.alignOrder ??= event.align;
    request.pfn = pfn;
    this.#ended.set(pid, request);
    if (event.ok && pfn !== null) this.#held.set(pfn, { request, since: t });
  }

  #draft({ t, line, pid, comm, area, pages, align, via }: Of<'start' | 'finish'>): Draft {
    const unknown = { latency: null, ok: null, errno: null, pfn: null, busyRetries: null, held: null };
    const draft: Draft = { t: this.#seconds(t), line, pid, comm, area, pages, alignOrder: align, via, ...unknown };
    this.#requests.push(draft);
    return draft;
  }
}

/** s, whole ns: the difference of two times that are. */
function between(from: number, to: number): number {
  return Math.round((to - from) * 1e9) / 1e9;
}
