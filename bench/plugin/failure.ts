/**
 * What went wrong while a plug-in acted, told as what it is: the plug-in's own error with its place, or one it may have
 * caused.
 */
import { InputError, PluginError } from '../errors.ts';
import { StrategyError } from '../../sim/index.ts';
import { placeInStack, placeOfFunction, placeOfWord } from './place.ts';
import type { Plugin } from './types.ts';

/** The error as the user is to see it; `plugins`: those that acted. Errors of input files stay what they are. */
export function blame(thrown: unknown, plugins: readonly Plugin[]): unknown {
  if (plugins.length === 0 || thrown instanceof InputError || thrown instanceof PluginError) return thrown;
  if (thrown instanceof StrategyError) {
    const plugin = plugins.find(({ name }) => name === thrown.strategy);
    if (plugin !== undefined) return ownError(plugin, thrown);
  }
  const names = plugins.map(({ name, file }) => `${name} (${file})`).join(', ');
  const { text, stack } = toldOf(thrown);
  return new PluginError(`with plug-in ${names}: ${text}; the plug-in may be the cause: run it without`, stack);
}

/** `TypeError: what is wrong` and where it was thrown, '' for what is no Error. */
export function toldOf(thrown: unknown): { readonly text: string; readonly stack: string } {
  if (!(thrown instanceof Error)) return { text: String(thrown), stack: '' };
  return { text: `${thrown.name}: ${thrown.message}`, stack: thrown.stack ?? '' };
}

function ownError(plugin: Plugin, error: StrategyError): PluginError {
  const { stack } = toldOf(error.cause);
  const place = placeInStack(plugin, stack) ?? placeOfFunction(plugin, error.code) ?? placeOfWord(plugin, ['attach']);
  const at = place === null ? plugin.file : `${place.file}:${place.line}:${place.column}`;
  return new PluginError(`${at}: plug-in ${plugin.name}, ${error.hook}: ${error.message}`, stack);
}
