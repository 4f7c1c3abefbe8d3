/** Pieces of answers that are needed in several places. */
import type { Answer, Candidate, CompletionTable } from './types.ts';

export const NOTHING: Answer = { candidates: [], fallback: 'none' };

/** Commands whose name is one word longer than `above`. */
export function commandsBelow(above: string, { commands }: CompletionTable, current: string): Candidate[] {
  const start = above === '' ? '' : `${above} `;
  return commands
    .filter(({ name }) => name.startsWith(start) && name !== above)
    .map(({ name, about }) => ({ value: name.slice(start.length), about, isOpen: false }))
    .filter(({ value }) => !value.includes(' ') && value.startsWith(current));
}
