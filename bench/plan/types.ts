/** What a plan is: workloads resolved to descriptions, and the cells that come of them. Plain data. */
import type { CellInput, DeviceDescription } from '../../sim/index.ts';
import type { Plugin } from '../plugin/types.ts';

/** One entry of `cma-stress list`. */
export interface CatalogEntry {
  readonly name: string;
  readonly about: string;
}

/** A workload file together with the device, kernel and cost profiles it names, and every `--set` applied. */
export interface ResolvedWorkload {
  readonly name: string;
  /** One sentence: what it stands for. */
  readonly about: string;
  readonly device: string;
  readonly kernel: string;
  readonly description: DeviceDescription;
  /** Seeds the file asks for when the command line says nothing. */
  readonly seeds: number;
  /** The knobs a reader of results wants to see, by their path in a workload file: `ksm.sleep_millisecs`, ... */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/** One cell of a plan: a workload under one strategy combination and one seed. */
export interface Cell {
  /** Hash of everything that determines the result (input, model version, hashes of plug-ins): 16 hex digits. */
  readonly id: string;
  readonly workload: string;
  /** Strategy names joined by `+`, as on the command line. */
  readonly strategy: string;
  readonly kernel: string;
  readonly device: string;
  readonly seed: number;
  readonly settings: ResolvedWorkload['settings'];
  readonly input: CellInput;
  /** Those of its strategies that are plug-ins, in the order of their names; absent without. */
  readonly plugins?: readonly Plugin[];
}
