/** Values of a result as JSON and as text. */
import type { DuckDBValue } from '@duckdb/node-api';
import type { DuckDB } from './duckdb.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Decimal digits that a double keeps, whatever they are. */
const SAFE_DIGITS = 15;

/** A value as JSON: numbers where they are exact, else texts; dates and the like as SQL writes them. */
export function jsonOf(value: DuckDBValue, duckdb: DuckDB): Json {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof duckdb.DuckDBDecimalValue) return decimalOf(value.toString());
  if (value instanceof duckdb.DuckDBListValue || value instanceof duckdb.DuckDBArrayValue) {
    return value.items.map((item) => jsonOf(item, duckdb));
  }
  if (value instanceof duckdb.DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([key, one]) => [key, jsonOf(one, duckdb)]));
  }
  if (value instanceof duckdb.DuckDBMapValue) {
    return value.entries.map((entry) => ({ key: jsonOf(entry.key, duckdb), value: jsonOf(entry.value, duckdb) }));
  }
  if (value instanceof duckdb.DuckDBUnionValue) return jsonOf(value.value, duckdb);
  return String(value);
}

/** The value in one cell of a table; null stays null. */
export function plainOf(value: Json): string | number | boolean | null {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function decimalOf(text: string): number | string {
  return text.replace(/\D/g, '').replace(/^0+/, '').length <= SAFE_DIGITS ? Number(text) : text;
}
