/** Where in a plug-in's own files something happened: from a place in the bundle through its source map. */
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { partsOf, shownFile } from './parts.ts';
import type { Plugin } from './types.ts';

/** Line and column count from 1. */
export interface PluginPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What frames of this bundle are called in a stack. */
export function scriptName(plugin: Pick<Plugin, 'hash'>): string {
  return `cma-stress-plugin-${plugin.hash}.js`;
}

/** The innermost frame of a stack that lies in the plug-in; null when none does. */
export function placeInStack(plugin: Plugin, stack: string): PluginPlace | null {
  const found = new RegExp(`${scriptName(plugin)}:(\\d+):(\\d+)`).exec(stack);
  return found === null ? null : original(plugin, Number(found[1]), Number(found[2]) - 1);
}

/** Where a function begins, by its text in the bundle; null when it is not there. */
export function placeOfFunction(plugin: Plugin, text: string): PluginPlace | null {
  const { code } = partsOf(plugin.source);
  const at = text === '' ? -1 : code.indexOf(text);
  if (at < 0) return null;
  const before = code.slice(0, at).split('\n');
  return original(plugin, before.length, before[before.length - 1].length);
}

/** Where one of these words first stands in the plug-in's first file: for what is wrong in the strategy as a whole. */
export function placeOfWord(plugin: Plugin, words: readonly string[]): PluginPlace | null {
  const { sources, sourcesContent } = mapOf(plugin);
  for (const word of words) {
    for (const [i, content] of sourcesContent.entries()) {
      const at = sources[i].startsWith('tool:') ? -1 : content.indexOf(word);
      if (at < 0) continue;
      const before = content.slice(0, at).split('\n');
      const file = shownFile(plugin.file, sources[i]);
      return { file, line: before.length, column: before[before.length - 1].length + 1 };
    }
  }
  return null;
}

interface SourceMap {
  readonly version: 3;
  readonly sources: string[];
  readonly sourcesContent: string[];
  readonly names: string[];
  readonly mappings: string;
}

function mapOf(plugin: Plugin): SourceMap {
  const { map } = partsOf(plugin.source);
  return map === ''
    ? { version: 3, sources: [], sourcesContent: [], names: [], mappings: '' }
    : (JSON.parse(map) as SourceMap);
}

/** `line` from 1, `column` from 0. */
function original(plugin: Plugin, line: number, column: number): PluginPlace | null {
  const found = originalPositionFor(new TraceMap(mapOf(plugin)), { line, column });
  if (found.source === null) return null;
  return { file: shownFile(plugin.file, found.source), line: found.line, column: found.column + 1 };
}
