/** Scripted litmus tests of the model: their form, and running one. Exploring all interleavings is explore/. */
export { runLitmus } from './interpreter.ts';
export { LitmusError } from './types.ts';
export type {
  LitmusAction,
  LitmusPlace,
  LitmusProcess,
  LitmusResult,
  LitmusState,
  LitmusTest,
  LitmusVma,
  LitmusWalk,
} from './types.ts';
