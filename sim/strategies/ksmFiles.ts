/**
 * Files of /sys/kernel/mm/ksm that 3.10 does not have and a workload can set: the version of Linux that brought each,
 * and the strategy that brings it to any kernel.
 */
import type { KernelProfile, KsmSettings } from '../description.ts';
import { maxPageSharing } from './max-page-sharing.ts';
import { scanTimeAdvisor } from './scan-time-advisor.ts';

interface LaterKsmFile {
  readonly since: string;
  /** Name of the strategy. */
  readonly strategy: string;
}

const OF_ADVISOR: LaterKsmFile = { since: '6.8', strategy: scanTimeAdvisor.name };

export const LATER_KSM_FILES = {
  max_page_sharing: { since: '4.13', strategy: maxPageSharing.name },
  advisor_target_scan_time: OF_ADVISOR,
  advisor_min_pages_to_scan: OF_ADVISOR,
  advisor_max_pages_to_scan: OF_ADVISOR,
  advisor_max_cpu: OF_ADVISOR,
} as const satisfies Partial<Record<keyof KsmSettings, LaterKsmFile>>;
export type LaterKsmFileName = keyof typeof LATER_KSM_FILES;
export const LATER_KSM_FILE_NAMES = Object.keys(LATER_KSM_FILES) as LaterKsmFileName[];

/** Whether the kernel itself has the file. */
export function kernelHasFile(name: LaterKsmFileName, kernel: KernelProfile): boolean {
  return name === 'max_page_sharing' && kernel.changes !== undefined && kernel.changes.maxPageSharing > 0;
}
