/** "Did you mean": the nearest of the names that would have been right. */
import { distance } from 'fastest-levenshtein';

/** The known name that is a small slip away from `word`, or null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const name of known) {
    const away = distance(word.toLowerCase().slice(0, 100), name.toLowerCase());
    if (away < bestDistance) {
      bestDistance = away;
      best = name;
    }
  }
  // A third of the letters may be wrong, at least one, and at least one must be right.
  return best !== null && bestDistance <= Math.max(1, Math.floor(best.length / 3)) ? best : null;
}

/** `; did you mean \`x\`?` or, when nothing is near, the list of what there is. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== null) return `; did you mean \`${near}\`?`;
  if (known.length === 0) return '; there are none';
  return `; there are: ${known.join(', ')}`;
}
