/** oom_score_adj of a process: read, or by the class that dumpsys counts it in. */
import type { ProcessFacts } from '../facts.ts';
import type { Known } from './groupPlan.ts';

/** Recalled, not checked: AOSP ProcessList of Android 5, adj * 1000 / 17, as lowmemorykiller converts it. */
const BY_LABEL = new Map([
  ['Native', -1000],
  ['System', -941],
  ['Persistent', -705],
  ['Persistent Service', -647],
  ['Foreground', 0],
  ['Visible', 58],
  ['Perceptible', 117],
  ['Heavy Weight', 176],
  ['Backup', 235],
  ['A Services', 294],
  ['Home', 352],
  ['Previous', 411],
  ['B Services', 470],
  ['Cached', 529],
]);

export function oomScoreAdjOf(process: ProcessFacts): Known {
  const { oomScoreAdj, oomLabel, place } = process;
  if (oomScoreAdj !== null) {
    const { value, field } = oomScoreAdj;
    return { value, source: { ...oomScoreAdj.place, field }, guess: null };
  }
  const known = oomLabel === null ? undefined : BY_LABEL.get(oomLabel);
  if (known !== undefined)
    return {
      value: known,
      source: { ...place, field: `class ${oomLabel ?? ''}` },
      guess: 'what Android 5 gives that class',
    };
  return { value: 0, source: null, guess: 'not captured; /proc/PID/oom_score_adj would tell' };
}
