/** The one JSON document of `cma-stress self-check --json`, schema `cma-stress/self-check/1`. */
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import type { Mode } from '../selfcheck/check.ts';
import type { Judged } from './selfCheckText.ts';

export function selfCheckDocument(judged: readonly Judged[], mode: Mode): string {
  const checks = judged.map(({ check: { id, claim, rule }, verdict: { failed, figures } }) => ({
    id,
    claim,
    rule,
    holds: failed.length === 0,
    failed,
    figures,
  }));
  const held = checks.filter(({ holds }) => holds).length;
  const head = { schema: 'cma-stress/self-check/1', tool: TOOL_VERSION, model: MODEL_HASH };
  return `${JSON.stringify({ ...head, quick: mode === 'quick', holds: held === checks.length, held, total: checks.length, checks })}\n`;
}
