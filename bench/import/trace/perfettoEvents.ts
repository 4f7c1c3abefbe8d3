/**
 * Field numbers of Perfetto's binary traces that are needed here (its protos/perfetto/trace/trace_packet.proto and
 * ftrace/*.proto, public and only ever added to).
 */

/** trace.proto, trace_packet.proto, ftrace/ftrace_event_bundle.proto. */
export const TRACE = { packet: 1 } as const;
export const PACKET = { ftraceEvents: 1, processTree: 2, compressed: 50, zstdCompressed: 133 } as const;
export const BUNDLE = { cpu: 1, event: 2, lostEvents: 3, descriptors: 11 } as const;
export const EVENT = { timestamp: 1, pid: 2, schedSwitch: 4, generic: 327, kprobe: 542 } as const;
/** ftrace/generic.proto: events that Perfetto has no message for, by name. */
export const GENERIC = { name: 1, field: 2 } as const;
export const GENERIC_FIELD = { name: 1, text: 3, int: 4, uint: 5 } as const;
export const KPROBE = { name: 1 } as const;
/** Events that the trace itself describes, as google/protobuf/descriptor.proto does. */
export const DESCRIPTOR = { fieldId: 1, descriptor: 2 } as const;
export const MESSAGE = { name: 1, field: 2 } as const;
export const MESSAGE_FIELD = { name: 1, number: 3 } as const;
/** ps/process_tree.proto. */
export const TREE = { process: 1, thread: 2 } as const;
export const PROCESS = { pid: 1, parent: 2, commandLine: 3 } as const;
export const THREAD = { tid: 1, name: 2, tgid: 3 } as const;
export const SCHED_SWITCH = { prevComm: 1 } as const;

/** Name of the tracepoint, and its fields by number. */
export interface EventShape {
  readonly name: string;
  readonly fields: Readonly<Record<number, string>>;
}

/** By field number in FtraceEvent. Those without fields are counted under their name. */
export const EVENT_SHAPES: ReadonlyMap<number, EventShape> = new Map(
  Object.entries({
    3: { name: 'print', fields: { 2: 'buf' } },
    4: { name: 'sched_switch', fields: {} },
    17: { name: 'sched_wakeup', fields: {} },
    20: { name: 'sched_waking', fields: {} },
    35: { name: 'lowmemory_kill', fields: { 1: 'comm', 2: 'pid' } },
    103: { name: 'mm_compaction_end', fields: {} },
    235: { name: 'task_newtask', fields: { 1: 'pid', 2: 'comm', 3: 'clone_flags', 4: 'oom_score_adj' } },
    236: { name: 'task_rename', fields: { 1: 'pid', 2: 'oldcomm', 3: 'newcomm' } },
    237: { name: 'sched_process_exec', fields: { 1: 'filename', 2: 'pid', 3: 'old_pid' } },
    238: { name: 'sched_process_exit', fields: { 1: 'comm', 2: 'pid', 3: 'tgid' } },
    239: {
      name: 'sched_process_fork',
      fields: { 1: 'parent_comm', 2: 'parent_pid', 3: 'child_comm', 4: 'child_pid' },
    },
    240: { name: 'sched_process_free', fields: { 1: 'comm', 2: 'pid' } },
    280: { name: 'dma_alloc_contiguous_retry', fields: { 1: 'tries' } },
    284: { name: 'ion_alloc_buffer_end', fields: { 1: 'client_name', 3: 'heap_name', 4: 'len' } },
    285: { name: 'ion_alloc_buffer_fail', fields: { 1: 'client_name', 2: 'error', 4: 'heap_name', 5: 'len' } },
    287: { name: 'ion_alloc_buffer_start', fields: { 1: 'client_name', 3: 'heap_name', 4: 'len' } },
    304: { name: 'migrate_pages_end', fields: {} },
    305: { name: 'migrate_pages_start', fields: {} },
    306: { name: 'migrate_retry', fields: {} },
    326: { name: 'oom_score_adj_update', fields: { 1: 'comm', 2: 'oom_score_adj', 3: 'pid' } },
    334: { name: 'mark_victim', fields: { 1: 'pid' } },
    465: { name: 'cma_alloc_start', fields: { 1: 'align', 2: 'count', 3: 'name' } },
    466: { name: 'cma_alloc_info', fields: { 1: 'align', 2: 'count', 6: 'name', 10: 'pfn' } },
    576: {
      name: 'cma_alloc_finish',
      fields: { 1: 'name', 2: 'pfn', 3: 'page', 4: 'count', 5: 'align', 6: 'errorno' },
    },
  } satisfies Record<string, EventShape>).map(([number, shape]) => [Number(number), shape]),
);
