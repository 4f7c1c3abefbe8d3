/**
 * Files of KSM that a workload sets and nobody in a run reads: refused, since a knob that does nothing looks like one
 * that changes nothing. Where one of several strategies reads the file, the others go without it, as their kernels do.
 */
import {
  kernelHasFile,
  LATER_KSM_FILE_NAMES,
  LATER_KSM_FILES,
  type KernelProfile,
  type LaterKsmFileName,
} from '../../sim/index.ts';
import { UsageError } from '../errors.ts';
import { listKernels, loadKernel } from './catalog.ts';
import type { ResolvedWorkload } from './types.ts';

/** `plugins`: names of strategies of which nobody knows what they read. */
function readsFile(
  name: LaterKsmFileName,
  kernel: KernelProfile,
  combination: readonly string[],
  plugins: readonly string[] = [],
): boolean {
  const isReader = (strategy: string) => strategy === LATER_KSM_FILES[name].strategy || plugins.includes(strategy);
  return kernelHasFile(name, kernel) || combination.some(isReader);
}

/** Throws UsageError for the first file that no combination of strategies reads. */
export function refuseUnread(
  workloads: readonly ResolvedWorkload[],
  combinations: readonly (readonly string[])[],
  plugins: readonly string[],
): void {
  for (const { description } of workloads) {
    const { ksm, kernel } = description;
    const isRead = (name: LaterKsmFileName) => combinations.some((one) => readsFile(name, kernel, one, plugins));
    const unread = LATER_KSM_FILE_NAMES.find((name) => ksm[name] !== undefined && !isRead(name));
    if (unread === undefined) continue;
    const { since } = LATER_KSM_FILES[unread];
    throw new UsageError(
      `ksm.${unread}: ${kernel.name} has no such file; it came with Linux ${since}`,
      `${whereFrom(unread, combinations[0])}, or leave the key out`,
    );
  }
}

/** How to get the file. */
function whereFrom(name: LaterKsmFileName, combination: readonly string[]): string {
  const strategy = `add --strategy ${[...combination, LATER_KSM_FILES[name].strategy].join('+')}`;
  const kernels = listKernels().filter((kernel) => kernelHasFile(name, loadKernel(kernel.name)));
  return [strategy, ...kernels.map((kernel) => `take --set kernel=${kernel.name}`)].join(', ');
}
