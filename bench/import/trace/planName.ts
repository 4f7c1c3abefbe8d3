/** Names out of a trace as names of a plan: a letter a-z, then a-z 0-9 _ -, at most 40. */
import { LIMITS } from '../../plan/limits.ts';

/** `otherwise`: for a name that has no letter. */
export function planName(text: string, otherwise: string): string {
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, LIMITS.nameLength)
    .replace(/-+$/, '');
  return plain === '' ? otherwise : plain;
}

/** Makes names that come twice differ: `camera`, `camera-2`. */
export class UniqueNames {
  readonly #taken = new Set<string>();

  of(name: string): string {
    let unique = name;
    for (let n = 2; this.#taken.has(unique); n++) {
      const suffix = `-${n}`;
      unique = name.slice(0, LIMITS.nameLength - suffix.length) + suffix;
    }
    this.#taken.add(unique);
    return unique;
  }
}
