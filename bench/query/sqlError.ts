/** What DuckDB says about bad SQL, as an error of the person who wrote it. */
import { UsageError } from '../errors.ts';
import { nearest } from '../plan/suggest.ts';
import type { QueryTable } from './tables.ts';

const WHAT_THERE_IS = 'tables and columns: cma-stress query RUN';

/**
 * UsageError with DuckDB's text, the place in the SQL below it, and the nearest name; what is not about SQL stays as it
 * is.
 */
export function sqlError(thrown: unknown, tables: readonly QueryTable[]): unknown {
  if (!(thrown instanceof Error) || thrown instanceof UsageError || /^(?:INTERNAL|FATAL) Error/.test(thrown.message))
    return thrown;
  const message = thrown.message.replace('Failed to extract statements: ', '');
  return new UsageError(withoutGuess(message).trimEnd(), hintOf(message, tables));
}

/** DuckDB guesses among tables of its own, which nobody means. */
function withoutGuess(message: string): string {
  return message.replace(/\nDid you mean "(?:pg_|sqlite_|duckdb_|information_schema)[^\n]*/, '');
}

function hintOf(message: string, tables: readonly QueryTable[]): string | null {
  const table = /Table with name (\S+) does not exist/.exec(message)?.[1];
  // DuckDB takes the name of a file for a table, and says no more of it where files are out of reach.
  if (/file system operations are disabled/.test(message) || (table !== undefined && /[./\\]/.test(table))) {
    return 'a query sees the run and no files: --allow-files lets it (nothing is fetched from the net)';
  }
  if (table !== undefined) {
    return didYouMean(
      table,
      tables.map(({ name }) => name),
    );
  }
  const column = /(?:Referenced column|column named|not have a column named) "([^"]+)"/.exec(message)?.[1];
  if (column === undefined) return WHAT_THERE_IS;
  return didYouMean(
    column,
    tables.flatMap(({ columns }) => columns.map(({ name }) => name)),
  );
}

function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === null ? WHAT_THERE_IS : `did you mean \`${near}\`? ${WHAT_THERE_IS}`;
}
