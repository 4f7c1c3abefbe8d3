/** The columns of all tables as a part of docs/reference/tables.md: documented where they are defined. */
import { markdownTable } from '../markdownTable.ts';
import { TABLES } from './index.ts';
import { unitOf } from './table.ts';
import type { Table } from './table.ts';

/** Whose comments mark the generated part. */
export const DOCS_COMMAND = 'tables';

/** One section a table. */
export function tablesPage(): string {
  return TABLES.map(section).join('\n\n');
}

function section({ name, about, columns }: Table): string {
  const rows = columns.map((column) => [
    `\`${column.name}\``,
    column.type,
    unitOf(column),
    column.nullable ? 'yes' : '',
    column.about,
  ]);
  return `## \`${name}\`\n\nA row is ${about}.\n\n${markdownTable(['column', 'type', 'unit', 'null', 'meaning'], [], rows)}`;
}
