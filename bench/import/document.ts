/** The one JSON document of `cma-stress import --json`, schema `cma-stress/import/1`. */
import { pathText } from '../plan/node.ts';
import { withoutControls } from '../plan/quote.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import type { ValueSource } from './draft.ts';
import { guessesOf, type Guess } from './guesses.ts';
import type { Imported } from './importWorkload.ts';
import type { DerivedTrace, Outcomes } from './trace/index.ts';

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
  /** What each trace recorded, to be compared with a run; rates and events come from the first, the longest. */
  readonly traces: readonly {
    readonly file: string;
    /** s. */
    readonly seconds: number;
    /** 1/s; `mostAlive`: of the processes born in the trace, at once. */
    readonly rates: Readonly<Record<keyof DerivedTrace['rates'], number>>;
    readonly requests: Outcomes;
    readonly clients: readonly (Outcomes & { readonly name: string })[];
  }[];
  /** What was left out, cut down, or contradicts itself. */
  readonly partial: readonly string[];
  readonly inputs: readonly { readonly path: string; readonly kind: string }[];
}

/** `path`: of the file that was written, or null. */
export function importDocument(imported: Imported, path: string | null): ImportDocument {
  const { base, draft, facts, traces, yaml } = imported;
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
    traces: traces.map(traceOf),
    partial: [...facts.partial, ...draft.notes],
    inputs: facts.inputs,
  };
}

function traceOf({ clients, file, outcomes, rates, seconds }: DerivedTrace): ImportDocument['traces'][number] {
  const { execs, exits, forks, kills, mostAlive, threads } = rates;
  return {
    file,
    seconds,
    rates: {
      forks: forks.value,
      threads: threads.value,
      execs: execs.value,
      exits: exits.value,
      kills: kills.value,
      mostAlive: mostAlive.value,
    },
    requests: outcomes,
    clients: clients.map(({ name, outcomes: own }) => ({ name, ...own })),
  };
}

/** Names of processes may hold anything. */
function clean({ field, file, line }: ValueSource): ValueSource {
  return { file, line, field: withoutControls(field) };
}
