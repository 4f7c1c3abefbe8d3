/**
 * pages_to_scan follows the number of pages there are, so that a full scan lasts as long as it was asked to (mm/ksm.c
 * of 6.8: scan_time_advisor, set_advisor_defaults, ksm_thread_pages_to_scan).
 */
import type { KsmSettings } from '../description.ts';
import type { Strategy } from './strategy.ts';

const MS = 1_000_000;

/** Its sysfs files. Seconds, pages, percent of one CPU. */
export type AdvisorFiles = Required<
  Pick<
    KsmSettings,
    'advisor_target_scan_time' | 'advisor_min_pages_to_scan' | 'advisor_max_pages_to_scan' | 'advisor_max_cpu'
  >
>;

/** What they hold at first (mm/ksm.c of 6.8). */
export const ADVISOR_DEFAULTS: AdvisorFiles = {
  advisor_target_scan_time: 200,
  advisor_min_pages_to_scan: 500,
  advisor_max_pages_to_scan: 30_000,
  advisor_max_cpu: 70,
};
/** KSM_ADVISOR_MIN_CPU, percent of one CPU: no file. */
const MIN_CPU = 10;
/** EWMA_WEIGHT, percent. */
const WEIGHT = 30;

/** struct advisor_ctx, and ksm_thread_pages_to_scan. */
export interface AdvisorState {
  readonly pages: number;
  /** Of the last scan, seconds, 0 before the first. */
  readonly scanTime: number;
  /** Smoothed change of the scan time, percent; 0 before the first scan. */
  readonly change: number;
}

/** The state when the mode is chosen (set_advisor_defaults): the lower limit of pages_to_scan is used nowhere else. */
export function advisorStart(files: AdvisorFiles): AdvisorState {
  return { pages: files.advisor_min_pages_to_scan, scanTime: 0, change: 0 };
}

/**
 * scan_time_advisor at the end of a full scan that took `wallNs`, `cpuNs` of them on a CPU. Integers throughout,
 * rounded down as in the kernel, of 64 bits also where unsigned long has 32.
 */
export function adviseScanTime(files: AdvisorFiles, last: AdvisorState, wallNs: number, cpuNs: number): AdvisorState {
  const scanTime = atLeast1(quotient(wallNs, 1000 * MS));
  const cpuPercent = atLeast1(quotient(quotient(cpuNs, MS) * 100, scanTime * 1000));
  const factor = atLeast1(quotient(files.advisor_target_scan_time * 100, scanTime));
  const growth = atLeast1(quotient(scanTime * 100, last.scanTime === 0 ? scanTime : last.scanTime));
  const change = quotient((100 - WEIGHT) * last.change + WEIGHT * growth, 100);
  const wanted = quotient(quotient(last.pages * 100, factor) * change, 100);
  const pagesPerPercent = atLeast1(quotient(last.pages, cpuPercent));
  const least = pagesPerPercent * MIN_CPU;
  const most = pagesPerPercent * files.advisor_max_cpu;
  const pages = Math.min(Math.max(Math.min(wanted, most), least), files.advisor_max_pages_to_scan);
  return { pages, scanTime, change };
}

function quotient(a: number, b: number): number {
  return Math.floor(a / b);
}

/** The kernel never divides by 0. */
function atLeast1(value: number): number {
  return value === 0 ? 1 : value;
}

export const scanTimeAdvisor: Strategy = {
  name: 'scan-time-advisor',
  group: 'scan',
  about:
    'pages_to_scan is set anew after each full scan so that one takes 200 s, at 10 to 70 % of a CPU; starts at 500',
  origin: 'Stefan Roesch, "mm/ksm: Add ksm advisor", v5 of 18 December 2023; Linux 6.8, advisor_mode scan-time',
  claims: [],
  costs:
    'the defaults are those of servers: its lower CPU limit of 10 % comes first, so with the few pages of a 512 MB device ksmd scans many times faster than in 200 s and uses many times the CPU of 100 pages a batch',
  attach: (kernel) => {
    const files = { ...ADVISOR_DEFAULTS, ...kernel.ksmSettings };
    let state = advisorStart(files);
    let scanBegan = 0;
    let cpuBefore = 0;
    return {
      pagesToScan: () => state.pages,
      passStarts: () => {
        scanBegan = kernel.now();
        return 0;
      },
      passEnds: () => {
        const wallNs = kernel.now() - scanBegan;
        const cpuNs = kernel.ksmd.cpuTime - cpuBefore;
        // A scan outside simulated time, before the device runs, tells nothing.
        if (wallNs === 0 && cpuNs === 0) return;
        state = adviseScanTime(files, state, wallNs, cpuNs);
        cpuBefore = kernel.ksmd.cpuTime;
      },
    };
  },
};
