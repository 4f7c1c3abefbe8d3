/** What can be asked: the tables with their columns, and queries to begin with. */
import { columnDocument } from '../report/tables/json.ts';
import { wrapItems } from '../report/table.ts';
import type { Terminal } from '../report/terminal.ts';
import type { Json } from './values.ts';
import type { QueryTable } from './tables.ts';

interface Example {
  readonly about: string;
  readonly sql: string;
}

/** Questions of people who look for the settings and causes behind failures. */
export const EXAMPLES: readonly Example[] = [
  {
    about: 'failure rate by strategy and scan interval',
    sql: `SELECT strategy, (settings_json ->> 'ksm.sleep_millisecs')::INT AS sleep_ms,
         sum(cma_failures) / sum(cma_attempts) AS failure_rate
  FROM cells GROUP BY ALL ORDER BY ALL`,
  },
  {
    about: 'worst seeds',
    sql: `SELECT strategy, seed, cma_failures, cma_attempts FROM cells
  ORDER BY cma_failures / cma_attempts DESC NULLS LAST, strategy, seed LIMIT 10`,
  },
  {
    about: 'latency of requests that failed, by error and whether unfindable pages (B1) were in the way',
    sql: `SELECT strategy, outcome, blocked_by_b1 > 0 AS by_b1, count(*) AS n,
         quantile_cont(latency_us, [0.5, 0.99]) AS p50_p99_us
  FROM attempts WHERE outcome <> 'ok' GROUP BY ALL ORDER BY ALL`,
  },
  {
    about: 'what pages failed of, by strategy',
    sql: `SELECT strategy, cause, sum(n) AS pages FROM causes
  WHERE kind = 'failed_pages' GROUP BY ALL HAVING pages > 0 ORDER BY strategy, pages DESC`,
  },
];

/** Text that ends in a newline. `called`: the command line up to the SQL. */
export function overviewText(tables: readonly QueryTable[], called: string, terminal: Terminal): string {
  const sections = tables.map(({ name, about, columns }) => {
    const names = columns.map((column) => column.name);
    const lines = wrapItems(names, terminal.width - 2).map((line) => `  ${line}`);
    return [`${terminal.paint.bold(name)}: a row is ${about}`, ...lines].join('\n');
  });
  return `${[...sections, `Examples:\n\n${examplesText(called)}`].join('\n\n')}\n`;
}

/** The examples as command lines. */
function examplesText(called: string): string {
  return EXAMPLES.map(({ about, sql }) => `  # ${about}\n  ${called} "${sql}"`).join('\n\n');
}

/** Tables as documents describe them. */
export function tableDocuments(tables: readonly QueryTable[]): Json {
  return tables.map(({ name, about, columns }) => ({ name, about, columns: columns.map(columnDocument) }));
}
