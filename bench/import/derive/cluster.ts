/** Like processes as groups: few, by size, the same for the same input. */

/** Groups of one sort of process. */
const MOST_CLUSTERS = 3;
/** Processes of one group differ at most by this factor, unless that makes too many groups. */
const WIDTH = 4;
/** Sizes below this are all the same, kB. */
const SMALL = 256;

/** Splits by `size` (kB), smallest first; the order of equal ones is kept. */
export function clusters<T>(items: readonly T[], size: (item: T) => number): T[][] {
  const sorted = items.toSorted((a, b) => size(a) - size(b));
  for (let width = WIDTH; ; width *= 2) {
    const split = splitBy(sorted, size, width);
    if (split.length <= MOST_CLUSTERS) return split;
  }
}

function splitBy<T>(sorted: readonly T[], size: (item: T) => number, width: number): T[][] {
  const split: T[][] = [];
  let limit = -1;
  for (const item of sorted) {
    const at = Math.max(SMALL, size(item));
    if (split.length === 0 || at > limit) {
      split.push([]);
      limit = at * width;
    }
    split[split.length - 1].push(item);
  }
  return split;
}

const WORDS: readonly (readonly string[])[] = [[''], ['-small', '-large'], ['-small', '-medium', '-large']];

/** What the groups of one sort are told apart by. */
export function sizeWord(at: number, of: number): string {
  return WORDS[of - 1]?.[at] ?? `-${at + 1}`;
}
