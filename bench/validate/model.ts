/** The seam to the model: what a modelled run is made from, and what makes it. */
import { runTestbed } from '../../sim/index.ts';
import type { TestbedInput, TestbedRecord } from '../../sim/index.ts';

export type Model = (input: TestbedInput) => TestbedRecord | Promise<TestbedRecord>;

/**
 * The model, or another one in its place.
 *
 * @param module URL of a module that exports `runTestbed`; null: the model itself
 */
export async function loadModel(module: string | null): Promise<Model> {
  if (module === null) return runTestbed;
  const loaded = (await import(module)) as { runTestbed?: unknown };
  if (typeof loaded.runTestbed !== 'function') throw new Error(`${module} exports no function runTestbed`);
  return loaded.runTestbed as Model;
}
