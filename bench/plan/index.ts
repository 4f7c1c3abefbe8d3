/** Workload files to validated descriptions to cells. No output, no exit: errors are InputError and UsageError. */
export { bundleWorkload, checkBundle, loadBundle, type WorkloadBundle } from './bundle.ts';
export { listCostProfiles, listDevices, listKernels, listWorkloads, loadCosts } from './catalog.ts';
export { canonicalJson } from './canonicalJson.ts';
export { cellPicker, makePlan, parseCombination, planCells, type CellPlace } from './cells.ts';
export { LIMITS, REPLAY_LIMITS } from './limits.ts';
export { groupKey, Plan } from './plan.ts';
export { loadDevice, loadWorkload, loadWorkloadText, type LoadOptions } from './resolve.ts';
export { formatDuration, parseDuration, parseMinutes } from './units.ts';
