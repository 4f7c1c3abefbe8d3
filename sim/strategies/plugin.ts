/**
 * What a strategy in a file of its own can import from `cma-stress`, besides the model's public face: how it is
 * defined, the types of its hooks, and the kernel's constants and helpers that hooks are written with.
 */
export { defineStrategy } from './define.ts';
export { checkedStrategy, HOOK_NAMES, StrategyError } from './checked.ts';
export { Covers } from './covers.ts';
export { FORBIDDEN } from './strategy.ts';
export { int32, uint8 } from '../arena.ts';
export type * from './strategy.ts';
export { KIND, NONE, PG } from '../memory/frames.ts';
export { PTE, PTE_SHIFT } from '../process/pageTables.ts';
export { VM } from '../process/vmas.ts';
export type { Registers } from '../registers.ts';
