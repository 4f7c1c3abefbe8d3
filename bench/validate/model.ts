/** The seam to the model: what a modelled run is made from, and what makes it. */
import type { DeviceDescription, TestbedRecord } from '../../sim/index.ts';

/** Everything that determines a modelled run. */
export interface ModelRunInput {
  /** The testbed with its kernel and costs; its CMA area is the recording's. */
  readonly description: DeviceDescription;
  /** The recorded program's parameters; its own seed is among them. */
  readonly params: Readonly<Record<string, string>>;
  /** Of everything the program's seed does not decide. */
  readonly seed: number;
}

export type Model = (input: ModelRunInput) => TestbedRecord;

/**
 * The model, or another one in its place.
 *
 * @param module URL of a module that exports `runTestbed`; null: the model itself
 */
export async function loadModel(module: string | null): Promise<Model> {
  if (module === null)
    return () => {
      throw new Error('the model of the testbed is not part of this version yet');
    };
  const loaded = (await import(module)) as { runTestbed?: unknown };
  if (typeof loaded.runTestbed !== 'function') throw new Error(`${module} exports no function runTestbed`);
  return loaded.runTestbed as Model;
}
