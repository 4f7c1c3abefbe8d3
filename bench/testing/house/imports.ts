/** Who imports whom in a tree of sources, and what `.dependency-cruiser.js` says of it. */
import { join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { packageRoot } from '../../plan/packageRoot.ts';

/** An import that a rule forbids: names of the rule and of the two files; `to` is `from` where it is about one file. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** `from` imports `to`, both relative to the tree; `isType`: nothing of it is left when it is compiled. */
export interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

const options = await extractOptions(join(packageRoot(), '.dependency-cruiser.js'));

/** The rules as they are configured. */
export function ruleNames(): readonly string[] {
  return (options.ruleSet?.forbidden ?? []).map(({ name = 'a rule without a name' }) => name);
}

/** What in the folders sim/, bench/ and docs/ of `root` breaks a rule. */
export async function violationsIn(root: string): Promise<readonly Violation[]> {
  const { output } = await cruise(['sim', 'bench', 'docs'], { ...options, baseDir: root, validate: true });
  return resultOf(output).summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}

/** All imports among the sources of the house. */
export async function importsOfHouse(): Promise<readonly Import[]> {
  const { output } = await cruise(['sim', 'bench'], { ...options, baseDir: packageRoot(), validate: false });
  return resultOf(output).modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved, dependencyTypes }) => ({
      from: source,
      to: resolved,
      isType: dependencyTypes.includes('type-only'),
    })),
  );
}

function resultOf(output: ICruiseResult | string): ICruiseResult {
  if (typeof output === 'string') throw new TypeError('dependency-cruiser was asked for an object');
  return output;
}
