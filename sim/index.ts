/** The public face of the model: a description goes in, observations come out. */
export type * from './description.ts';
export * from './observations.ts';
export { ReusedArena } from './arena.ts';
export { runCell, runCellBySeconds } from './device.ts';
export { SteppedDevice, type DeviceState } from './steppedDevice.ts';
export type { HandRequest, HandSetting } from './load/byHand.ts';
export { CHANGED_BY_6_1, SCRIPT_KERNEL_NAMES } from './kernelProfiles.ts';
export { frameMapOf } from './watch/frameMap.ts';
export type * from './watch/frameMap.ts';
export { FRAME_KINDS, type FrameKind } from './watch/frameKinds.ts';
export { MODEL_VERSION } from './version.ts';
export { Stream } from './clock/random.ts';
export { strategies, findStrategy, knownAs, type StrategyInfo } from './strategies/index.ts';
export { Bystanders } from './strategies/bystanders.ts';
export * from './strategies/ksmFiles.ts';
export * from './strategies/plugin.ts';
export { KSMD_POINTS } from './ksm/ksmd.ts';
export { MIGRATE_POINTS } from './migrate/unmapAndMove.ts';
export { LitmusError, runLitmus } from './litmus/index.ts';
export type {
  LitmusAction,
  LitmusPlace,
  LitmusProcess,
  LitmusResult,
  LitmusState,
  LitmusTest,
  LitmusVma,
  LitmusWalk,
} from './litmus/index.ts';
export type * from './testbed/record.ts';
export * from './litmus/explore/index.ts';
export { runTestbed, type TestbedInput } from './testbed/run.ts';
export { programInput } from './testbed/cell.ts';
export * as testbedKeys from './testbed/keys.ts';
export { ZONE_START as TESTBED_ZONE_START } from './testbed/testbed.ts';
export { firstOpening } from './explain/opening.ts';
export { explainRequest, type ExplainOptions } from './explain/explain.ts';
export type * from './explain/types.ts';
export { BULK_KINDS, Tracer, type BulkKind } from './watch/tracer.ts';
export type * from './watch/traceEvents.ts';
export type { Watch } from './watch/watch.ts';
// Parts of the model for those who measure them one by one (bench/suites).
export { startCell } from './startCell.ts';
export { idleDevice, type IdleDevice } from './idleDevice.ts';
export { auditWorld } from './load/audit.ts';
export type { Limits as PoolLimits } from './kernel.ts';
export { Scheduler } from './clock/scheduler.ts';
export { sleepFor, type Actor } from './clock/actor.ts';
export type { World } from './load/world.ts';
export { PageList } from './migrate/pageList.ts';
export { KIND as FRAME_KIND, NONE } from './memory/frames.ts';
export { LEAF_PAGES, PTE, PTE_SHIFT, VPN_LIMIT } from './process/pageTables.ts';
