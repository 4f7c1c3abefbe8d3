/** The reference model on a litmus test with expectations: it has to meet them before it may judge anybody. */
import { differences } from '../../../sim/litmus/snapshot.ts';
import type { LitmusTest } from '../../../sim/litmus/types.ts';
import { ReferenceMachine } from './reference/machine.ts';

/** What does not hold, one line each. */
export function referenceMismatches(test: LitmusTest): string[] {
  const machine = new ReferenceMachine(test.config);
  const lines: string[] = [];
  for (const [step, action] of test.actions.entries()) {
    const report = machine.perform(action);
    const found = differences(action['expect'] ?? {}, report, '');
    for (const label of (report['absent'] as string[] | undefined) ?? []) {
      found.push({ path: `absent.${label}`, expected: 'free', actual: 'in use' });
    }
    for (const { path, expected, actual } of found) {
      lines.push(
        `action ${step} (${action.op}): ${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`,
      );
    }
  }
  return lines;
}
