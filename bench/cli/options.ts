/** Parsers of option values, shared by the commands. Each throws UsageError with what was expected. */
import { UsageError } from '../errors.ts';
import { suggestion } from '../plan/suggest.ts';
import type { PluginId } from '../plugin/index.ts';
import { strategies } from '../../sim/index.ts';

/** A whole number from `least` to `most`. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) {
    throw new UsageError(`${option} expects a whole number from ${least} to ${most}, not '${text}'`);
  }
  return value;
}

/** `b+c` to `['b', 'c']`, each a known strategy (`plugins`: and those) and named once. */
export function strategyCombination(text: string, plugins: readonly PluginId[] = []): string[] {
  const known = [...strategies, ...plugins].map((strategy) => strategy.name);
  const parts = text.split('+').map((part) => part.trim());
  for (const part of parts) {
    if (!known.includes(part)) throw new UsageError(`unknown strategy '${part}'${suggestion(part, known)}`);
  }
  if (new Set(parts).size < parts.length) throw new UsageError(`'${text}' names a strategy twice`);
  return parts;
}
