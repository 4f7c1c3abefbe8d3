/** The one JSON document of `cma-stress litmus --json`, schema `cma-stress/litmus/1`. */
import type { RanTest } from '../litmus/parse.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';

/** The document as text. `states` are there with --step only. */
export function litmusDocument(ran: readonly RanTest[], strategy: string, step: boolean): string {
  const passed = ran.filter(({ result }) => result.ok).length;
  const document = {
    schema: 'cma-stress/litmus/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    passed,
    failed: ran.length - passed,
    tests: ran.map(({ located, result }) => ({
      id: located.test.id,
      file: located.file,
      ok: result.ok,
      strategy,
      mismatches: result.mismatches,
      ...(step ? { states: result.states } : {}),
    })),
  };
  return `${JSON.stringify(document)}\n`;
}
