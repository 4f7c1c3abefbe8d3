/** Names of processes and areas as names of a workload file: a letter a-z, then a-z 0-9 _ -, each once. */
import { LIMITS } from '../plan/limits.ts';

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
  readonly #taken: Set<string>;

  /** `taken`: names that are given already. */
  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

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

/** What the names of several processes have in common: `worker` of `worker0`, `worker1`; '' for nothing. */
export function stemOf(names: readonly string[]): string {
  const stems = new Set(names.map((name) => planName(name.replace(/[\d:/_.-]+$/, ''), '')));
  return stems.size === 1 ? [...stems][0] : '';
}
