/** Names and clauses in a sentence. */

/** Names that a sentence can hold. */
const MOST_NAMES = 3;

/** `a, b and c`; of many the first few and how many more. */
export function listed(names: readonly string[]): string {
  if (names.length > MOST_NAMES + 1) {
    return `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;
  }
  return names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}
