/**
 * Perfetto's binary traces (`.perfetto-trace`, `.pftrace`), also compressed: the ftrace events and process lists in
 * them, packet by packet.
 */
import { inflateSync } from 'node:zlib';
import protobuf from 'protobufjs/minimal.js';
import type { Reader } from 'protobufjs';
import type { TraceFacts } from '../traceFacts.ts';
import { TraceCollector } from './collect.ts';
import { kindOf } from './events.ts';
import { firstPacket, LARGEST_PACKET, PacketCutter } from './packets.ts';
import {
  BUNDLE,
  DESCRIPTOR,
  EVENT,
  EVENT_SHAPES,
  GENERIC,
  GENERIC_FIELD,
  KPROBE,
  MESSAGE,
  MESSAGE_FIELD,
  PACKET,
  PROCESS,
  SCHED_SWITCH,
  THREAD,
  TREE,
} from './perfettoEvents.ts';
import type { EventShape } from './perfettoEvents.ts';
import { textOf } from './rawEvent.ts';
import type { Fields } from './rawEvent.ts';
import { unpacked } from './unpack.ts';
import type { Chunks } from './unpack.ts';

const WIRE = { varint: 0, delimited: 2 } as const;
/** Events that a trace may describe itself. */
const MOST_SHAPES = 10_000;

/** Whether a file begins with a packet of a trace. */
export function looksLikePerfetto(head: Uint8Array | string): boolean {
  const first = firstPacket(typeof head === 'string' ? Buffer.from(head, 'latin1') : head);
  if (first === null || first.packet.length === 0) return false;
  const reader = protobuf.Reader.create(first.packet);
  try {
    // Text that happens to begin like a packet has other kinds of fields soon.
    eachField(reader, (field, wire) => {
      if (field === 0 || (wire !== WIRE.varint && wire !== WIRE.delimited)) throw new Error('no field of a packet');
      return false;
    });
    return true;
  } catch (thrown) {
    // The reader's RangeError: the head ends inside a field.
    return !first.isWhole && thrown instanceof RangeError;
  }
}

/** Throws InputError when there is no event of ftrace in it. */
export async function parsePerfetto(chunks: Chunks, name: string): Promise<TraceFacts> {
  const collector = new TraceCollector('perfetto', name, 'record');
  const reader = new PerfettoReader(collector);
  const cutter = new PacketCutter((packet, number) => reader.packet(packet, number));
  for await (const chunk of unpacked(chunks, (why) => collector.remarks.say(why))) cutter.write(chunk);
  const wrong = cutter.end();
  if (wrong !== null) collector.remarks.say(wrong);
  return collector.finish();
}

class PerfettoReader {
  readonly #collector: TraceCollector;
  /** Messages of FtraceEvent by number, those that the trace describes itself included. */
  readonly #shapes = new Map(EVENT_SHAPES);

  constructor(collector: TraceCollector) {
    this.#collector = collector;
  }

  /** A packet that cannot be read is left out, and so is what it holds from there on. */
  packet(bytes: Uint8Array, number: number, isInside = false): void {
    const reader = protobuf.Reader.create(bytes);
    try {
      eachField(reader, (field) => {
        if (field === PACKET.ftraceEvents) this.#bundle(part(reader), number);
        else if (field === PACKET.processTree) this.#tree(part(reader));
        else if (field === PACKET.compressed && !isInside) this.#compressed(reader.bytes(), number);
        else if (field === PACKET.zstdCompressed) {
          this.#collector.remarks.at(number, 'a packet compressed with zstd (left out; record without it)');
          return false;
        } else return false;
        return true;
      });
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown;
      this.#collector.remarks.at(number, 'a packet that is damaged');
    }
  }

  #compressed(bytes: Uint8Array, number: number): void {
    const cutter = new PacketCutter((packet) => this.packet(packet, number, true));
    cutter.write(inflateSync(bytes, { maxOutputLength: LARGEST_PACKET }));
    if (cutter.end() !== null) this.#collector.remarks.at(number, 'a packet that is damaged');
  }

  #bundle(reader: Reader, number: number): void {
    const events: Reader[] = [];
    let cpu = 0;
    eachField(reader, (field) => {
      if (field === BUNDLE.cpu) cpu = reader.uint32();
      else if (field === BUNDLE.event) events.push(part(reader));
      else if (field === BUNDLE.descriptors) this.#describe(part(reader));
      else if (field !== BUNDLE.lostEvents) return false;
      else if (reader.bool()) this.#collector.lose(number, null);
      return true;
    });
    for (const event of events) this.#event(event, cpu, number);
  }

  #event(reader: Reader, cpu: number, number: number): void {
    let [t, pid, name, fields] = [NaN, 0, '', {} as Fields];
    eachField(reader, (field, wire) => {
      if (field === EVENT.timestamp) t = numberOf(reader);
      else if (field === EVENT.pid) pid = reader.uint32();
      else if (field === EVENT.generic) [name, fields] = generic(part(reader));
      else if (field === EVENT.kprobe) name = textOf(shaped(part(reader), { [KPROBE.name]: 'name' })['name']);
      else if (wire !== WIRE.delimited) return false;
      else {
        const shape = this.#shapes.get(field);
        name = shape?.name ?? `event ${field}`;
        if (field === EVENT.schedSwitch && !this.#collector.isNamed(pid)) {
          const { comm } = shaped(part(reader), { [SCHED_SWITCH.prevComm]: 'comm' });
          this.#collector.nameThread(pid, textOf(comm));
        } else if (shape !== undefined && kindOf(name) !== null) fields = shaped(part(reader), shape.fields);
        else return false;
      }
      return true;
    });
    if (name === '' || !(t >= 0)) return this.#collector.remarks.at(number, 'an event without a name or a time');
    this.#collector.count(name, t, cpu, number);
    const kind = kindOf(name);
    const text = textOf(fields['buf']).trimEnd();
    if (kind !== null) this.#collector.add(kind, { t, line: number, pid, comm: '', fields, text });
  }

  #describe(reader: Reader): void {
    let [number, shape] = [0, null as EventShape | null];
    eachField(reader, (field) => {
      if (field === DESCRIPTOR.fieldId) number = reader.uint32();
      else if (field === DESCRIPTOR.descriptor) shape = described(part(reader));
      else return false;
      return true;
    });
    if (shape !== null && !EVENT_SHAPES.has(number) && this.#shapes.size < MOST_SHAPES) this.#shapes.set(number, shape);
  }

  #tree(reader: Reader): void {
    const collector = this.#collector;
    eachField(reader, (field) => {
      if (field === TREE.process) {
        const names = { [PROCESS.pid]: 'pid', [PROCESS.parent]: 'parent', [PROCESS.commandLine]: 'command' };
        const { pid, parent, command } = shaped(part(reader), names);
        if (typeof pid !== 'number') return true;
        const name = textOf(command);
        collector.list({ pid, parent: typeof parent === 'number' ? parent : null, name });
        collector.belongs(pid, pid);
        collector.nameThread(pid, name);
      } else if (field === TREE.thread) {
        const names = { [THREAD.tid]: 'tid', [THREAD.tgid]: 'tgid', [THREAD.name]: 'name' };
        const { tid, tgid, name } = shaped(part(reader), names);
        if (typeof tid !== 'number') return true;
        if (typeof tgid === 'number') collector.belongs(tid, tgid);
        if (name !== undefined) collector.nameThread(tid, textOf(name));
      } else return false;
      return true;
    });
  }
}

/** Calls `take` for each field; where it answers false the field is skipped. */
function eachField(reader: Reader, take: (field: number, wire: number) => boolean): void {
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!take(tag >>> 3, tag & 7)) reader.skipType(tag & 7);
  }
}

/** The message that stands here; `reader` goes on behind it. */
function part(reader: Reader): Reader {
  return protobuf.Reader.create(reader.bytes());
}

/** The fields with these names; of one that comes several times, the first. */
function shaped(reader: Reader, names: Readonly<Record<number, string>>): Fields {
  const fields: Record<string, string | number> = {};
  eachField(reader, (field, wire) => {
    const name = Object.hasOwn(names, field) ? names[field] : null;
    if (name === null || Object.hasOwn(fields, name)) return false;
    if (wire === WIRE.varint) fields[name] = numberOf(reader);
    else if (wire === WIRE.delimited) fields[name] = reader.string();
    else return false;
    return true;
  });
  return fields;
}

function generic(reader: Reader): [name: string, fields: Fields] {
  let name = '';
  const fields: Record<string, string | number> = Object.create(null) as Record<string, string | number>;
  eachField(reader, (field) => {
    if (field === GENERIC.name) name = reader.string();
    else if (field === GENERIC.field) {
      const { text, int, uint } = GENERIC_FIELD;
      const read = shaped(part(reader), { [GENERIC_FIELD.name]: 'name', [text]: 'text', [int]: 'int', [uint]: 'uint' });
      const value = read['text'] ?? read['int'] ?? read['uint'];
      if (value !== undefined) fields[textOf(read['name'])] = value;
    } else return false;
    return true;
  });
  return [name, fields];
}

function described(reader: Reader): EventShape {
  let name = '';
  const fields: Record<number, string> = {};
  eachField(reader, (field) => {
    if (field === MESSAGE.name) name = reader.string();
    else if (field === MESSAGE.field) {
      const read = shaped(part(reader), { [MESSAGE_FIELD.name]: 'name', [MESSAGE_FIELD.number]: 'number' });
      if (typeof read['number'] === 'number') fields[read['number']] = textOf(read['name']);
    } else return false;
    return true;
  });
  return { name, fields };
}

/** A varint, negative ones in two's complement as Perfetto writes int32 and int64. */
function numberOf(reader: Reader): number {
  return Number(reader.int64());
}
