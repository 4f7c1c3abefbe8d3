/** The one JSON document of `cma-stress import --json`, schema `cma-stress/import/1`. */
import { pathText } from '../plan/node.ts';
import { withoutControls } from '../plan/quote.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import type { ValueSource } from './draft.ts';
import { guessesOf, type Guess } from './guesses.ts';
import type { Imported } from './importWorkload.ts';

export interface ImportDocument {
  readonly schema: 'cma-stress/import/1';
  readonly tool: string;
  readonly model: string;
  /** Path of the file that was written; null: it stands in `text`. */
  readonly workload: string | null;
  /** The workload file; null when it was written to `workload`. */
  readonly text: string | null;
  /** The built-in device that stands in for what is not known. */
  readonly device: string;
  /** Every value that is a statement about the device. */
  readonly derived: readonly {
    readonly path: string;
    readonly value: string;
    readonly source: ValueSource | null;
    readonly guess: boolean;
  }[];
  readonly guesses: readonly Guess[];
  /** What was left out, cut down, or contradicts itself. */
  readonly partial: readonly string[];
  readonly inputs: readonly { readonly path: string; readonly kind: string }[];
}

/** `path`: of the file that was written, or null. */
export function importDocument(imported: Imported, path: string | null): ImportDocument {
  const { base, draft, facts, yaml } = imported;
  return {
    schema: 'cma-stress/import/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    workload: path,
    text: path === null ? yaml : null,
    device: base.name,
    derived: draft.entries().flatMap(({ guess, source, steps, text }) =>
      text === null || (source === null && guess === null)
        ? []
        : [
            {
              path: pathText(steps),
              value: text,
              source: source === null ? null : clean(source),
              guess: guess !== null,
            },
          ],
    ),
    guesses: guessesOf(draft),
    partial: [...facts.partial, ...draft.notes],
    inputs: facts.inputs,
  };
}

/** Names of processes may hold anything. */
function clean({ field, file, line }: ValueSource): ValueSource {
  return { file, line, field: withoutControls(field) };
}
