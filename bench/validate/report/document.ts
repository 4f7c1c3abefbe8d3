/** The one JSON document of `cma-stress validate --json`, schema `cma-stress/validate/1`. */
import { MODEL_HASH, TOOL_VERSION } from '../../run/tool.ts';
import type { Validation } from '../validation.ts';

/** Field by field: docs/reference/validate.md. */
export function validationDocument({ comparisons, totals, workload, seeds, recordings, failed }: Validation): string {
  const { agreed, total, ...more } = totals;
  const document = {
    schema: 'cma-stress/validate/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    ...(workload === null ? {} : { workload }),
    seeds,
    recordings,
    runs: comparisons.rows,
    agreed,
    total,
    ...more,
    notComparable: comparisons.notComparable,
    failed: failed.map(({ group, seed, error }) => ({
      group,
      seed,
      error: { name: error.name, message: error.message },
    })),
  };
  return `${JSON.stringify(document)}\n`;
}
