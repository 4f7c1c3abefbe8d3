/** The public face of the model: a description goes in, observations come out. */
export type * from './description.ts';
export * from './observations.ts';
export { runCell, runCellBySeconds } from './device.ts';
export { CHANGED_BY_6_1, SCRIPT_KERNEL_NAMES } from './kernelProfiles.ts';
export { MODEL_VERSION } from './version.ts';
export { Stream } from './clock/random.ts';
export { strategies, findStrategy, knownAs, type StrategyInfo } from './strategies/index.ts';
export * from './strategies/plugin.ts';
export { KSMD_POINTS } from './ksm/ksmd.ts';
export { MIGRATE_POINTS } from './migrate/unmapAndMove.ts';
export { runLitmus, type LitmusTest, type LitmusResult, type LitmusAction } from './litmus/index.ts';
export type * from './testbed/record.ts';
export * from './litmus/explore/index.ts';
export { runTestbed, type TestbedInput } from './testbed/run.ts';
export { SCENARIOS as TESTBED_SCENARIOS } from './testbed/params.ts';
export { Tracer, type BulkKind } from './watch/tracer.ts';
export type * from './watch/traceEvents.ts';
export type { Watch } from './watch/watch.ts';
