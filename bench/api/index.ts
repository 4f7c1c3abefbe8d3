/**
 * The library: `import { Device, run, compare, defineStrategy } from 'cma-stress'`.
 *
 * - `Device`: one simulated device, run by hand and looked at.
 * - `run`, `readRun`, `compare`: workloads under fix strategies on worker threads, and what the differences are worth.
 * - `defineStrategy`, with the kernel's constants and helpers: a fix of your own.
 *
 * Times are whole ns of simulated time, sizes pages of 4 KiB, shares lie in 0..1, unless a name says another unit.
 *
 * @module
 */
export { Device } from './device.ts';
export type { AllocateOptions, DeviceOptions, KsmFiles } from './device.ts';
export { readRun, run } from './run.ts';
export type { RunPlan, RunProgress } from './run.ts';
export type { Run } from './runResult.ts';
export { compare } from './compare.ts';
export type { Compared, ComparedRuns, CompareOptions } from './compare.ts';
export type { OwnWorkload, Workload } from './workload.ts';
export type { Duration, Settings, WorkloadOptions } from './options.ts';
export * from './lists.ts';
export * from '../plugin/kit.ts';
export * from './types.ts';
export { InputError, PluginError, StorageError, UsageError } from '../errors.ts';
