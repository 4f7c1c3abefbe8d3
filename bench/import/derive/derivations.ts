/** What is derived from the facts, step by step: each adds to the draft, later steps see what earlier ones put in. */
import type { Draft } from '../draft.ts';
import type { Facts } from '../facts.ts';
import type { Base } from './base.ts';

export interface Derivation {
  readonly name: string;
  derive(facts: Facts, draft: Draft, base: Base): void;
}

/** A trace's derivation belongs behind the population and before the guesses about load. */
export const DERIVATIONS: readonly Derivation[] = [];
