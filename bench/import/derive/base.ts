/** The built-in device that stands in for what a capture does not tell, and what is taken from it. */
import type { ContentMix, DeviceDescription, ProcessGroup, Region } from '../../../sim/index.ts';
import { UsageError } from '../../errors.ts';
import { listDevices, loadDevice } from '../../plan/index.ts';
import { suggestion } from '../../plan/suggest.ts';
import { quote } from '../../plan/quote.ts';
import { PAGE_KB } from '../../plan/units.ts';
import type { Facts } from '../facts.ts';
import type { Traced } from './traced.ts';
import type { View } from './view.ts';

export interface Base {
  /** Its name, for comments: `zx1800-512`. */
  readonly name: string;
  readonly device: DeviceDescription;
  /** Why this one: for a comment. */
  readonly why: string;
  readonly isAndroid: boolean;
  readonly writing: Writing;
}

/** How the base's processes write to their anonymous memory, taken together. */
interface Writing {
  /** Writes per second and populated page. */
  readonly perPage: number;
  readonly hotPages: number;
  readonly hotWrites: number;
  readonly remerge: number;
  readonly contents: ContentMix;
  /** How a forked process writes to what it inherited; rate per second and inherited page. */
  readonly inherited: {
    readonly perPage: number;
    readonly hotPages: number;
    readonly hotWrites: number;
    readonly remerge: number;
  };
}

/** The device whose groups stand in for processes of Android of which only totals are known, or nothing. */
export const TEMPLATE_DEVICE = 'zx1800-512';
/** The device for anything that is not Android: a kernel and costs of a PC. */
const NOT_ANDROID = 'testbed-512';

export function chooseBase(facts: Facts, view: View, traced: Traced | null, named: string | null): Base {
  const names = listDevices().map(({ name }) => name);
  if (named !== null && !names.includes(named))
    throw new UsageError(`--device: unknown device ${quote(named)}${suggestion(named, names)}`);
  const android = isAndroid(facts, view) || (traced !== null && isOfAndroid(traced));
  const name = named ?? (android ? nearest(view, names) : NOT_ANDROID);
  const device = loadDevice(name);
  const why = named !== null ? 'as --device says' : android ? nearestWhy(view) : 'the capture is not of Android';
  return { name, device, why, isAndroid: android, writing: writingOf(device) };
}

/** Processes or properties of Android. */
function isAndroid(facts: Facts, view: View): boolean {
  if ([...facts.properties.keys()].some((name) => name.startsWith('ro.'))) return true;
  if (/\bandroidboot\./.test(facts.commandLine?.text ?? '')) return true;
  if (view.lowmemorykiller.adj.length > 0 || view.system.has('Lost RAM')) return true;
  const known = ['zygote', 'zygote64', 'system_server', 'surfaceflinger', 'servicemanager'];
  return view.processes.some(
    (process) =>
      known.includes(process.name ?? '') ||
      process.oomLabel !== null ||
      process.mappings.some((mapping) => mapping.name.startsWith('[anon:dalvik')),
  );
}

/** A zygote, or lowmemorykiller at work. */
function isOfAndroid({ derived, facts }: Traced): boolean {
  return derived.lineage.some((node) => node.isZygote) || facts.kills.some(({ by }) => by === 'lowmemorykiller');
}

/** Of Android's devices, the one with the nearest MemTotal; that of the templates without a MemTotal. */
function nearest(view: View, names: readonly string[]): string {
  const total = view.meminfo.get('MemTotal');
  if (total === undefined) return TEMPLATE_DEVICE;
  const candidates = names.filter((name) => name !== NOT_ANDROID).map((name) => ({ name, pages: managedBy(name) }));
  const away = ({ pages }: { readonly pages: number }) => Math.abs(pages - total.value / PAGE_KB);
  return candidates.reduce((best, one) => (away(one) < away(best) ? one : best)).name;
}

/** MemTotal of a built-in device, pages. */
function managedBy(name: string): number {
  const { memory } = loadDevice(name);
  return memory.frames - memory.reserved.reduce((total, { pages }) => total + pages, 0);
}

function writingOf(device: DeviceDescription): Writing {
  const regions = device.load.groups.flatMap(({ count, regions: own }) => own.map((region) => ({ count, region })));
  const written = regions.filter(({ region }) => region.writes.perSecond > 0 && region.mergeable);
  let pages = 0;
  let rate = 0;
  for (const { count, region } of written) {
    // A group that only spawners fill counts like one process of it.
    pages += Math.max(1, count) * region.pages * region.populated;
    rate += Math.max(1, count) * region.writes.perSecond;
  }
  const size = ({ region }: { readonly region: Region }) => region.pages * region.populated;
  const largest = written.reduce((best, one) => (size(one) > size(best) ? one : best)).region;
  const { hotPages, hotWrites, remerge } = largest.writes;
  const perPage = rate / pages;
  return { perPage, hotPages, hotWrites, remerge, contents: largest.contents, inherited: inheritedBy(device) };
}

/** Of the group with the most processes among the forked ones. */
function inheritedBy({ load }: DeviceDescription): Writing['inherited'] {
  const forked = load.groups.filter(({ start }) => start === 'fork');
  const group = forked.reduce((best, one) => (one.count > best.count ? one : best));
  const parent = load.groups.find(({ name }) => name === group.parent)!;
  const privates = parent.regions.filter(({ kind }) => kind !== 'shared-file');
  const pages = privates.reduce((sum, region) => sum + region.pages * region.populated, 0);
  const { hotPages, hotWrites, perSecond, remerge } = group.inheritedWrites;
  return { perPage: perSecond / pages, hotPages, hotWrites, remerge };
}

/** A group of the built-in Android device, as a pattern for a process of which only totals are known. */
export function templateOf(name: 'zygote' | 'system-server' | 'app' | 'native-small'): ProcessGroup {
  return loadDevice(TEMPLATE_DEVICE).load.groups.find((group) => group.name === name)!;
}

function nearestWhy({ meminfo }: View): string {
  return meminfo.has('MemTotal') ? 'the nearest by MemTotal' : 'the capture is of Android and has no MemTotal';
}
