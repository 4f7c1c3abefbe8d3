/** The part of jstat that is used here: the package has no types. */
declare module 'jstat' {
  interface Normal {
    /** P(X <= x). */
    cdf(x: number, mean: number, sd: number): number;
    /** The x with P(X <= x) = p, 0 < p < 1. */
    inv(p: number, mean: number, sd: number): number;
  }
  const jstat: { readonly normal: Normal };
  export default jstat;
}
