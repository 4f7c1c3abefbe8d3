export { runLitmus } from './interpreter.ts';
export { LitmusError } from './types.ts';
export type {
  LitmusAction,
  LitmusMismatch,
  LitmusOptions,
  LitmusResult,
  LitmusSnapshot,
  LitmusState,
  LitmusTest,
} from './types.ts';
