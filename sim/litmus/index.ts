export { runLitmus } from './interpreter.ts';
export { LitmusError } from './types.ts';
export type {
  LitmusAction,
  LitmusLead,
  LitmusMismatch,
  LitmusOptions,
  LitmusPlace,
  LitmusProcess,
  LitmusRelations,
  LitmusResult,
  LitmusSnapshot,
  LitmusState,
  LitmusTest,
  LitmusVma,
  LitmusWalk,
} from './types.ts';
