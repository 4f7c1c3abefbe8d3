/** Tables of Markdown pages, as oxfmt leaves them. */
export type Align = 'left' | 'right';

/**
 * A table whose columns are as wide as their widest cell; columns without an alignment stand left. Cells are Markdown.
 */
export function markdownTable(
  titles: readonly string[],
  aligns: readonly Align[],
  rows: readonly (readonly string[])[],
): string {
  const widths = titles.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column].length)));
  const isRight = (column: number): boolean => aligns.at(column) === 'right';
  const pad = (text: string, column: number): string =>
    isRight(column) ? text.padStart(widths[column]) : text.padEnd(widths[column]);
  const line = (row: readonly string[]): string => `| ${row.map(pad).join(' | ')} |`;
  const rule = widths.map((width, column) => (isRight(column) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(titles), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}
