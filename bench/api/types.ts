/**
 * Types of what the library is given and hands out, that are at home in other rooms.
 *
 * @module
 */
export type {
  // A device, as a workload describes it.
  CmaAreaDescription,
  CmaClient,
  CmaUse,
  ContentMix,
  CostProfile,
  DeviceDescription,
  FrameSpan,
  KernelChanges,
  KernelProfile,
  KsmSettings,
  LoadDescription,
  MemoryDescription,
  PageCacheLoad,
  PinHolder,
  ProcessGroup,
  ProgramDescription,
  Region,
  ReplayedEnd,
  ReplayedRequest,
  ReplayedSetting,
  ReplayedStart,
  ReplayEvent,
  Spawner,
  WriteActivity,
  // What is seen of it.
  Cause,
  CauseCounts,
  CmaAttempt,
  DeviceState,
  HandSetting,
  KsmCounters,
  Observations,
  Sample,
  // What happens on it, event by event.
  BatchSpan,
  Blocker,
  BulkKind,
  Counters,
  Edge,
  GapOrigin,
  LeftAs,
  LifeSpan,
  MigrateSpan,
  PassSpan,
  PhaseSpan,
  RangePhase,
  RangeSpan,
  RequestSpan,
  ScanSpan,
  Task,
  TaskSwitch,
  TraceEvent,
  TracePoint,
  TraceSpan,
  // Strategies.
  FailedRequest,
  Registers,
  Remedy,
  Strategy,
  StrategyGroup,
  StrategyHooks,
  StrategyInfo,
  StrategyKernel,
  VisitPte,
} from '../../sim/index.ts';
export type { CatalogEntry } from '../plan/types.ts';
export type { PluginId } from '../plugin/index.ts';
// Results of a run.
export type { AttemptLog } from '../run/attemptLog.ts';
export type { CellDocument, CellRecord, ClientCounts, FailedCell, HistogramPairs } from '../run/cell.ts';
export type { RunDocument } from '../run/document.ts';
export type { CellLimits } from '../run/limits.ts';
export type { UntilCiReport } from '../run/rounds.ts';
export type { Crossing } from '../run/threshold.ts';
export type { Unit } from '../run/thresholdMetrics.ts';
export type { ClaimCheck } from '../stats/claims.ts';
export type { RateEstimate } from '../stats/failureRate.ts';
export type { PairedDifference } from '../stats/paired.ts';
export type { LatencySummary, SummaryEntry, Versus } from '../stats/summarize.ts';
export type { Warning, WarningKind } from '../stats/warnings.ts';
// Of comparisons.
export type { CompareDocument, CompareRow } from '../compare/document.ts';
export type { Difference } from '../compare/differences.ts';
export type { Problem } from '../errors.ts';
