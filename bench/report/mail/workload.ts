/**
 * The part of a mail about one workload: counters, tables in the layout of mmtests, causes, costs, a histogram, Ops.
 */
import type { ResolvedWorkload } from '../../plan/types.ts';
import { settingsText } from '../workloadWords.ts';
import { fill, underlined } from './ascii.ts';
import { causeLines, costLines, distributionLines, durationRows, opsRows } from './device.ts';
import { mmtestsTable } from './layout.ts';
import { counterLines, latencyLines, retryRows, successRows } from './requests.ts';
import type { Side } from './side.ts';

/** `sides`: the baseline first. */
export function workloadLines(workload: ResolvedWorkload, sides: readonly Side[]): string[] {
  const names = sides.map(({ entry }) => entry.strategy);
  const kernels = sides.map(() => workload.kernel);
  return [
    ...underlined(`${workload.name} / ${workload.device} / ${workload.kernel}`),
    ...fill(workload.about, ''),
    ...fill(`Settings: ${settingsText(workload)}.`),
    '',
    ...counterLines(sides),
    '',
    ...latencyLines(sides, names, kernels),
    '',
    'Requests that got memory (%) and retries per request',
    '',
    ...mmtestsTable([...successRows(sides), ...retryRows(sides)], names, kernels),
    '',
    ...causeLines(sides, names),
    '',
    ...costLines(sides),
    '',
    ...distributionLines(sides),
    ...mmtestsTable([...durationRows(sides), ...opsRows(sides)], names),
    'Duration in s of simulated time and Ops: mean of a seed.',
  ];
}
