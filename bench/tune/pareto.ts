/**
 * Comparing settings by several objectives at once, under limits.
 *
 * Constraint domination (Deb, Computer Methods in Applied Mechanics and Engineering 186, 2000): what keeps the limits
 * comes before what does not; of two that break them the one that breaks them less; else the one that is nowhere worse
 * and somewhere better. Ranks and crowding distance are those of NSGA-II (Deb et al., IEEE Trans. Evol. Comp. 6, 2002).
 */

/** What is compared of one setting. All objectives are minimised. */
export interface Judged {
  readonly objectives: readonly number[];
  /** 0: keeps all limits; else by how much it breaks them, as a share, summed. */
  readonly violation: number;
}

export function dominates(a: Judged, b: Judged): boolean {
  if (a.violation > 0 || b.violation > 0) return a.violation < b.violation;
  let better = false;
  for (let i = 0; i < a.objectives.length; i++) {
    if (a.objectives[i] > b.objectives[i]) return false;
    if (a.objectives[i] < b.objectives[i]) better = true;
  }
  return better;
}

/** Those that nothing dominates, in their order. Without any that keeps the limits: those that break them least. */
export function frontOf<T extends Judged>(all: readonly T[]): T[] {
  return all.filter((one) => !all.some((other) => dominates(other, one)));
}

/** All of them, best first: front by front, and within a front those first that are far from others. */
export function ranked<T extends Judged>(all: readonly T[]): T[] {
  const sorted: T[] = [];
  let left = [...all];
  while (left.length > 0) {
    const front = frontOf(left);
    sorted.push(...byDistance(front));
    left = left.filter((one) => !front.includes(one));
  }
  return sorted;
}

/**
 * Crowding distance: the box around a point that holds no other of its front, its ends first; ties keep their order.
 */
function byDistance<T extends Judged>(front: readonly T[]): T[] {
  const distance = new Map(front.map((one) => [one, 0]));
  for (let i = 0; i < front[0].objectives.length; i++) {
    const line = [...front].sort((a, b) => a.objectives[i] - b.objectives[i]);
    const span = line[line.length - 1].objectives[i] - line[0].objectives[i];
    if (span === 0) continue;
    line.forEach((one, at) => {
      const isEnd = at === 0 || at === line.length - 1;
      const gap = isEnd ? Infinity : (line[at + 1].objectives[i] - line[at - 1].objectives[i]) / span;
      distance.set(one, distance.get(one)! + gap);
    });
  }
  return [...front].sort((a, b) => compare(distance.get(b)!, distance.get(a)!));
}

/** Infinity less Infinity is no number. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
