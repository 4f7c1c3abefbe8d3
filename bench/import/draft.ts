/**
 * The workload in the making: one entry a field, with the place that its value came from or the reason for a guess.
 *
 * Derivations put fields in; what is written, as YAML and in `--json`, is made of the entries alone, in the order in
 * which they were first put in. The last of several values for one path wins.
 */
import { pathText, type Step } from '../plan/node.ts';
import type { ReadPlace } from './facts.ts';

/** Where a value came from. `field` says how, in the file's own words: `PageTables + KernelStack`. */
export interface ValueSource {
  readonly file: string;
  readonly line: number | null;
  readonly field: string;
}

/** A list or map that is written in one line. */
export type Flow = string | readonly Flow[] | { readonly [key: string]: Flow };

export interface DraftField {
  readonly steps: readonly Step[];
  /** As a workload file has it, `12/min`; null: an empty map. */
  readonly text: string | null;
  /** What `text` is made of, where it is a list or map; null: it is one word. */
  readonly flow: Flow | null;
  /** null for a guess without any measured part. */
  readonly source: ValueSource | null;
  /** Why this value, when the capture does not say it: `device zx1800-512 has it`; null: it was measured. */
  readonly guess: string | null;
}

export class Draft {
  private readonly fields = new Map<string, DraftField>();
  /** Sentences for whoever runs the import: what was left out, scaled down, or contradicts itself. */
  readonly notes: string[] = [];

  /** A value that the capture tells. */
  set(steps: readonly Step[], text: string, source: ValueSource): void {
    this.put({ steps, text, flow: null, source, guess: null });
  }

  /** A value that it does not tell; `source` where something measured went into it. */
  guess(steps: readonly Step[], text: string, why: string, source: ValueSource | null = null): void {
    this.put({ steps, text, flow: null, source, guess: why });
  }

  /** A value that is the form of the file and not a statement about the device: no comment, not listed. */
  form(steps: readonly Step[], text: string | null): void {
    this.put({ steps, text, flow: null, source: null, guess: null });
  }

  /** A list or map of a line that the capture tells, such as an entry of `events`. */
  line(steps: readonly Step[], flow: Flow, source: ValueSource): void {
    this.put({ steps, text: flowText(flow), flow, source, guess: null });
  }

  /** Takes away a field and everything below it. */
  remove(steps: readonly Step[]): void {
    const path = pathText(steps);
    for (const key of [...this.fields.keys()]) if (isAtOrBelow(key, path)) this.fields.delete(key);
  }

  /** The value at a path; null: none, or a map. */
  text(steps: readonly Step[]): string | null {
    return this.fields.get(pathText(steps))?.text ?? null;
  }

  /** Whether there is anything at a path or below it. */
  has(steps: readonly Step[]): boolean {
    const path = pathText(steps);
    return [...this.fields.keys()].some((key) => isAtOrBelow(key, path));
  }

  /** Whether the value at a path is a guess. */
  isGuess(steps: readonly Step[]): boolean {
    return this.fields.get(pathText(steps))?.guess != null;
  }

  /** Names of the entries below a path: `groups`. */
  names(steps: readonly Step[]): string[] {
    const below = [...this.fields.values()]
      .filter((field) => field.steps.length > steps.length && steps.every((step, at) => field.steps[at] === step))
      .map((field) => String(field.steps[steps.length]));
    return [...new Set(below)];
  }

  entries(): readonly DraftField[] {
    return [...this.fields.values()];
  }

  private put(field: DraftField): void {
    // A value on the way, `none` above all, gives way to what is below it.
    for (let length = 1; length < field.steps.length; length++) {
      const above = pathText(field.steps.slice(0, length));
      if (this.text(field.steps.slice(0, length)) !== null) this.fields.delete(above);
    }
    this.fields.set(pathText(field.steps), field);
  }
}

/** Whether one path, as text, is another or leads on from it. */
function isAtOrBelow(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}

/** As YAML has it. */
function flowText(flow: Flow): string {
  if (typeof flow === 'string') return flow;
  if (isList(flow)) return `[${flow.map(flowText).join(', ')}]`;
  const entries = Object.entries(flow).map(([key, value]) => `${key}: ${flowText(value)}`);
  return `{ ${entries.join(', ')} }`;
}

/** Whether it is a list. */
export function isList(flow: Flow): flow is readonly Flow[] {
  return Array.isArray(flow);
}

/** The source of one reading, or of several that were taken together. */
export function sourceOf(place: ReadPlace, field: string): ValueSource {
  return { file: place.file, line: place.line, field };
}
