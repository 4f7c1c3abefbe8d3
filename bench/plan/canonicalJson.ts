/**
 * JSON with one spelling per value: keys sorted by code unit, no spaces. Two equal values give equal bytes, which is
 * what hashes of cells and results are made of. Throws TypeError for what JSON cannot say (NaN, functions, undefined in
 * a list); keys whose value is undefined are left out, as JSON does. `known`: texts of parts, by the part, that need
 * not be written again.
 */
export function canonicalJson(value: unknown, known?: ReadonlyMap<unknown, string>): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonical JSON has no ${value}`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, known)).join(',')}]`;
  if (typeof value === 'object') {
    const text = known?.get(value);
    if (text !== undefined) return text;
    const record = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(record).filter((key) => record[key] !== undefined);
    return `{${keys
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(record[key], known)}`)
      .join(',')}}`;
  }
  throw new TypeError(`canonical JSON has no ${typeof value}`);
}
