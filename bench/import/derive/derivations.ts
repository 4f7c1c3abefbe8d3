/** What is derived from the facts, step by step: each adds to the draft, later steps see what earlier ones put in. */
import type { Context } from './context.ts';
import { deriveKsm } from './ksm.ts';
import { deriveLoad } from './load.ts';
import { deriveMachine } from './machine.ts';
import { deriveMemory } from './memory.ts';
import { derivePopulation } from './population.ts';
import { deriveTraced } from './tracedLoad.ts';

export const DERIVATIONS: readonly ((context: Context) => void)[] = [
  deriveMachine,
  deriveMemory,
  deriveKsm,
  derivePopulation,
  deriveTraced,
  deriveLoad,
];
