/**
 * Holm's correction for several comparisons (Scandinavian Journal of Statistics 6, 1979): p-values so that the chance
 * of one false alarm among all of them stays what a single one promises. In the order given; never below the raw value.
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a] - values[b]);
  const adjusted = values.slice();
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (values.length - rank) * values[index]));
    adjusted[index] = largest;
  }
  return adjusted;
}
