/** The one JSON document of `cma-stress explain --json`, schema `cma-stress/explain/1` (docs/reference/explain.md). */
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import type { ExplainInput } from './text.ts';

/** The document as text. Times in ns after measuring began. */
export function explainDocument(run: string, { cell, id, explanation, elsewhere, commands }: ExplainInput): string {
  const { reproduction, notReproduced, ...told } = explanation;
  const document = {
    schema: 'cma-stress/explain/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    run,
    cell,
    id,
    command: commands.again,
    ...told,
    elsewhere,
    litmus: reproduction?.test ?? null,
    cast: reproduction?.cast ?? [],
    strategies: reproduction?.outcomes ?? [],
    notReproduced,
  };
  return `${JSON.stringify(document)}\n`;
}
