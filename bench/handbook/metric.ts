/** What a metric is to the handbook, and the line of the source that makes it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../plan/packageRoot.ts';

export interface Metric {
  /** Path in the document; `<cause>`, `<name>` and `<key>` stand for what differs from one to the other. */
  readonly path: string;
  /** `us`, `pages`, `0..1`; '' for a text. */
  readonly unit: string;
  /** In Markdown. */
  readonly about: string;
  /** The file, and a piece of the one line in it that makes the value. */
  readonly source: readonly [file: string, piece: string];
}

export interface MetricSection {
  readonly heading: string;
  readonly metrics: readonly Metric[];
}

export const metric = (path: string, unit: string, about: string, file: string, piece: string): Metric => ({
  path,
  unit,
  about,
  source: [file, piece],
});

const texts = new Map<string, readonly string[]>();

/** The line of `file` with `piece`, from 1. Throws when no line has it, or several do. */
export function lineOf([file, piece]: Metric['source']): number {
  let lines = texts.get(file);
  if (lines === undefined) texts.set(file, (lines = readFileSync(join(packageRoot(), file), 'utf8').split('\n')));
  const found = lines.flatMap((line, index) => (line.includes(piece) ? [index + 1] : []));
  if (found.length !== 1)
    throw new Error(`${file}: expected one line with ${JSON.stringify(piece)}, found ${found.length}`);
  return found[0];
}
