/** Names and clauses in a sentence. */

/** Names that a sentence can hold. */
const MOST_NAMES = 3;

/** `a, b and c`; of many the first few and how many more. */
export function listed(names: readonly string[], most = MOST_NAMES): string {
  if (names.length > most + 1) {
    return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  }
  return names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}
