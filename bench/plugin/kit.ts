/**
 * What `import { ... } from 'cma-stress'` finds in a plug-in: how a strategy is defined, and the constants and helpers
 * that its hooks are written with. All of it is pure, so that it can be had in the thread of a cell.
 *
 * @module
 */
export {
  CAUSES,
  Covers,
  defineStrategy,
  findStrategy,
  FORBIDDEN,
  int32,
  KIND,
  MODEL_VERSION,
  NONE,
  PG,
  PTE,
  PTE_SHIFT,
  strategies,
  StrategyError,
  uint8,
  VM,
} from '../../sim/index.ts';
