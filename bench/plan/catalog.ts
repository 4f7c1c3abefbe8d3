/** What is built in: names and one-line descriptions of workloads, devices, kernels and cost profiles. */
import type { KernelProfile } from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import { builtInNames, findFile, readTree, type FileKind } from './files.ts';
import { nodeAt } from './node.ts';
import { costsSchema, kernelSchema, toCosts, toKernel, type CostsFile } from './profileSchemas.ts';
import { quote } from './quote.ts';
import { readProfile } from './resolve.ts';
import { suggestion } from './suggest.ts';
import type { CatalogEntry } from './types.ts';

function entries(kind: FileKind): CatalogEntry[] {
  return builtInNames(kind).map((name) => {
    const about = nodeAt(readTree(findFile(kind, name, '.')!), ['about']);
    return { name, about: about?.kind === 'scalar' ? about.text.trim().replaceAll(/\s+/g, ' ') : '' };
  });
}

/** Built-in workloads, by name. */
export function listWorkloads(): CatalogEntry[] {
  return entries('workload');
}

/** Built-in devices, by name. */
export function listDevices(): CatalogEntry[] {
  return entries('device');
}

/** Built-in kernel profiles, by name. */
export function listKernels(): CatalogEntry[] {
  return entries('kernel');
}

/** Built-in cost profiles, by name. */
export function listCostProfiles(): CatalogEntry[] {
  return entries('cost profile');
}

/** A built-in kernel profile; `listKernels` has the names. */
export function loadKernel(name: string): KernelProfile {
  return toKernel(name, readProfile(findFile('kernel', name, '.')!, kernelSchema));
}

/** A built-in cost profile with the source of each number; throws UsageError for an unknown name. */
export function loadCosts(name: string): CostsFile {
  const names = builtInNames('cost profile');
  if (!names.includes(name)) throw new UsageError(`unknown cost profile ${quote(name)}${suggestion(name, names)}`);
  return toCosts(name, readProfile(findFile('cost profile', name, '.')!, costsSchema));
}
