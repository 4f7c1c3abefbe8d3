/** Tables of a mail whose rows are strategies. */
import { sum } from '../../stats/sums.ts';
import { breakName } from '../breakName.ts';
import { table } from '../table.ts';
import type { Column } from '../table.ts';
import { PLAIN } from '../terminal.ts';
import { WIDTH } from './ascii.ts';

/** A table whose first column, names, is broken so that the whole fits. */
export function namedTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const others = columns
    .slice(1)
    .map(({ title }, i) => Math.max(title.length, ...rows.map((row) => row[i + 1].length)));
  const width = Math.max(8, WIDTH - sum(others, (other) => other + 2));
  return table(
    PLAIN,
    columns,
    rows.map(([name, ...cells]) => [breakName(name, width).join('\n'), ...cells]),
  );
}
