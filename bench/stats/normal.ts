/** The standard normal distribution, by jstat: within 1e-10 of the tables (docs/decisions/0006-statistics.md). */
import { createRequire } from 'node:module';
import type Jstat from 'jstat';

/**
 * Asked for with the first figure that needs it, and by `require`: before it imports a module of CommonJS, Node reads
 * all of it for names of exports, which for this one took a fifth of a command's start.
 */
const require = createRequire(import.meta.url);
let loaded: typeof Jstat | null = null;

function jstat(): typeof Jstat {
  return (loaded ??= require('jstat') as typeof Jstat);
}

/** P(Z <= z). */
export function normalCdf(z: number): number {
  return jstat().normal.cdf(z, 0, 1);
}

/** The z with P(Z <= z) = p; -Infinity and Infinity at 0 and 1. */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity;
  return p >= 1 ? Infinity : jstat().normal.inv(p, 0, 1);
}
