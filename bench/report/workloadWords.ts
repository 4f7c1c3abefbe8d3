/** What texts say of a workload: how long it is measured, and its settings. */
import type { ResolvedWorkload } from '../plan/types.ts';
import { digits3 } from './units.ts';

/** `120 s`: of simulated time, without the warm-up. A program says itself how long it measures. */
export function measuredText({ description }: Pick<ResolvedWorkload, 'description'>): string {
  if (description.program !== undefined) return "its program's own time";
  return `${digits3(description.durationNs / 1e9)} s`;
}

/** `ksm.run=1, warm_up=10s`: each is one word, so that a line never ends within it. */
export function settingsText({ settings }: Pick<ResolvedWorkload, 'settings'>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`.replaceAll(' ', ''))
    .join(', ');
}
