/**
 * Moments that a kernel has a trace event for, in its own name and format. docs/reference/trace.md says which kernel
 * has which.
 */
import type { Task, TraceEvent } from '../../sim/index.ts';
import { PAGE_KB } from '../plan/units.ts';
import { hex } from './format.ts';
import { comm } from './ftraceLines.ts';

/** Default priority, and that of ksmd at nice 5 (set_user_nice in ksm_scan_thread). */
const PRIO = 120;
const KSMD_PRIO = 125;
/** Lowmem addresses of 32-bit ARM, one a handle; 32 bytes each as struct page and struct rmap_item have, 1 kB an mm. */
const ADDRESS = { page: 0xc1000000, item: 0xd0000000, mm: 0xdc000000 } as const;

type Of<Kind extends TraceEvent['kind']> = Extract<TraceEvent, { kind: Kind }>;
/** Those with an event of their own. */
export type KernelMoment = Of<
  'switch' | 'fork' | 'exec' | 'kill' | 'ksmEnter' | 'ksmExit' | 'itemAppended' | 'itemRemoved' | 'released'
>;

/** Name and fields, as they stand behind `name: `. */
export function kernelEvent(event: KernelMoment): [name: string, fields: string] {
  switch (event.kind) {
    case 'switch':
      return ['sched_switch', switchFields(event)];
    case 'fork': {
      const child = `child_comm=${comm(event.childName)} child_pid=${event.child}`;
      return ['sched_process_fork', `comm=${comm(event.name)} pid=${event.pid} ${child}`];
    }
    case 'exec': {
      const { name, pid } = event;
      return ['sched_process_exec', `filename=/system/bin/${comm(name)} pid=${pid} old_pid=${pid}`];
    }
    case 'kill':
      return killEvent(event);
    case 'ksmEnter':
      return ['ksm_enter', `mm ${address('mm', event.mm)}`];
    case 'ksmExit':
      return ['ksm_exit', `mm ${address('mm', event.mm)}`];
    case 'itemAppended':
      return ['ksm_merge_with_ksm_page', `ksm pfn ${event.pfn} ${itemFields(event)} error 0`];
    case 'itemRemoved':
      return ['ksm_remove_rmap_item', `pfn ${event.pfn} ${itemFields(event)}`];
    case 'released':
      return ['cma_release', `name=${event.area} ${placeFields(event.pfn)} count=${event.pages}`];
  }
}

export function exitFields({ name, pid }: Of<'life'>): string {
  return `comm=${comm(name)} pid=${pid} prio=${PRIO}`;
}

/** `pfn` and `page`; -1 where a call failed that never had a range. */
export function placeFields(pfn: number): string {
  return pfn < 0 ? 'pfn=0xffffffff page=00000000' : `pfn=${hex(pfn)} page=${address('page', pfn)}`;
}

function switchFields({ from, left, to }: Of<'switch'>): string {
  // A task that has no CPU while it can run: R; the idle task always.
  const state = from === null ? 'R' : left === 'X' ? 'x' : left;
  const prev = `prev_comm=${idleComm(from)} prev_pid=${from?.pid ?? 0} prev_prio=${prioOf(from)} prev_state=${state}`;
  return `${prev} ==> next_comm=${idleComm(to)} next_pid=${to?.pid ?? 0} next_prio=${prioOf(to)}`;
}

function killEvent({ name, pid, limit, cache, free }: Of<'kill'>): [name: string, fields: string] {
  if (limit === null) return ['mark_victim', `pid=${pid}`];
  const sizes = `page cache ${cache * PAGE_KB}kB (limit ${limit * PAGE_KB}kB), free ${free * PAGE_KB}Kb`;
  return ['lowmemory_kill', `${comm(name)} (${pid}), ${sizes}`];
}

function itemFields({ item, mm }: Of<'itemAppended' | 'itemRemoved'>): string {
  return `rmap_item ${address('item', item)} mm ${mm < 0 ? '00000000' : address('mm', mm)}`;
}

function idleComm(task: Task | null): string {
  return task === null ? 'swapper' : comm(task.name);
}

function prioOf(task: Task | null): number {
  return task?.kind === 'ksmd' ? KSMD_PRIO : PRIO;
}

function address(of: keyof typeof ADDRESS, handle: number): string {
  return (ADDRESS[of] + handle * (of === 'mm' ? 1024 : 32)).toString(16);
}
