/** The one JSON document of `cma-stress size --json`, schema `cma-stress/size/1` (docs/reference/size.md). */
import { PAGE_BYTES } from '../../plan/units.ts';
import { MODEL_HASH, TOOL_VERSION } from '../../run/tool.ts';
import { megabytes } from '../areas.ts';
import type { FoundSize } from '../findSize.ts';
import type { SizePoint } from '../size.ts';

export function sizeDocument({ question, sized, problems, cells, spent, apply }: FoundSize): string {
  const { area, success, ...asked } = question;
  const { tried, checked, seeds, smallest, nearest } = sized;
  return `${JSON.stringify({
    schema: 'cma-stress/size/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    ...asked,
    target: success,
    presentBytes: area.now * PAGE_BYTES,
    cells,
    spent,
    freshSeeds: seeds,
    smallest: smallest === null ? null : pointOf(smallest),
    nearest: pointOf(nearest),
    isSure: smallest !== null && smallest.success.low >= success,
    checked: checked.map(pointOf),
    tried: tried.map(pointOf),
    problems,
    apply: smallest === null ? [] : apply,
  })}\n`;
}

/** Shares in 0..1, `success` with its 95 % interval. */
function pointOf({ pages, score, success, errors }: SizePoint) {
  const { attempts, failures, p99Us, seeds, savedBytes } = score;
  return {
    size: megabytes(pages),
    bytes: pages * PAGE_BYTES,
    success,
    attempts,
    failures,
    errors,
    p99Us,
    savedBytes,
    seeds,
  };
}
