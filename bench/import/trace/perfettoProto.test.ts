/** Traces as Perfetto's protobuf, encoded here packet by packet: every kind of event, packed, damaged and cut off. */
import { deflateSync, gzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../errors.ts';
import type { TraceFacts } from '../traceFacts.ts';
import { LARGEST_PACKET } from './packets.ts';
import { looksLikePerfetto, parsePerfetto } from './perfettoProto.ts';
import { chunksOf } from './testing.ts';

/** Messages of Perfetto as far as the tests write them; numbers and types as its public protos have them. */
const { root } = protobuf.parse(
  `
  syntax = "proto2";
  message Trace { repeated TracePacket packet = 1; }
  message TracePacket {
    optional FtraceEventBundle ftrace_events = 1;
    optional ProcessTree process_tree = 2;
    optional uint64 timestamp = 8;
    optional uint32 trusted_uid = 3;
    optional bytes compressed_packets = 50;
    optional bytes zstd_compressed_packets = 133;
  }
  message ProcessTree {
    message Thread { optional int32 tid = 1; optional string name = 2; optional int32 tgid = 3; }
    message Process { optional int32 pid = 1; optional int32 ppid = 2; repeated string cmdline = 3; }
    repeated Process processes = 1;
    repeated Thread threads = 2;
  }
  message FtraceEventBundle {
    optional uint32 cpu = 1;
    repeated FtraceEvent event = 2;
    optional bool lost_events = 3;
    message Descriptor { optional int32 field_id = 1; optional bytes event_descriptor = 2; optional string group_name = 3; }
    repeated Descriptor generic_event_descriptors = 11;
  }
  message DescriptorProto {
    message Field { optional string name = 1; optional int32 number = 3; optional int32 type = 5; }
    optional string name = 1;
    repeated Field field = 2;
  }
  message FtraceEvent {
    optional uint64 timestamp = 1;
    optional uint32 pid = 2;
    optional Print print = 3;
    optional Switch sched_switch = 4;
    optional Newtask task_newtask = 235;
    optional Rename task_rename = 236;
    optional Exit sched_process_exit = 238;
    optional Fork sched_process_fork = 239;
    optional Generic generic = 327;
    optional Adj oom_score_adj_update = 326;
    optional CmaStart cma_alloc_start = 465;
    optional Kprobe kprobe_event = 542;
    optional CmaFinish cma_alloc_finish = 576;
    optional CmaRelease cma_release = 70000;
  }
  message Print { optional uint64 ip = 1; optional string buf = 2; }
  message Switch { optional string prev_comm = 1; optional int32 prev_pid = 2; }
  message Newtask { optional int32 pid = 1; optional string comm = 2; optional uint64 clone_flags = 3; }
  message Rename { optional int32 pid = 1; optional string oldcomm = 2; optional string newcomm = 3; }
  message Exit { optional string comm = 1; optional int32 pid = 2; }
  message Fork { optional string parent_comm = 1; optional int32 parent_pid = 2; optional string child_comm = 3; optional int32 child_pid = 4; }
  message Adj { optional string comm = 1; optional int32 oom_score_adj = 2; optional int32 pid = 3; }
  message CmaStart { optional uint32 align = 1; optional uint32 count = 2; optional string name = 3; }
  message CmaFinish { optional string name = 1; optional uint64 pfn = 2; optional uint64 page = 3; optional uint64 count = 4; optional uint32 align = 5; optional int32 errorno = 6; }
  message CmaRelease { optional uint64 count = 1; optional string name = 2; optional uint64 pfn = 3; }
  message Kprobe { optional string name = 1; optional int32 type = 2; }
  message Generic {
    message Field { optional string name = 1; oneof value { string str_value = 3; int64 int_value = 4; uint64 uint_value = 5; } }
    optional string event_name = 1;
    repeated Field field = 2;
  }
`,
  { keepCase: true },
);

type Message = Readonly<Record<string, unknown>>;
const encode = (type: string, message: Message): Uint8Array => {
  const of = root.lookupType(type);
  return of.encode(of.fromObject(message)).finish();
};
const trace = (...packet: readonly Message[]): Uint8Array => encode('Trace', { packet });
const bundle = (cpu: number, ...event: readonly Message[]): Message => ({ ftrace_events: { cpu, event } });
const SECOND = 1e9;
const at = (seconds: number): number => 5000 * SECOND + seconds * SECOND;

const TREE: Message = {
  process_tree: {
    processes: [
      { pid: 1, ppid: 0, cmdline: ['/init'] },
      { pid: 100, ppid: 1, cmdline: ['zygote64'] },
    ],
    threads: [{ tid: 777, tgid: 300, name: 'camera@2.4' }],
  },
};
const EVENTS: readonly Message[] = [
  TREE,
  bundle(
    1,
    { timestamp: at(1), pid: 100, task_newtask: { pid: 900, comm: 'main', clone_flags: 0x1200011 } },
    { timestamp: at(1.1), pid: 900, task_rename: { pid: 900, oldcomm: 'main', newcomm: 'com.app' } },
    { timestamp: at(1.2), pid: 900, task_newtask: { pid: 901, comm: 'com.app', clone_flags: 0x3d0f00 } },
    { timestamp: at(4), pid: 900, sched_process_exit: { comm: 'com.app', pid: 900 } },
  ),
  bundle(
    0,
    { timestamp: at(2), pid: 777, cma_alloc_start: { align: 4, count: 16, name: 'linux,cma' } },
    {
      timestamp: at(2.1),
      pid: 777,
      generic: { event_name: 'cma_alloc_busy_retry', field: [{ name: 'count', uint_value: 16 }] },
    },
    {
      timestamp: at(2.5),
      pid: 777,
      cma_alloc_finish: { name: 'linux,cma', pfn: 0x9c400, page: 7, count: 16, align: 4, errorno: 0 },
    },
    { timestamp: at(3), pid: 777, cma_alloc_start: { align: 4, count: 32, name: 'linux,cma' } },
    {
      timestamp: at(3.25),
      pid: 777,
      cma_alloc_finish: { name: 'linux,cma', pfn: 0, page: 0, count: 32, align: 4, errorno: -12 },
    },
    {
      timestamp: at(3.3),
      pid: 777,
      generic: {
        event_name: 'mm_migrate_pages',
        field: [
          { name: 'succeeded', uint_value: 31 },
          { name: 'failed', uint_value: 1 },
          { name: 'reason', int_value: -1 },
        ],
      },
    },
    { timestamp: at(3.4), pid: 50, oom_score_adj_update: { comm: 'com.app', oom_score_adj: -100, pid: 900 } },
    { timestamp: at(3.5), pid: 51, print: { ip: 1, buf: 'C|51|kill_one_process|900\n' } },
    { timestamp: at(3.6), pid: 52, sched_switch: { prev_comm: 'ksmuser', prev_pid: 52 } },
    { timestamp: at(3.7), pid: 52, kprobe_event: { name: 'ksm_enter', type: 3 } },
  ),
];

function check(facts: TraceFacts): void {
  const { forks, requests, exits, renames, kills, oomScoreAdj, processes, counts } = facts;
  assert.equal(
    forks.map(({ t, pid, comm, childPid, thread }) => [t, pid, comm, childPid, thread]),
    [
      [0, 100, 'zygote64', 900, false],
      [0.2, 900, 'com.app', 901, true],
    ],
  );
  assert.equal([renames[0].name, exits[0].pid, exits[0].t], ['com.app', 900, 3]);
  assert.equal(
    requests.map(({ t, latency, comm, area, pages, alignOrder, ok, errno, pfn, busyRetries }) => [
      ...[t, latency, comm, area, pages],
      ...[alignOrder, ok, errno, pfn, busyRetries],
    ]),
    [
      [1, 0.5, 'camera@2.4', 'linux,cma', 16, 4, true, 0, 0x9c400, 1],
      [2, 0.25, 'camera@2.4', 'linux,cma', 32, 4, false, 12, null, 0],
    ],
  );
  assert.equal([kills[0].pid, oomScoreAdj[0].adj], [900, -100]);
  assert.equal([counts['mm_migrate_pages'], counts['ksm_enter']], [1, 1], 'others are counted by name');
  assert.equal(processes[1], { pid: 100, parent: 1, name: 'zygote64' });
}

test('typed, generic, kprobe and print events, and the list of processes', async () => {
  const bytes = trace(...EVENTS);
  assert.ok(looksLikePerfetto(bytes) && looksLikePerfetto(bytes.subarray(0, 30)));
  for (const size of [1, 7, 1 << 16]) {
    const facts = await parsePerfetto(chunksOf(bytes, size), 'a.pftrace');
    check(facts);
    assert.equal(facts.partial, []);
  }
});

test('compressed packets, and a whole trace in gzip', async () => {
  const inside = trace(...EVENTS);
  const compressed = trace({ trusted_uid: 9999 }, { compressed_packets: deflateSync(inside) });
  assert.ok(looksLikePerfetto(compressed));
  check(await parsePerfetto(chunksOf(compressed), 'a.pftrace'));
  check(await parsePerfetto(chunksOf(gzipSync(inside)), 'a.pftrace.gz'));
});

test('events that the trace describes itself', async () => {
  const fields = [
    { name: 'count', number: 1, type: 4 },
    { name: 'name', number: 2, type: 9 },
    { name: 'pfn', number: 3, type: 4 },
  ];
  const event_descriptor = encode('DescriptorProto', { name: 'cma_release', field: fields });
  const described = {
    ftrace_events: {
      cpu: 0,
      event: [{ timestamp: at(2.75), pid: 5, cma_release: { count: 16, name: 'linux,cma', pfn: 0x9c400 } }],
      generic_event_descriptors: [{ field_id: 70_000, group_name: 'cma', event_descriptor }],
    },
  };
  const { requests, counts } = await parsePerfetto(chunksOf(trace(...EVENTS, described)), 'a.pftrace');
  assert.equal([requests[0].held, counts['cma_release']], [0.25, 1]);
});

test('a trace that is cut off, damaged packets, lost events and zstd are told, the rest is read', async () => {
  const lost = { ftrace_events: { cpu: 0, lost_events: true } };
  const zstd = { zstd_compressed_packets: Buffer.from('x') };
  const damaged = { compressed_packets: Buffer.from('no zlib') };
  const bytes = trace(...EVENTS, lost, zstd, damaged, bundle(0, { timestamp: at(9), pid: 1, print: { buf: 'x' } }));
  const facts = await parsePerfetto(chunksOf(bytes.subarray(0, bytes.length - 3)), 'a.pftrace');
  check(facts);
  assert.is(facts.lost, 1);
  const told = facts.partial.join('\n');
  assert.match(told, 'does not say how many: record 4');
  assert.match(told, 'zstd (left out; record without it): record 5');
  assert.match(told, 'a packet that is damaged: record 6');
  assert.match(told, 'cut off in the middle of a packet after packet 6');
});

test('what is no packet ends the reading, whatever it claims', async () => {
  const tail = (bytes: readonly number[]): Uint8Array => Buffer.concat([trace(...EVENTS), Buffer.from(bytes)]);
  const huge = await parsePerfetto(chunksOf(tail([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1])), 'a.pftrace');
  check(huge);
  assert.match(huge.partial.join('\n'), /a packet of 4294967295 bytes stands after packet 3/);
  assert.ok(2 ** 32 > LARGEST_PACKET);
  const other = await parsePerfetto(chunksOf(tail([0x55, 1, 2])), 'a.pftrace');
  assert.match(other.partial.join('\n'), /something that is no packet of a trace stands after packet 3/);
});

test('a trace without events of ftrace is an error', async () => {
  try {
    await parsePerfetto(chunksOf(trace(TREE)), 'a.pftrace');
    assert.unreachable();
  } catch (thrown) {
    assert.instance(thrown, InputError);
    assert.match((thrown as Error).message, /^a\.pftrace: no event of the kernel was found/);
  }
});

test('other files do not look like it', () => {
  for (const text of [
    '',
    '\n',
    '\nhello world, this is text\n',
    '# tracer: nop\n',
    '{"traceEvents":[]}',
    '\x1f\x8b\x08',
  ]) {
    assert.not(looksLikePerfetto(Buffer.from(text, 'latin1')), JSON.stringify(text));
  }
});

test.run();
