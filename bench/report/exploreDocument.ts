/** The one JSON document of `cma-stress litmus explore --json`, schema `cma-stress/explore/1`. */
import type { Explored } from '../litmus/explore.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';

/** As text. With one script and one strategy the fields of the exploration stand at the top, besides the list. */
export function exploreDocument(explored: readonly Explored[]): string {
  const explorations = explored.map(({ located, strategy, result }) => ({
    script: result.script,
    file: located.file,
    strategy,
    states: result.states,
    transitions: result.transitions,
    complete: result.complete,
    verdict: result.verdict,
    grade: result.grade,
    maxVisits: result.maxVisits,
    unfindableStates: result.unfindableStates,
    causes: result.causes,
    leaked: result.leaked,
    witness: result.witness,
  }));
  const document = {
    schema: 'cma-stress/explore/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    ...(explorations.length === 1 ? explorations[0] : {}),
    explorations,
  };
  return `${JSON.stringify(document)}\n`;
}
