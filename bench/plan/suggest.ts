/** "Did you mean": the nearest of the names that would have been right. */
import { distance } from 'fastest-levenshtein';

/** The known name that is a small slip away from `word`, or of which it is the beginning; null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const typed = word.toLowerCase().slice(0, 100);
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const name of known) {
    const away = distance(typed, name.toLowerCase());
    if (away < bestDistance && isNear(typed, name.toLowerCase(), away)) {
      bestDistance = away;
      best = name;
    }
  }
  return best;
}

function isNear(typed: string, name: string, away: number): boolean {
  if (typed.length >= 3 && name.startsWith(typed)) return true;
  // Two letters in the wrong order count as two; a third of the letters may be wrong, at least one.
  return away <= Math.max(1, Math.floor(name.length / 3)) || (away === 2 && sorted(typed) === sorted(name));
}

function sorted(text: string): string {
  return Array.from(text).sort().join('');
}

/** `; did you mean \`x\`?` or, when nothing is near, the list of what there is. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== null) return `; did you mean \`${near}\`?`;
  if (known.length === 0) return '; there are none';
  return `; there are: ${known.join(', ')}`;
}

/** The hint of an error about `word`: `did you mean 'x'?` or, when nothing is near, what `otherwise` says. */
export function nearestHint(word: string, known: readonly string[], otherwise: string): string {
  const near = nearest(word, known);
  return near === null ? otherwise : `did you mean '${near}'?`;
}
