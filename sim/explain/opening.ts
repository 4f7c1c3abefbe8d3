/** How a gap came about in the first place: children inherit it when they are forked. */
import type { Opening } from './types.ts';

export function firstOpening(opening: Opening): Opening {
  return opening.inherited === null ? opening : firstOpening(opening.inherited);
}
