import type { ScriptKernel } from '../kernelProfiles.ts';
import type { Strategy } from '../strategies/strategy.ts';

/** A scripted test as the file format has it, checked for shape by whoever reads files. */

export interface LitmusAction {
  readonly op: string;
  readonly [key: string]: unknown;
}

export interface LitmusTest {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly config: {
    readonly cma?: readonly [number, number];
    readonly pagevec?: boolean;
    /** Default linux-3.10. */
    readonly kernel?: ScriptKernel;
    /** In place of the kernel's own limit. */
    readonly max_page_sharing?: number;
  };
  readonly actions: readonly LitmusAction[];
  /** For an exploration: what acts at the same time after the actions, each thread in its own order. */
  readonly threads?: Readonly<Record<string, readonly LitmusAction[]>>;
  /** For an exploration: what it is known to find under stock. */
  readonly explore?: { readonly cause?: string; readonly verdict?: string };
  readonly why: string;
}

export interface LitmusMismatch {
  /** Index of the action, from 0. */
  readonly step: number;
  readonly op: string;
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** The state that `check` compares, in the file format's own terms. */
export interface LitmusSnapshot {
  readonly ptes: Readonly<Record<string, string>>;
  readonly pages: Readonly<Record<string, { mapcount: number; kind: string; hlist?: readonly string[] }>>;
  readonly counters: Readonly<Record<string, number>>;
  readonly mm_slots: readonly string[];
  readonly cursor: string | null;
}

/** State after one action, with what the action reported. */
export interface LitmusState extends LitmusSnapshot {
  readonly step: number;
  readonly op: string;
  readonly report: Readonly<Record<string, unknown>>;
}

export interface LitmusResult {
  readonly id: string;
  readonly ok: boolean;
  readonly mismatches: readonly LitmusMismatch[];
  /** One per action when asked for, else empty. */
  readonly states: readonly LitmusState[];
}

export interface LitmusOptions {
  /** Fix strategies acting together; expectations describe `stock`. */
  readonly strategies: readonly string[];
  /** Strategies besides the built-in ones. */
  readonly plugins?: readonly Strategy[];
  readonly step: boolean;
}

/** An action that makes no sense: unknown process, unmapped address, a sleep that nobody ends. */
export class LitmusError extends Error {
  /** Index of the action, from 0. */
  readonly step: number;

  constructor(step: number, message: string) {
    super(message);
    this.name = 'LitmusError';
    this.step = step;
  }
}
