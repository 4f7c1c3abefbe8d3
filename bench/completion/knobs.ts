/** Paths of `--set`, step by step: `groups.` goes on with the names of groups, `groups.apps.` with what a group has. */
import type { Candidate, CompletionTable } from './types.ts';

export function knobCandidates(current: string, { knobs, knobNames }: CompletionTable): Candidate[] {
  if (current.includes('=')) return [];
  const typed = current.split('.');
  const before = typed.slice(0, -1);
  const values = new Set<string>();
  for (const knob of knobs) {
    const steps = knob.split('.');
    if (steps.length < typed.length || !before.every((step, at) => steps[at] === '*' || steps[at] === step)) continue;
    const step = steps[before.length];
    const above = steps.slice(0, before.length).join('.');
    const end = steps.length === typed.length ? '=' : '.';
    for (const name of step === '*' ? (knobNames[above] ?? []) : [step])
      values.add([...before, `${name}${end}`].join('.'));
  }
  return [...values].filter((value) => value.startsWith(current)).map((value) => ({ value, about: '', isOpen: true }));
}
