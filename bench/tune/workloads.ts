/** Which workloads a search runs on: named ones, or those that stand for a device. */
import { createHash } from 'node:crypto';
import type { DeviceDescription } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import { canonicalJson, listDevices, listWorkloads, loadWorkload } from '../plan/index.ts';
import type { LoadOptions } from '../plan/index.ts';
import type { ResolvedWorkload } from '../plan/types.ts';

/** Shows the failure on the devices that it runs on. */
const PREFERRED = 'fork-heavy';

/**
 * Words of the command line to names or paths of workloads: a device stands for a built-in workload that runs on it.
 */
export function workloadsNamed(words: readonly string[]): string[] {
  const workloads = listWorkloads().map(({ name }) => name);
  const devices = listDevices().map(({ name }) => name);
  const names = words.map((word) =>
    devices.includes(word) && !workloads.includes(word) ? standsFor(word, workloads) : word,
  );
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`workload '${twice}' is given twice`);
  return names;
}

function standsFor(device: string, workloads: readonly string[]): string {
  const plain = { set: [], durationNs: null, quick: false };
  const running = workloads.filter((name) => loadWorkload(name, plain).device === device);
  const chosen = running.includes(PREFERRED) ? PREFERRED : running.at(0);
  if (chosen === undefined)
    throw new UsageError(`no built-in workload runs on ${device}`, 'give a workload file that names it as its device');
  return chosen;
}

/** Loads them. Throws UsageError where they cannot be searched together. */
export function loadAll(names: readonly string[], options: LoadOptions): ResolvedWorkload[] {
  const loaded = names.map((name) => loadWorkload(name, options));
  const [{ device, kernel }] = loaded;
  const other = loaded.find((one) => one.device !== device || one.kernel !== kernel);
  if (other !== undefined)
    throw new UsageError(
      `${loaded[0].name} runs on ${device} with ${kernel}, ${other.name} on ${other.device} with ${other.kernel}`,
      'one search is about one device: search them apart',
    );
  const silent = loaded.find(
    ({ description }) => description.program === undefined && largestRequest(description, null) === 0,
  );
  if (silent !== undefined)
    throw new UsageError(`nobody asks for contiguous memory in ${silent.name}`, 'add cma_clients to it');
  return loaded;
}

/** Pages of the largest request for memory of an area, of any where it is null; 0: there is none. */
export function largestRequest({ load }: DeviceDescription, area: string | null): number {
  const drawn = load.cmaClients.flatMap((client) => client.sizes.map(({ pages }) => ({ pages, area: client.area })));
  const replayed = (load.events ?? []).filter((event) => event.action === 'cma');
  const requests = [...drawn, ...replayed].filter((request) => area === null || request.area === area);
  return requests.reduce((most, { pages }) => Math.max(most, pages), 0);
}

/** Equal for workloads that do the same. */
export function hashOf(workloads: readonly ResolvedWorkload[]): string {
  const all = workloads.map(({ description }) => description);
  return createHash('sha256').update(canonicalJson(all)).digest('hex').slice(0, 16);
}
