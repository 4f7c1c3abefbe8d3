/** Explorations: every interleaving of the threads of a litmus test. */
export { Explorer } from './explore.ts';
export type { CauseReport, Exploration, ExploreOptions, Grade } from './explore.ts';
export { THREAD_OPS, ThreadError, type ThreadOp } from './script.ts';
export { VERDICTS, type Verdict } from './verdict.ts';
export { WINDOW_CAUSES, type WindowCause } from './windows.ts';
