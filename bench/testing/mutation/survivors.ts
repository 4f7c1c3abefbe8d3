/** Mutants that no check kills, each with the reason why it may live (`survivors.yaml`). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { schema } from '@stryker-mutator/api/core';
import { parse } from 'yaml';
import { packageRoot } from '../../plan/packageRoot.ts';

/**
 * `equivalent`: no input tells it from the model. `speed`: it only does more work. `unreachable`: nothing that runs
 * here comes to where it would matter. `open`: a test could tell, and none does yet.
 */
export const KINDS = ['equivalent', 'speed', 'unreachable', 'open'] as const;

/** Mutants that live for one reason: by file and line of code, what is made of what. */
export interface Group {
  readonly kind: (typeof KINDS)[number];
  readonly why: string;
  readonly mutants: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** A mutant by what it does, not by its number and line, which change with everything above it. */
export interface Survivor {
  readonly file: string;
  /** The line of code on which it begins, without indentation. */
  readonly line: string;
  readonly change: string;
}

const LONGEST_TEXT = 60;

export function readGroups(): Group[] {
  return parse(readFileSync(join(packageRoot(), 'bench', 'testing', 'mutation', 'survivors.yaml'), 'utf8')) as Group[];
}

export function listed(groups: readonly Group[]): Survivor[] {
  return groups.flatMap(({ mutants }) =>
    Object.entries(mutants).flatMap(([file, lines]) =>
      Object.entries(lines).flatMap(([line, changes]) => changes.map((change) => ({ file, line, change }))),
    ),
  );
}

/** Those of a report, in the order of the code. */
export function survivorsOf({ files }: schema.MutationTestResult): Survivor[] {
  return Object.entries(files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split('\n');
    return mutants
      .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      .sort((a, b) => a.location.start.line - b.location.start.line)
      .map(({ location, replacement, mutatorName }) => {
        const change = `${short(textAt(lines, location))} => ${short(replacement ?? mutatorName)}`;
        return { file, line: lines[location.start.line - 1].trim(), change };
      });
  });
}

/** Those of `some` that are not among `others`. */
export function without(some: readonly Survivor[], others: readonly Survivor[]): Survivor[] {
  const known = new Set(others.map(keyOf));
  return some.filter((one) => !known.has(keyOf(one)));
}

function keyOf({ file, line, change }: Survivor): string {
  return [file, line, change].join('\n');
}

/** Lines and columns count from 1, and the end is the place behind the last letter. */
function textAt(lines: readonly string[], { start, end }: schema.Location): string {
  const text = lines.slice(start.line - 1, end.line);
  text[text.length - 1] = text[text.length - 1].slice(0, end.column - 1);
  text[0] = text[0].slice(start.column - 1);
  return text.join(' ');
}

function short(text: string): string {
  const words = text.replaceAll(/\s+/g, ' ');
  return words.length > LONGEST_TEXT ? `${words.slice(0, LONGEST_TEXT - 3)}...` : words;
}
