export { Explorer } from './explore.ts';
export type { CauseReport, Exploration, ExploreOptions, Grade } from './explore.ts';
export { THREAD_OPS } from './script.ts';
export type { ThreadError } from './script.ts';
export type { Verdict } from './verdict.ts';
export { WINDOW_CAUSES, type WindowCause } from './windows.ts';
