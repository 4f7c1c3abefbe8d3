/** Which suites the words of the command line mean. */
import { UsageError } from '../errors.ts';
import { suggestion } from '../plan/suggest.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import { SUITES, type Suite } from './registry.ts';

/** Suites by their names and groups, each once, in the order they run; without words all. Throws UsageError. */
export function chooseSuites(words: readonly string[]): readonly Suite[] {
  const known = [...new Set<string>(SUITES.flatMap(({ name, group }) => [name, group]))];
  for (const word of words) {
    if (!known.includes(word)) {
      throw new UsageError(`unknown suite '${word}'${suggestion(word, known)}`, listSuites());
    }
  }
  return words.length === 0
    ? SUITES
    : SUITES.filter(({ name, group }) => words.includes(name) || words.includes(group));
}

/** One line a suite under its group. */
export function listSuites(): string {
  const width = Math.max(...SUITES.map(({ name }) => name.length));
  const groups = [...new Set(SUITES.map(({ group }) => group))];
  const lines = groups.flatMap((group) => [
    `${group}:`,
    ...SUITES.filter((suite) => suite.group === group).map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`),
  ]);
  return lines.join('\n');
}

/** What `--list --json` prints. */
export function suitesDocument() {
  return {
    schema: 'cma-stress/bench-suites/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    suites: SUITES.map(({ name, group, about }) => ({ name, group, about })),
  };
}
