/**
 * Recordings with the same parameters but for name and seed form a group: the model is run for a group once, and each
 * of its recordings is compared with all these runs.
 */
import type { CmaAreaDescription, DeviceDescription, TestbedRecord } from '../../sim/index.ts';
import { InputError } from '../errors.ts';
import { canonicalJson } from '../plan/canonicalJson.ts';
import { loadDevice } from '../plan/resolve.ts';
import type { TestbedInput } from '../../sim/index.ts';
import type { Recording } from './recording.ts';

/** The machine of the recordings. */
export const DEVICE = 'testbed-512';

export interface Group {
  /**
   * What the recordings' names have in common, `gnat_s20_p100` of `gnat_s20_p100_r0`, ...; the name of a single one.
   */
  readonly name: string;
  readonly recordings: readonly Recording[];
}

/** Groups in order of their first recording. */
export function groupRecordings(recordings: readonly Recording[]): Group[] {
  const groups = new Map<string, Recording[]>();
  for (const recording of recordings) {
    const key = parametersOf(recording.record);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [recording]);
    else group.push(recording);
  }
  const names = new Set(recordings.map(({ record }) => record.name));
  return [...groups.values()].map((members) => {
    const name = members.length === 1 ? members[0].record.name : unused(commonName(members), names);
    names.add(name);
    return { name, recordings: members };
  });
}

function parametersOf(record: TestbedRecord): string {
  const params = Object.entries(record.params).filter(([key]) => key !== 'name' && key !== 'seed');
  return canonicalJson({ params: params.sort(([a], [b]) => (a < b ? -1 : 1)), cma: areaOf(record) });
}

/** The beginning that all names share, without a trailing `_r`. */
function commonName(members: readonly Recording[]): string {
  const [first, ...others] = members.map(({ record }) => record.name);
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length).replace(/[_-]r?$/, '') || first;
}

function unused(name: string, names: ReadonlySet<string>): string {
  let free = name;
  for (let n = 2; names.has(free); n++) free = `${name} (${n} runs)`;
  return free;
}

/** The modelled runs of a group: run k has the parameters of recording k mod m and seed k, from 1. */
export function modelRuns(group: Group, seeds: number): TestbedInput[] {
  const { recordings } = group;
  const description = machineOf(recordings[0]);
  return Array.from({ length: seeds }, (_, index) => ({
    description,
    params: recordings[index % recordings.length].record.params,
    seed: index + 1,
  }));
}

/** The testbed with the recording's CMA area. Throws InputError when it has no room for it. */
export function machineOf({ file, record }: Recording): DeviceDescription {
  const device = loadDevice(DEVICE);
  const { memory } = device;
  const area = areaOf(record);
  const last = area.first + area.pages;
  const other = memory.reserved.find((span) => area.first < span.first + span.pages && span.first < last);
  if (last > memory.frames || other !== undefined) {
    const end = `ends at frame ${last}; ${DEVICE} has ${memory.frames}`;
    const message =
      other === undefined
        ? end
        : `overlaps ${other.name} of ${DEVICE}, frames ${other.first} to ${other.first + other.pages - 1}`;
    throw InputError.ofFile(file, message, 'cma');
  }
  return { ...device, memory: { ...memory, cma: [area] } };
}

/** The CMA area of a recording. */
export function areaOf({ cma }: TestbedRecord): CmaAreaDescription {
  return { name: 'reserved', first: cma.base_pfn, pages: cma.count, isDefault: true };
}
